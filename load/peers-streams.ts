import type { Event } from '../src/event/event.ts';

/**
 * The streams on which Flink CEP, Esper and Siddhi were measured, with the hash of their matches:
 * xorshift32 with a seed per stream, keys in bursts, types by weight. The same draws in the same
 * order give the same events, so counts and hashes can be compared between engines.
 */
export interface StreamEvent extends Event {
  /** Number of the key, for the hash. */
  readonly keyNumber: number;
}

interface StreamSpec {
  readonly seed: number;
  readonly keys: number;
  /** Sixteenths of the events that go to one of the recent keys. */
  readonly reuse: number;
  /** Null: a hundred pairs of types and ten that nobody wants. */
  readonly mix: readonly (readonly [string, number])[] | null;
}

const MEETINGS: StreamSpec['mix'] = [
  ['meeting_proposed', 16], ['meeting_accepted', 10], ['meeting_rejected', 4], ['message', 40], ['listing_viewed', 30],
];
const LOOP: StreamSpec['mix'] = [
  ['price_offer', 24], ['price_accept', 6], ['message', 40], ['listing_viewed', 30],
];
const NEGATION: StreamSpec['mix'] = [
  ['price_offer', 16], ['price_accept', 8], ['price_reject', 6], ['message', 40], ['listing_viewed', 30],
];

export const STREAMS: { readonly [name: string]: StreamSpec } = {
  meet: { seed: 12345, keys: 100_000, reuse: 12, mix: MEETINGS },
  loop: { seed: 23456, keys: 100_000, reuse: 15, mix: LOOP },
  neg: { seed: 34567, keys: 100_000, reuse: 12, mix: NEGATION },
  many: { seed: 45678, keys: 100_000, reuse: 12, mix: null },
  grow: { seed: 56789, keys: 1_000, reuse: 12, mix: MEETINGS },
};

/** Times of events are as in production, ms since 1970; the hash takes them from here on. */
export const EPOCH = Date.UTC(2026, 0, 1);
export const STREAM_START = EPOCH + 1_000_000;
const RECENT = 16_384;
const FIRST_FILL_KEY = 1_000_000;

export class Xorshift {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** A whole number from 0 up to `n`, which is less than 2^21. */
  below(n: number): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return Math.floor(((x >>> 0) * n) / 4_294_967_296);
  }
}

function typed(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => prefix + i);
}

/** The first `count` events of a stream, from `start` on. `seed` replaces the stream's own. */
export function streamEvents(
  name: string, count: number, start = STREAM_START, seed: number | null = null,
): StreamEvent[] {
  const spec = STREAMS[name];
  if (spec === undefined) throw new Error(`no stream ${name}`);
  const random = new Xorshift(seed ?? spec.seed);
  const keys = typed('k', spec.keys);
  const [as, bs, ns] = [typed('a', 100), typed('b', 100), typed('n', 10)];
  const recent = new Int32Array(RECENT);
  const events: StreamEvent[] = [];
  let time = start;
  for (let i = 0; i < count; i++) {
    time += 1 + random.below(199);
    const again = random.below(16);
    const number = i > 0 && again < spec.reuse
      ? (recent[random.below(Math.min(i, RECENT))] ?? 0) : random.below(spec.keys);
    recent[i % RECENT] = number;
    let weight = random.below(100);
    let type = '';
    if (spec.mix === null) {
      const pair = (number % 10) * 10 + random.below(10);
      const second = random.below(2) === 1;
      type = (weight < 20 ? ns[pair % 10] : second ? bs[pair] : as[pair]) ?? '';
    } else {
      for (const [candidate, share] of spec.mix) {
        type = candidate;
        if (weight < share) break;
        weight -= share;
      }
    }
    const price = 100 + random.below(901);
    events.push(streamEvent(`e${i}`, type, keys[number] ?? '', number, time, price));
  }
  return events;
}

/** Proposals of `count` other keys, which nobody answers. */
export function fillEvents(count: number): StreamEvent[] {
  return Array.from({ length: count }, (_, i) =>
    streamEvent(`f${i}`, 'meeting_proposed', `f${i}`, FIRST_FILL_KEY + i, STREAM_START + i + 1, 100));
}

function streamEvent(
  id: string, type: string, key: string, keyNumber: number, time: number, price: number,
): StreamEvent {
  return { id, type, time, family: 'domain', data: { key, price }, keyNumber };
}

/** Order-independent hash over (pattern, key, time of the first event, time of the last). */
export class MatchHash {
  count = 0;
  private sum = 0;
  private xor = 0;

  add(pattern: number, key: number, first: number, last: number): void {
    let hash = 0x9e3779b9 ^ pattern;
    hash = Math.imul(hash ^ key, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash ^ first, 0xc2b2ae35);
    hash ^= hash >>> 16;
    hash = Math.imul(hash ^ last, 0x27d4eb2f);
    hash ^= hash >>> 15;
    this.count++;
    this.sum = (this.sum + hash) | 0;
    this.xor ^= hash;
  }

  get text(): string {
    return [this.sum, this.xor].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
