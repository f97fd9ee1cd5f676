import type { Event } from '../../src/event/event.ts';
import type { Frame } from '../../src/expression/expression.ts';
import type { Matcher, MatchOutput, MatchSink } from '../../src/match/contract.ts';
import { compileMatcher } from '../../src/match/matcher.ts';
import type { PatternDefinition } from '../../src/pattern/definition.ts';
import type { SegmentDefinition } from '../../src/pattern/segment-definition.ts';
import type {
  DerivedOutput,
  OpenRun,
  SegmentOutput,
  TimelineRun,
} from '../../src/pattern/timeline.ts';
import { compileSegment } from '../../src/segment/machine.ts';

/**
 * Runs a definition on a virtual clock: the real matcher and the real segment machine, one state per
 * key, deadlines before events; what is emitted is rendered without gates (`atMost`, quiet hours).
 */

interface Keyed<State> {
  readonly key: string;
  state: State;
}

/** Value of the key of an event, null where it has none. */
function keyOf(event: Event, key: string | null): string | null {
  if (key === null) return '';
  const value = event.data[key];
  return value === undefined || value === null ? null : String(value);
}

abstract class KeyedRun<State, Output> implements TimelineRun<Output> {
  readonly derived: Output[] = [];
  protected readonly keys = new Map<string, Keyed<State>>();
  protected clock = -Infinity;
  private readonly key: string | null;
  private readonly types: ReadonlySet<string>;

  constructor(key: string | null, types: ReadonlySet<string>) {
    this.key = key;
    this.types = types;
  }

  feed(event: Event): void {
    this.advanceTo(Math.max(this.clock, event.time));
    const key = keyOf(event, this.key);
    if (key === null || !this.types.has(event.type)) return;
    const known = this.keys.get(key) ?? { key, state: this.empty() };
    this.keys.set(key, known);
    this.accept(known, event);
  }

  advanceTo(time: number): void {
    for (;;) {
      const due = this.due();
      if (due === null || due > time) break;
      this.clock = Math.max(this.clock, due);
      for (const keyed of this.keys.values()) this.advance(keyed, due);
      if (this.due() === due) break;
    }
    this.clock = Math.max(this.clock, time);
    for (const keyed of this.keys.values()) this.advance(keyed, this.clock);
  }

  due(): number | null {
    const all = [...this.keys.values()].map(({ state }) => this.dueOf(state));
    const known = all.filter((due) => due !== null);
    return known.length === 0 ? null : Math.min(...known);
  }

  abstract open(): readonly OpenRun[];
  protected abstract empty(): State;
  protected abstract accept(keyed: Keyed<State>, event: Event): void;
  protected abstract advance(keyed: Keyed<State>, now: number): void;
  protected abstract dueOf(state: State): number | null;
}

class PatternRun extends KeyedRun<unknown, DerivedOutput> {
  private readonly matcher: Matcher;

  constructor(matcher: Matcher) {
    super(matcher.definition.key, matcher.types);
    this.matcher = matcher;
  }

  open(): readonly OpenRun[] {
    return [...this.keys.values()].flatMap(({ state }) => this.matcher.explain(state));
  }

  protected empty(): unknown {
    return this.matcher.empty();
  }

  protected accept(keyed: Keyed<unknown>, event: Event): void {
    this.matcher.accept(keyed.state, event, this.clock, this.sink(keyed.key), true);
    // Saved and restored after every event: nothing may depend on the objects.
    keyed.state = this.matcher.decode(this.matcher.encode(keyed.state));
  }

  protected advance(keyed: Keyed<unknown>, now: number): void {
    this.matcher.advance(keyed.state, now, this.sink(keyed.key));
  }

  protected dueOf(state: unknown): number | null {
    return this.matcher.due(state);
  }

  private sink(key: string): MatchSink {
    return { output: (output) => this.emit(output, key), note: () => undefined };
  }

  private emit(output: MatchOutput, key: string): void {
    const { emit, timeout } = this.matcher.definition;
    const frame: Frame = { event: null, captures: output.captures, now: output.at };
    for (const emission of output.kind === 'match' ? emit : timeout) {
      const data = Object.entries(emission.data).map(([name, value]) => [
        name,
        value.render(frame),
      ]);
      const rendered = emission.key?.render(frame);
      const outputKey = rendered === undefined || rendered === null ? key : String(rendered);
      const { type } = emission;
      this.derived.push({ at: output.at, type, key: outputKey, data: Object.fromEntries(data) });
    }
  }
}

export function runPattern(definition: PatternDefinition): TimelineRun<DerivedOutput> {
  return new PatternRun(compileMatcher(definition));
}

class SegmentRun extends KeyedRun<unknown, SegmentOutput> {
  private readonly machine: ReturnType<typeof compileSegment>;
  private readonly members = new Set<string>();

  constructor(machine: ReturnType<typeof compileSegment>) {
    super(machine.definition.key, machine.types);
    this.machine = machine;
  }

  open(): readonly OpenRun[] {
    return [];
  }

  protected empty(): unknown {
    return this.machine.empty();
  }

  protected accept(keyed: Keyed<unknown>, event: Event): void {
    this.machine.accept(keyed.state, event, this.clock);
    this.look(keyed, event.time);
  }

  protected advance(keyed: Keyed<unknown>, now: number): void {
    this.machine.advance(keyed.state, now);
    this.look(keyed, now);
  }

  private look({ key, state }: Keyed<unknown>, at: number): void {
    const holds = this.machine.holds(state, this.clock, () => false);
    if (holds === this.members.has(key)) return;
    if (holds) this.members.add(key);
    else this.members.delete(key);
    this.derived.push({ at, change: holds ? 'entered' : 'exited', member: key });
  }

  protected dueOf(state: unknown): number | null {
    return this.machine.due(state);
  }
}

export function runSegment(definition: SegmentDefinition): TimelineRun<SegmentOutput> {
  return new SegmentRun(compileSegment(definition));
}
