import type { Event } from '../../src/event/event.ts';
import type { Matcher, MatchOutput, MatchSink } from '../../src/match/contract.ts';

/** State of one key and pattern. */
interface Cell {
  readonly lane: Lane;
  readonly key: string;
  readonly runs: unknown;
  /** Bucket in which its timer stands; -1 for none. */
  bucket: number;
}

interface Lane {
  readonly matcher: Matcher;
  readonly key: string;
  readonly pattern: number;
  readonly cells: Map<string, Cell>;
}

/** Timers stand in buckets of 2^14 ms; a deadline still comes out at its own time. */
const BUCKET_MS = 16_384;

/**
 * Patterns over keyed state as the task step drives them: by event type to the patterns it
 * concerns, state per key, deadlines before events, timers for keys that fall silent.
 */
export class Lanes {
  private readonly lanes: readonly Lane[];
  private readonly byType = new Map<string, Lane[]>();
  private readonly buckets = new Map<number, Cell[]>();
  private readonly sink: MatchSink;
  private pattern = 0;
  private nextBucket = -1;
  bounds = 0;
  errors = 0;

  constructor(
    matchers: readonly Matcher[], found: (output: MatchOutput, pattern: number) => void,
  ) {
    this.lanes = matchers.map((matcher, pattern): Lane => {
      const { key } = matcher.definition;
      return { matcher, key: key ?? '', pattern, cells: new Map() };
    });
    for (const lane of this.lanes) {
      for (const type of lane.matcher.types) {
        const known = this.byType.get(type);
        if (known === undefined) this.byType.set(type, [lane]);
        else known.push(lane);
      }
    }
    this.sink = {
      output: (output) => found(output, this.pattern),
      note: (note) => {
        if (note.kind === 'bound') this.bounds++;
        else if (note.kind === 'error') this.errors++;
      },
    };
  }

  offer(event: Event): void {
    const now = event.time;
    if (now >= this.nextBucket) this.moveTo(now);
    const lanes = this.byType.get(event.type);
    if (lanes === undefined) return;
    for (const lane of lanes) this.offerTo(lane, event, now);
  }

  private offerTo(lane: Lane, event: Event, now: number): void {
    const { matcher } = lane;
    const key = event.data[lane.key] as string;
    let cell = lane.cells.get(key);
    if (cell === undefined) {
      if (!matcher.canBegin(event)) return;
      cell = { lane, key, runs: matcher.empty(), bucket: -1 };
      lane.cells.set(key, cell);
    }
    this.pattern = lane.pattern;
    matcher.advance(cell.runs, now, this.sink);
    matcher.accept(cell.runs, event, now, this.sink, true);
    this.schedule(cell);
  }

  private schedule(cell: Cell): void {
    const due = cell.lane.matcher.due(cell.runs);
    if (due === null) return;
    const bucket = Math.floor(due / BUCKET_MS);
    // A timer that is too early finds nothing due, and moves on.
    if (cell.bucket !== -1 && cell.bucket <= bucket) return;
    cell.bucket = bucket;
    const cells = this.buckets.get(bucket);
    if (cells === undefined) this.buckets.set(bucket, [cell]);
    else cells.push(cell);
  }

  /** Time has come to `now`: fires the timers of the buckets that are over. */
  moveTo(now: number): void {
    const reached = Math.floor(now / BUCKET_MS);
    if (this.nextBucket === -1) this.nextBucket = reached * BUCKET_MS;
    for (let bucket = Math.floor(this.nextBucket / BUCKET_MS); bucket < reached; bucket++) {
      this.fire(bucket, (bucket + 1) * BUCKET_MS - 1);
    }
    this.nextBucket = (reached + 1) * BUCKET_MS;
  }

  private fire(bucket: number, now: number): void {
    const cells = this.buckets.get(bucket);
    if (cells === undefined) return;
    this.buckets.delete(bucket);
    for (const cell of cells) {
      if (cell.bucket !== bucket) continue;
      cell.bucket = -1;
      const { lane, runs } = cell;
      this.pattern = lane.pattern;
      lane.matcher.advance(runs, now, this.sink);
      if (lane.matcher.isEmpty(runs)) lane.cells.delete(cell.key);
      else this.schedule(cell);
    }
  }

  /** Every deadline up to `now`, whether or not its bucket is over. */
  drain(now: number): void {
    for (const lane of this.lanes) {
      this.pattern = lane.pattern;
      for (const { runs } of lane.cells.values()) lane.matcher.advance(runs, now, this.sink);
    }
  }

  /** Partial matches that are open. */
  get open(): number {
    let open = 0;
    for (const { matcher, cells } of this.lanes) {
      for (const { runs } of cells.values()) open += matcher.size(runs);
    }
    return open;
  }

  /** Bytes of all state as it would be stored. */
  get storedBytes(): number {
    let bytes = 0;
    for (const { matcher, cells } of this.lanes) {
      for (const { runs } of cells.values()) {
        if (!matcher.isEmpty(runs)) bytes += matcher.encode(runs).length;
      }
    }
    return bytes;
  }
}
