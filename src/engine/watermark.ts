/**
 * How far time has come in a task (DESIGN 3). Pure: what to ask and when is the session's.
 *
 * A candidate is a time that may become the watermark once the task has read everything that stood
 * in its input when the candidate was made: its position, control records included, must reach an
 * end offset asked for after that time. On sources the time is the wall clock; on later levels it
 * is the least watermark of the level above. A task that works off a backlog thus moves on event
 * time alone (sources) or not at all (later levels), and no deadline fires while the answer is
 * still waiting in the log.
 */
export interface Watermark {
  /** Ms; 0 where there is none yet. Never goes back. */
  readonly value: number;
  readonly candidate: { readonly value: number; readonly end: number } | null;
}

export function watermarkAt(value: number): Watermark {
  return { value, candidate: null };
}

/** A source saw events: it follows the greatest event time, less the allowed lateness. */
export function afterEvents(mark: Watermark, greatestTime: number, latenessMs: number): Watermark {
  const value = Math.max(mark.value, greatestTime - latenessMs);
  return value === mark.value ? mark : { ...mark, value };
}

/** A new candidate, with the end offset that was asked for after its time was taken. */
export function withCandidate(mark: Watermark, value: number, end: number): Watermark {
  return value <= mark.value ? mark : { ...mark, candidate: { value, end } };
}

/** The task has read up to `position`. */
export function atPosition(mark: Watermark, position: number): Watermark {
  const { candidate, value } = mark;
  if (candidate === null || position < candidate.end) return mark;
  return { value: Math.max(value, candidate.value), candidate: null };
}

/**
 * The least watermark of the level above; null while one of its tasks has none yet, which is known
 * to nobody to have seen anything.
 */
export function leastAbove(
  tasks: readonly string[],
  watermarkOf: (task: string) => number | null,
): number | null {
  let least = Number.POSITIVE_INFINITY;
  for (const task of tasks) {
    const value = watermarkOf(task);
    if (value === null) return null;
    least = Math.min(least, value);
  }
  return Number.isFinite(least) ? least : null;
}
