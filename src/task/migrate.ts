import type { Event } from '../event/event.ts';
import type { Expression, Frame } from '../expression/expression.ts';
import type { Matcher, MatchSink, RunView } from '../match/contract.ts';
import { compileMatcher } from '../match/matcher.ts';
import { walkSteps } from '../pattern/rules.ts';
import type { CaptureName, PatternDefinition, Step, Until } from '../pattern/definition.ts';

/**
 * Moves open runs from one version of a pattern to the next by step name. The new version is
 * compiled a second time with other conditions: a step takes an event where an old run took it at
 * the step of that name, after the same events before it. Replaying what the old runs took, in
 * order of time, gives the state in which the new version would be had it taken the same.
 *
 * Conditions are not asked again, matches are not emitted again; windows are those of the new
 * version. Of the events the runs keep what the old version kept.
 *
 * Runs move only where that ends at the same steps: one that, say, has already gone past an optional
 * step by another branch cannot be told from what it took, and would match twice. Such a key
 * finishes on the old version.
 */
export interface Migration {
  /**
   * Runs of the version `from`. Null where those of a key do not move exactly. `dropped`: those that
   * wait at a step that is gone, or took something there.
   */
  move(
    runs: readonly RunView[],
    from: PatternDefinition,
  ): { readonly runs: unknown; readonly dropped: number } | null;
}

/** Step name (or none) and event id -> indices of the old runs that took the event there. */
type Takers = ReadonlyMap<string, ReadonlySet<number>>;

/** What is being replayed, for the conditions of the matcher that replays; null between moves. */
interface Replay {
  takers: Takers | null;
}

type Names = { readonly [step: string]: string | null };

export function planMigration(to: PatternDefinition, target: Matcher): Migration | null {
  if (to.change.mode !== 'migrate') return null;
  const mapped: Names = to.change.steps;
  const replay: Replay = { takers: null };
  const replaying = compileMatcher(new Rewriter(to, replay).definition());
  return {
    move(views, from) {
      const kept = views.filter(({ evidence, waitsFor }) =>
        [...waitsFor, ...evidence.map(({ step }) => step)].every((step) => mapped[step] !== null),
      );
      replay.takers = takersOf(kept, mapped);
      const runs = replaying.empty();
      for (const event of eventsOf(kept)) {
        replaying.advance(runs, event.time, SILENT);
        replaying.accept(runs, event, event.time, SILENT, true);
      }
      replay.takers = null;
      if (!standsAlike(kept, replaying.explain(runs), mapped, labelsOf(from))) return null;
      const empty = replaying.isEmpty(runs);
      const moved = empty ? target.empty() : target.decode(replaying.encode(runs));
      return { runs: moved, dropped: views.length - kept.length };
    },
  };
}

const SILENT: MatchSink = { output: () => undefined, note: () => undefined };

/**
 * Every old run has its counterpart, and no new one waits for a step that an old run with the same
 * events did not wait for. Steps that the old version did not have may be waited for.
 */
function standsAlike(
  before: readonly RunView[],
  after: readonly RunView[],
  mapped: Names,
  labels: readonly string[],
): boolean {
  const events = ({ evidence }: RunView) => evidence.map(({ event }) => event.id).join('\n');
  const known = new Set(labels.map((label) => mapped[label] ?? label));
  const waits = new Map<string, Set<string>>();
  for (const view of before) {
    const own = waits.get(events(view)) ?? new Set<string>();
    for (const step of view.waitsFor) own.add(mapped[step] ?? step);
    waits.set(events(view), own);
  }
  const found = new Set(after.map(events));
  if (found.size !== waits.size || after.length !== before.length) return false;
  return after.every((view) =>
    view.waitsFor.every((step) => waits.get(events(view))?.has(step) || !known.has(step)),
  );
}

/** Names or paths of all steps that can take an event or wait. */
function labelsOf({ steps, names }: PatternDefinition): readonly string[] {
  const labels: string[] = [];
  walkSteps(steps, (step) => {
    const slot = step.kind === 'on' || step.kind === 'any' ? step.slot : null;
    labels.push(slot === null ? step.path : (names[slot]?.name ?? step.path));
  });
  return labels;
}

function entry(step: string, event: string): string {
  return `${step}\n${event}`;
}

function takersOf(views: readonly RunView[], mapped: Names): Takers {
  const takers = new Map<string, Set<number>>();
  views.forEach(({ evidence }, run) => {
    for (const { step, event } of evidence) {
      for (const name of [entry(mapped[step] ?? step, event.id), entry('', event.id)]) {
        takers.set(name, (takers.get(name) ?? new Set()).add(run));
      }
    }
  });
  return takers;
}

/** Every event once, in order of time; those of one time in the order in which runs took them. */
function eventsOf(views: readonly RunView[]): readonly Event[] {
  const events = new Map<string, Event>();
  for (const { evidence } of views) {
    for (const { event } of evidence) if (!events.has(event.id)) events.set(event.id, event);
  }
  return [...events.values()].sort((a, b) => a.time - b.time);
}

/** The definition with a slot for every step, and conditions that only look at what was taken. */
class Rewriter {
  private readonly source: PatternDefinition;
  private readonly replay: Replay;
  private readonly names: CaptureName[];
  /** Of all names; shared by the conditions, complete when the definition is. */
  private readonly slots: number[];

  constructor(source: PatternDefinition, replay: Replay) {
    this.source = source;
    this.replay = replay;
    this.names = [...source.names];
    this.slots = source.names.map((_, slot) => slot);
  }

  definition(): PatternDefinition {
    const steps = this.source.steps.map((step) => this.step(step, false, false));
    return { ...this.source, steps, names: this.names, timeout: [] };
  }

  /** `list`: inside something that repeats. `named`: an `any` around it has the name. */
  private step(step: Step, list: boolean, named: boolean): Step {
    const until = this.until(step.until);
    const repeats = list || step.times !== null;
    const inner = (part: Step) => this.step(part, repeats, false);
    switch (step.kind) {
      case 'on':
        return this.on({ ...step, until }, repeats, named);
      case 'not':
        return { ...step, until, of: this.never(step.of) };
      case 'any': {
        const own = step.slot;
        return { ...step, until, of: step.of.map((part) => this.step(part, repeats, own !== null)) };
      }
      case 'every':
        return { ...step, until, of: step.of.map((part) => this.step(part, true, false)) };
      case 'all':
      case 'group':
        return { ...step, until, of: step.of.map(inner) };
      case 'wait':
        return { ...step, until };
    }
  }

  private on(step: Step & { kind: 'on' }, list: boolean, named: boolean): Step {
    const own = step.slot === null ? null : (this.names[step.slot]?.name ?? null);
    const name = own ?? step.path;
    const slot = step.slot ?? (named ? null : this.addName(step.path, list, step.types));
    return { ...step, slot, where: this.condition(step.where, (frame) => this.took(name, frame)) };
  }

  private addName(name: string, list: boolean, types: readonly string[]): number {
    const slot = this.names.push({ name, list, types }) - 1;
    this.slots.push(slot);
    return slot;
  }

  /** What is forbidden was not there: nothing of it is replayed. */
  private never(step: Step): Step {
    switch (step.kind) {
      case 'on':
        return { ...step, where: this.condition(step.where, () => false) };
      case 'not':
        return { ...step, of: this.never(step.of) };
      case 'wait':
        return step;
      default:
        return { ...step, of: step.of.map((part) => this.never(part)) };
    }
  }

  private until(until: Until | null): Until | null {
    if (until === null) return null;
    return until.kind === 'condition'
      ? { kind: 'condition', where: this.condition(until.where, () => false) }
      : { kind: 'step', step: this.step(until.step, false, false) };
  }

  /** Reads of the real condition stay: they say which fields of taken events are kept. */
  private condition(real: Expression | null, test: (frame: Frame) => boolean): Expression {
    return {
      source: 'replayed',
      slots: this.slots,
      eventFields: real?.eventFields ?? [],
      captureFields: real?.captureFields ?? new Map(),
      constants: [],
      cost: 1,
      constant: undefined,
      evaluate: test,
      test,
      condition: test,
      trace: (frame) => ({ source: 'replayed', value: test(frame), parts: [] }),
    };
  }

  /** Whether one old run took the event at this step after all that was captured so far. */
  private took(step: string, { event, captures }: Frame): boolean {
    const { takers } = this.replay;
    if (event === null || takers === null) return false;
    let runs = [...(takers.get(entry(step, event.id)) ?? [])];
    for (const captured of captures) {
      for (const one of captured === undefined ? [] : ([captured].flat() as Event[])) {
        const others = takers.get(entry('', one.id));
        runs = runs.filter((run) => others?.has(run));
      }
    }
    return runs.length > 0;
  }
}
