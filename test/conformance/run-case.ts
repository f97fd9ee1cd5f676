import type { Event } from '../../src/event/event.ts';
import type { Matcher, MatchOutput, MatchSink } from '../../src/match/contract.ts';
import type { Case, CaseEvent } from './case.ts';
import { CLOCK_START } from './translate.ts';
import type { Translated } from './translate.ts';

export interface RunOptions {
  /** Save and restore all state after every event, not only where the case says so. */
  readonly restartAfterEveryEvent: boolean;
}

/** What a run of a case gave, in indices of its events. */
export interface Outcome {
  readonly matches: readonly Found[];
  readonly timedOut: readonly Found[];
  readonly late: readonly number[];
  readonly failed: boolean;
}

export interface Found {
  readonly events: readonly number[];
  readonly at: number;
  readonly bindings: { readonly [name: string]: readonly number[] };
}

const HORIZON = Number.MAX_SAFE_INTEGER;

export function runCase(
  given: Case, translated: Translated, matcher: Matcher, options: RunOptions,
): Outcome {
  return new CaseRun(given, translated, matcher, options).run();
}

class CaseRun {
  private readonly given: Case;
  private readonly nameOf: ReadonlyMap<string, string>;
  private readonly matcher: Matcher;
  private readonly options: RunOptions;
  private readonly keys = new Map<string, unknown>();
  private readonly matches: Found[] = [];
  private readonly timedOut: Found[] = [];
  private readonly late: number[] = [];
  private held: CaseEvent[] = [];
  private failed = false;
  private readonly sink: MatchSink = {
    output: (output) => (output.kind === 'match' ? this.matches : this.timedOut).push(this.found(output)),
    note: (note) => {
      if (note.kind === 'bound'
        || (note.kind === 'error' && note.step === 'skip')) this.failed = true;
    },
  };

  constructor(given: Case, translated: Translated, matcher: Matcher, options: RunOptions) {
    this.given = given;
    this.nameOf = translated.nameOf;
    this.matcher = matcher;
    this.options = options;
  }

  run(): Outcome {
    const { given } = this;
    if (given.form === 'expression') this.offer({ i: -1, t: given.startTime ?? 0, type: CLOCK_START, attrs: {} });
    if (given.time === undefined) {
      for (const event of given.events) {
        this.offer(event);
        this.afterEvent(event.i);
      }
      if (given.endTime !== undefined) this.advance(given.endTime);
    } else this.byEventTime(given.time.watermarks);
    const { matches, timedOut, late, failed } = this;
    return { matches, timedOut, late, failed };
  }

  private byEventTime(watermarks: readonly (readonly [number, number])[]): void {
    let watermark = -Infinity;
    const move = (after: number): void => {
      for (const [k, to] of watermarks) {
        if (k !== after) continue;
        watermark = to;
        this.release(watermark);
      }
    };
    move(-1);
    for (const event of this.given.events) {
      if (event.t <= watermark) this.late.push(event.i);
      else this.held.push(event);
      move(event.i);
      this.afterEvent(event.i);
    }
    const end = this.given.endTime ?? HORIZON;
    this.release(end);
  }

  private release(watermark: number): void {
    const due = this.held.filter(({ t }) => t <= watermark).sort((a, b) => a.t - b.t || a.i - b.i);
    this.held = this.held.filter(({ t }) => t > watermark);
    for (const event of due) this.offer(event);
    this.advance(watermark);
  }

  private offer(event: CaseEvent): void {
    const { matcher } = this;
    const key = this.given.keyBy === undefined ? '' : String(event.attrs[this.given.keyBy]);
    const runs = this.keys.get(key) ?? matcher.empty();
    this.keys.set(key, runs);
    matcher.advance(runs, event.t, this.sink);
    if (!matcher.types.has(event.type)) return;
    if (matcher.isEmpty(runs) && !matcher.canBegin(eventOf(event))) return;
    const saved = matcher.encode(runs);
    const changed = matcher.accept(runs, eventOf(event), event.t, this.sink, true);
    if (!changed
      && !sameBytes(saved, matcher.encode(runs))) throw new Error('runs changed, untold');
  }

  private advance(to: number): void {
    for (const runs of this.keys.values()) this.matcher.advance(runs, to, this.sink);
  }

  private afterEvent(index: number): void {
    if (!this.options.restartAfterEveryEvent
      && this.given.restartAfter?.includes(index) !== true) return;
    for (const [key, runs] of this.keys) {
      this.keys.set(key, this.matcher.decode(this.matcher.encode(runs)));
    }
  }

  private found(output: MatchOutput): Found {
    const bindings: { [name: string]: number[] } = {};
    this.matcher.definition.names.forEach(({ name }, slot) => {
      const taken = output.captures[slot];
      if (taken === undefined) return;
      const events = (Array.isArray(taken) ? taken : [taken]) as readonly Event[];
      const original = this.nameOf.get(name) ?? name;
      const indices = events.map(({ id }) => Number(id));
      if (indices.length > 0) bindings[original] = [...(bindings[original] ?? []), ...indices];
    });
    const events = this.given.form === 'linear'
      ? output.evidence.map(({ event }) => Number(event.id))
      : Object.values(bindings).flat();
    return { events: [...new Set(events)].sort((a, b) => a - b), at: output.at, bindings };
  }
}

function eventOf({ i, t, type, attrs }: CaseEvent): Event {
  return { id: String(i), type, time: t, family: 'domain', data: attrs };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
