import type { Event } from '../event/event.ts';
import { eventCell, eventOf } from './event-cell.ts';
import type { Cell, Cells } from './event-cell.ts';
import type { LinearPlan, LinearStep } from './linear-plan.ts';
import { append, emptyRuns, roundsOf, valueAt } from './linear-runs.ts';
import type { LinearRun, LinearRuns, StepValue } from './linear-runs.ts';
import { LINEAR_FORMAT, packState, unpackState } from './state-format.ts';

/**
 * State of a key as bytes: `base`, `order`, then the runs and the matches that wait. Times count
 * from `base`. An event that several runs took at the same step is written with the first of them;
 * the others name it by number.
 */
export function encodeLinear(plan: LinearPlan, runs: LinearRuns): Uint8Array {
  const base = runs.head?.first.time ?? runs.completed[0]?.run.first.time ?? 0;
  const written: Written = { count: 0, events: new Map() };
  const entries: Cell[] = [];
  for (let run = runs.head; run !== null; run = run.next) {
    entries.push(runCells(plan, run, base, written));
  }
  for (const { run, at, deadline, last } of runs.completed) {
    const ends = [at - base, deadline === null ? null : deadline - base, last];
    entries.push([...runCells(plan, run, base, written), ...ends]);
  }
  return packState(LINEAR_FORMAT, plan.plan.definition, [base, runs.order, entries]);
}

/** Events written so far, each with the step whose fields were written. */
interface Written {
  count: number;
  readonly events: Map<Event, { readonly step: LinearStep; readonly number: number }>;
}

function runCells(
  plan: LinearPlan, run: LinearRun, base: number, written: Written,
): Cell[] {
  const cell = (step: LinearStep, event: Event): Cell => {
    const known = written.events.get(event);
    if (known?.step === step) return known.number;
    written.events.set(event, { step, number: written.count++ });
    return eventCell(event, step.on, base);
  };
  const values: Cell[] = [];
  for (const step of plan.steps) {
    const value = valueAt(run, step.position);
    if (value === undefined) break;
    values.push(Array.isArray(value) ? value.map((event) => cell(step, event)) : cell(step, value));
  }
  return [run.start, run.position, roundsOf(run), values];
}

const RUN_CELLS = 4;

/**
 * The runs, but for what the caller finds out from them: deadlines and the summary of the key.
 * Throws `PARLEY_STATE_FORMAT` where the bytes are damaged or of another definition.
 */
export function decodeLinear(plan: LinearPlan, bytes: Uint8Array): LinearRuns {
  return unpackState(bytes, LINEAR_FORMAT, plan.plan.definition, (cells) => {
    const base = cells.number();
    const runs = emptyRuns();
    runs.order = cells.number();
    const known: Event[] = [];
    for (const entries = cells.list(); !entries.done;) {
      const entry = entries.list();
      const run = runOf(plan, entry, base, known);
      if (entry.length === RUN_CELLS) append(runs, run);
      else {
        const at = entry.number() + base;
        const deadline = entry.time(base, Infinity);
        const ends = { at, deadline: deadline === Infinity ? null : deadline, last: entry.number() };
        runs.completed = [...runs.completed, { run, ...ends }];
      }
    }
    return runs;
  });
}

function runOf(plan: LinearPlan, cells: Cells, base: number, known: Event[]): LinearRun {
  const [start, position] = [cells.number(), cells.number()];
  // The rounds: those of the list at the position.
  cells.number();
  const values: StepValue[] = [];
  for (const list = cells.list(); !list.done;) {
    const step = plan.steps[values.length];
    if (step === undefined) throw new RangeError('a step is missing');
    if (!step.loop) values.push(takenEvent(list, step, base, known));
    else {
      const events: Event[] = [];
      for (const taken = list.list(); !taken.done;) events.push(takenEvent(taken, step, base, known));
      values.push(events);
    }
  }
  const [first, second, ...more] = values;
  if (first === undefined || Array.isArray(first)) throw new RangeError('an event is missing');
  return {
    start, position, due: Infinity, first, second: second ?? null,
    more: more.length === 0 ? null : more, next: null,
  };
}

function takenEvent(cells: Cells, step: LinearStep, base: number, known: Event[]): Event {
  const cell = cells.peek();
  if (typeof cell === 'number') {
    const event = known[cells.number()];
    if (event === undefined) throw new RangeError('an event is missing');
    return event;
  }
  const event = eventOf(cells.list(), step.on, base);
  known.push(event);
  return event;
}
