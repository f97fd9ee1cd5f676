import { type Link, LinkLost, type Outcome } from '../../src/adapters/memory/link.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Rng } from './rng.ts';
import type { Scheduler } from './scheduler.ts';

/** What may go wrong on the way, as probabilities of one message. */
export interface LinkFaults {
  /** The request never arrives. */
  readonly lost: number;
  /** It arrives and is executed, its reply is lost. */
  readonly replyLost: number;
  /** It arrives long after the client gave up. */
  readonly late: number;
  /** It is executed twice. */
  readonly twice: number;
}

export const NO_FAULTS: LinkFaults = { lost: 0, replyLost: 0, late: 0, twice: 0 };

const TIMEOUT_MS = 400;
const LATE_MS = 3_000;

/** A process: it can die, and it can be paused while its messages are on their way. */
export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  alive = true;
  readonly #scheduler: Scheduler;
  /** What arrived while it was paused. */
  #held: (() => void)[] | null = null;

  constructor(name: string, scheduler: Scheduler, wall: () => number) {
    this.name = name;
    this.#scheduler = scheduler;
    this.clock = {
      now: wall,
      monotonic: () => scheduler.now,
      sleep: (ms) =>
        new Promise((resolve) => scheduler.after(ms, () => this.deliver(resolve))),
    };
  }

  get paused(): boolean {
    return this.#held !== null;
  }

  /** Something reaches the process: now, when it goes on, or never. */
  deliver(run: () => void): void {
    if (!this.alive) return;
    if (this.#held !== null) this.#held.push(run);
    else run();
  }

  kill(): void {
    this.alive = false;
    this.#held = null;
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const run of held) this.#scheduler.after(0, () => this.deliver(run));
  }
}

/** What strikes at a certain request, and how late the server's own messages are. */
export interface Strikes {
  /** Further delay of a request, ms. */
  onRequest(process: SimProcess, operation: string): number;
  /** Called when the answer arrives, before the process sees it. */
  onReply(process: SimProcess, operation: string): void;
  pushDelay(): number;
}

/** A way to a server on which messages are delayed, lost and repeated. */
export function faultyLink(
  process: SimProcess,
  scheduler: Scheduler,
  rng: Rng,
  faults: () => LinkFaults,
  strikes: Strikes,
  trace: (text: string) => void,
): Link {
  const short = (): number => rng.below(4);
  return {
    client: process.name,
    push: (_operation, run) =>
      scheduler.after(strikes.pushDelay(), () => process.deliver(run)),
    pause: (ms) => process.clock.sleep(ms),
    request: <T>(operation: string, execute: (reply: (outcome: Outcome<T>) => void) => void) =>
      new Promise<T>((resolve, reject) => {
        if (!process.alive) return;
        // A join that comes late or unanswered would be noticed by heartbeats, which are not modelled.
        const { lost, replyLost, late, twice } = operation === 'join' ? NO_FAULTS : faults();
        let open = true;
        const finish = (outcome: Outcome<T>): void => {
          strikes.onReply(process, operation);
          process.deliver(() => {
            if (!open) return;
            open = false;
            if ('error' in outcome) reject(outcome.error);
            else resolve(outcome.value);
          });
        };
        const giveUp = (): void => {
          scheduler.after(TIMEOUT_MS, () => finish({ error: new LinkLost(operation) }));
        };
        if (rng.chance(lost)) {
          trace(`${process.name} ${operation}: request lost`);
          giveUp();
          return;
        }
        const dropReply = rng.chance(replyLost);
        const struck = strikes.onRequest(process, operation);
        const delay = struck + (rng.chance(late) ? TIMEOUT_MS + rng.below(LATE_MS) : short());
        if (delay > TIMEOUT_MS) trace(`${process.name} ${operation}: late by ${delay}`);
        const arrive = (): void => {
          execute((outcome) => {
            if ('error' in outcome) trace(`${process.name} ${operation}: ${String(outcome.error)}`);
            if (dropReply) trace(`${process.name} ${operation}: reply lost`);
            else scheduler.after(short(), () => finish(outcome));
          });
        };
        scheduler.after(delay, arrive);
        if (rng.chance(twice)) scheduler.after(delay + 1 + rng.below(15), () => execute(() => {}));
        if (dropReply || delay > TIMEOUT_MS) giveUp();
      }),
  };
}
