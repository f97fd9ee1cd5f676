import { WAIT_MS, type TestEvent, type TestOutput } from './program.ts';

/**
 * Judges derived records against the input, without any code of the engine: what must be there is
 * computed by looking at all events of a key at once. Returns what is wrong, or nothing.
 */
export function judgeOutputs(
  events: readonly TestEvent[],
  outputs: readonly TestOutput[],
): string[] {
  const problems: string[] = [];
  const wanted = new Map<string, number>();
  const want = (text: string): void => void wanted.set(text, (wanted.get(text) ?? 0) + 1);
  for (const event of events) {
    want(`event ${event.key} ${event.id}`);
    want(`sum ${event.other} ${event.id}`);
  }
  for (const { key, id, due } of unanswered(events)) want(`unanswered ${key} ${id} ${due}`);
  for (const output of outputs) {
    const due = output.due === null ? '' : ` ${output.due}`;
    const name = `${output.kind} ${output.key} ${output.id}${due}`;
    const left = wanted.get(name) ?? 0;
    if (left === 0) problems.push(`doubled or never due: ${name}`);
    else wanted.set(name, left - 1);
  }
  for (const [name, left] of wanted) if (left > 0) problems.push(`lost: ${name}`);
  problems.push(...judgeChains(outputs), ...judgeOrder(events, outputs));
  return problems;
}

/** An ask without an answer of its key less than the wait after it (a later ask replaces it). */
function unanswered(events: readonly TestEvent[]) {
  return events
    .filter((event) => event.kind === 'ask')
    .filter(
      (ask) =>
        !events.some(
          (other) =>
            other.key === ask.key &&
            other.kind !== 'note' &&
            other.id !== ask.id &&
            other.time >= ask.time &&
            other.time < ask.time + WAIT_MS,
        ),
    )
    .map((ask) => ({ key: ask.key, id: ask.id, due: ask.time + WAIT_MS }));
}

/** Every result stands on the one before it. */
function judgeChains(outputs: readonly TestOutput[]): string[] {
  const problems: string[] = [];
  const chains = new Map<string, { n: number; stamp: string }>();
  for (const { key, n, stamp, previous } of outputs) {
    const before = chains.get(key) ?? { n: 0, stamp: '' };
    if (n !== before.n + 1) problems.push(`${key}: result ${n} after ${before.n}`);
    else if (previous !== before.stamp) {
      problems.push(`${key}: result ${n} stands on ${previous}, not on ${before.stamp}`);
    }
    chains.set(key, { n, stamp });
  }
  return problems;
}

function judgeOrder(events: readonly TestEvent[], outputs: readonly TestOutput[]): string[] {
  const position = new Map(events.map((event, i) => [event.id, i]));
  const last = new Map<string, number>();
  const problems: string[] = [];
  for (const { kind, key, id } of outputs) {
    if (kind !== 'event') continue;
    const at = position.get(id) ?? -1;
    if (at < (last.get(key) ?? -1)) problems.push(`${key}: ${id} is out of order`);
    last.set(key, at);
  }
  return problems;
}
