/** Marketplace traffic over the full road, and what comes out of it, with its verdict. */
import type { DerivedRecord } from '../src/task/derived-record.ts';
import { checkDerived, type DerivedOutline, type Verdict } from './check-derived.ts';
import { readCommitted, type Road, type Stream, waitFor } from './road.ts';
import { DEFAULT_TRAFFIC, type ExpectedMatch, Traffic } from './traffic.ts';

export interface MarketplaceOptions {
  readonly seed: number;
  /** Events a second, which decide how many conversations are open at a time. */
  readonly rate: number;
  /** The source. */
  readonly topic: string;
  readonly partitions: number;
  /** Prefix of the topics of the engine that is watched. */
  readonly prefix: string;
}

interface SeenRecord extends DerivedOutline {
  /** Wall clock, ms. */
  readonly seenAt: number;
}

export class MarketplaceRun {
  readonly traffic: Traffic;
  readonly stream: Stream;
  readonly seen: SeenRecord[] = [];
  #matches = 0;
  #stop: () => Promise<void> = async () => {};

  /** Watches nothing yet. */
  constructor(road: Road, options: MarketplaceOptions) {
    const { seed, rate, topic, partitions, prefix } = options;
    // A conversation takes a turn about once a second, whatever the rate.
    const conversations = Math.ceil(rate * 0.2);
    this.traffic = new Traffic({ ...DEFAULT_TRAFFIC, conversations, seed }, prefix);
    const next = (now: number) => this.traffic.next(now);
    this.stream = { log: road.log, topic, partitions, next };
  }

  /** Begins to read what is derived; the topic must be there. */
  static async open(road: Road, options: MarketplaceOptions): Promise<MarketplaceRun> {
    const run = new MarketplaceRun(road, options);
    await run.watch(road, options.prefix);
    return run;
  }

  /** Reads the derived topic of an engine with this prefix; that must be there. */
  async watch(road: Road, prefix: string): Promise<void> {
    const take = (text: string, seenAt: number) => this.#take(text, seenAt);
    this.#stop = await readCommitted(road.log, `${prefix}derived`, take);
  }

  #take(text: string, seenAt: number): void {
    const { id, patternid, kind, subject, evidence } = JSON.parse(text) as DerivedRecord;
    const outline = evidence.map((one) => ({ id: one.id }));
    this.seen.push({ id, patternid, kind, subject, evidence: outline, seenAt });
    if (kind === 'match' && CHECKED.has(patternid)) this.#matches++;
  }

  /** How many of the records that the verdict is about have been seen. */
  get matches(): number {
    return this.#matches;
  }

  /** Waits until everything expected was seen. */
  drained(timeoutMs: number): Promise<boolean> {
    return waitFor(() => this.#matches >= this.traffic.expected.length, timeoutMs, 100);
  }

  /**
   * Creation of the last event of a match to the committed record as a consumer sees it, ms, of
   * those created in a stretch of time (wall clock, ms).
   */
  latencies(from: number, until: number): number[] {
    return this.delays(from, until).map(({ seenAt, createdAt }) => seenAt - createdAt);
  }

  delays(from: number, until: number): { createdAt: number; seenAt: number }[] {
    const created = new Map(this.traffic.expected.map((one) => [one.events.at(-1), one.created]));
    const found: { createdAt: number; seenAt: number }[] = [];
    for (const { evidence, seenAt } of this.seen) {
      const createdAt = created.get(evidence.at(-1)?.id);
      if (createdAt === undefined || createdAt < from || createdAt >= until) continue;
      found.push({ createdAt, seenAt });
    }
    return found;
  }

  verdict(): Verdict {
    return checkDerived(this.traffic.expected, this.seen, { complete: true });
  }

  async close(): Promise<void> {
    await this.#stop();
  }
}

const CHECKED = new Set<string>([
  'meeting-accepted',
  'offer-accepted',
] satisfies ExpectedMatch['pattern'][]);

/** One line, and how many failed. */
export function verdictLine(verdict: Verdict, derived: number): { line: string; failed: number } {
  const { expected, missing, doubled, unexpected } = verdict;
  const line =
    `derived ${derived}; expected ${expected}: ${missing} missing, ${doubled} doubled, ` +
    `${unexpected} unexpected`;
  return { line, failed: missing + doubled + unexpected };
}
