/**
 * Traffic of a marketplace for load and chaos runs: 600 event types, Zipf users, conversations with
 * scripts, duplicates, out-of-order and late events, poison. Seeded: the same options give the same
 * events but for their times. What the shipped patterns `meeting-accepted` and `offer-accepted` must
 * derive is known by construction.
 */

export interface TrafficOptions {
  readonly seed: number;
  /** Bytes of a record, about. */
  readonly bytes: number;
  /** Conversations open at the same time. */
  readonly conversations: number;
  readonly users: number;
  /** Share of events whose type some shipped definition wants. */
  readonly wanted: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly late: number;
  readonly poison: number;
}

export const DEFAULT_TRAFFIC: TrafficOptions = {
  seed: 1,
  bytes: 500,
  conversations: 20_000,
  users: 200_000,
  wanted: 0.3,
  duplicates: 0.002,
  outOfOrder: 0.01,
  late: 0.001,
  poison: 0.00001,
};

export interface TrafficEvent {
  /** Decides the partition: a conversation or a user stays in order. */
  readonly partitionHash: number;
  readonly text: string;
}

/** One record that must be derived: pattern, key of the run, ids of its events in order. */
export interface ExpectedMatch {
  readonly pattern: 'meeting-accepted' | 'offer-accepted';
  readonly key: string;
  readonly events: readonly string[];
  /** When its last event was made, ms; the event itself may be dated earlier. */
  readonly created: number;
}

const TYPE_COUNT = 600;
const TRACKING_TYPES = Array.from({ length: TYPE_COUNT - 12 }, (_, i) => `tracking_${i}`);
const CITIES = [
  [42.3677203, -83.1186093], [40.7359, -73.9911], [41.8826, -87.6226], [25.7743, -80.1937],
  [34.0522, -118.2437], [40.4155, -3.7074], [41.3795, 2.1401], [40.9909, 29.029],
] as const;
const CATEGORIES = ['sofa', 'bike', 'phone', 'chair', 'table', 'lamp', 'camera', 'guitar'] as const;
/** Turns that say nothing a shipped pattern listens to. */
const SMALL_TALK = ['hello there', 'thanks, let me check', 'one moment please', 'gracias', 'teşekkürler'];

/** What a conversation does, step by step; `talk` is chat in between. */
const SCRIPTS = [
  ['meeting_proposal', 'talk', 'talk', 'meeting_accept'],
  ['price_offer', 'talk', 'talk', 'accept'],
  ['meeting_proposal', 'meeting_reject'],
  ['price_offer', 'talk', 'reject'],
  ['talk', 'meeting_proposal', 'talk'],
  ['price_offer', 'talk', 'talk'],
] as const;

interface Conversation {
  readonly id: string;
  readonly number: number;
  readonly script: (typeof SCRIPTS)[number];
  readonly buyer: string;
  readonly seller: string;
  readonly listing: string;
  step: number;
  readonly taken: string[];
}

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #random: () => number;
  readonly #open: Conversation[] = [];
  readonly #expected: ExpectedMatch[] = [];
  readonly #prefix: string;
  readonly #pad: string;
  #events = 0;
  #conversations = 0;
  #duplicate: TrafficEvent | null = null;
  readonly counts = { wanted: 0, duplicates: 0, outOfOrder: 0, late: 0, poison: 0 };

  /** `run` keeps ids of two runs apart. */
  constructor(options: TrafficOptions, run: string) {
    this.#options = options;
    this.#random = generator(options.seed);
    this.#prefix = run;
    this.#pad = 'x'.repeat(options.bytes);
    while (this.#open.length < options.conversations) this.#open.push(this.#converse());
  }

  /** Matches complete so far; those of the last events may not be derived yet. */
  get expected(): readonly ExpectedMatch[] {
    return this.#expected;
  }

  get events(): number {
    return this.#events;
  }

  /** The next event, dated `now` (ms) unless it is one of the late ones. */
  next(now: number): TrafficEvent {
    const { duplicates, poison, wanted } = this.#options;
    this.#events++;
    if (this.#duplicate !== null && this.#random() < duplicates / wanted) {
      const again = this.#duplicate;
      this.#duplicate = null;
      this.counts.duplicates++;
      return again;
    }
    const kind = this.#random();
    if (kind < poison) return this.#poison();
    if (this.#random() >= wanted) return this.#tracking(now);
    this.counts.wanted++;
    const event = this.#random() < 0.6 ? this.#turn(now) : this.#viewed(now);
    this.#duplicate ??= event;
    return event;
  }

  #time(now: number, mayBeLate: boolean): number {
    const { outOfOrder, late } = this.#options;
    const draw = this.#random();
    if (draw < outOfOrder) {
      this.counts.outOfOrder++;
      return now - Math.floor(this.#random() * 3_000);
    }
    if (mayBeLate && draw < outOfOrder + late) {
      this.counts.late++;
      return now - 10_000 - Math.floor(this.#random() * 3_600_000);
    }
    return now;
  }

  #converse(): Conversation {
    const number = this.#conversations++;
    const { users } = this.#options;
    return {
      id: `${this.#prefix}c${number}`,
      number,
      script: SCRIPTS[Math.floor(this.#random() * SCRIPTS.length)] ?? SCRIPTS[0],
      buyer: `u${zipf(this.#random(), users)}`,
      seller: `s${zipf(this.#random(), users)}`,
      listing: `l${number}`,
      step: 0,
      taken: [],
    };
  }

  #turn(now: number): TrafficEvent {
    const slot = Math.floor(this.#random() * this.#open.length);
    const conversation = this.#open[slot] as Conversation;
    const step = conversation.script[conversation.step++] ?? 'talk';
    const id = `${conversation.id}-${conversation.step}`;
    const talk = step === 'talk';
    if (!talk) conversation.taken.push(id);
    const fromBuyer = conversation.step % 2 === 1;
    const [user, recipient] = fromBuyer
      ? [conversation.buyer, conversation.seller]
      : [conversation.seller, conversation.buyer];
    const more = talk
      ? `"text":"${SMALL_TALK[Math.floor(this.#random() * SMALL_TALK.length)]}",`
      : step === 'price_offer'
        ? `"amount":${20 + Math.floor(this.#random() * 200)},"currency":"USD",`
        : step === 'meeting_proposal' ? '"location_name":"Plaza",' : '';
    const head =
      `{"id":"${id}","type":"${talk ? 'chat_message' : step}","time":${this.#time(now, false)},` +
      `"conversation_id":"${conversation.id}","user_id":"${user}","recipient_id":"${recipient}",` +
      `"listing_id":"${conversation.listing}",${more}${this.#place()}`;
    this.#finish(conversation, step, slot, now);
    return this.#event(conversation.number, head);
  }

  #finish(conversation: Conversation, step: string, slot: number, created: number): void {
    const { id: key, taken: events } = conversation;
    if (step === 'meeting_accept') this.#expected.push({ pattern: 'meeting-accepted', key, events, created });
    if (step === 'accept') this.#expected.push({ pattern: 'offer-accepted', key, events, created });
    if (conversation.step >= conversation.script.length) this.#open[slot] = this.#converse();
  }

  #viewed(now: number): TrafficEvent {
    const user = zipf(this.#random(), this.#options.users);
    const category = CATEGORIES[Math.floor(this.#random() * CATEGORIES.length)];
    const head =
      `{"id":"${this.#prefix}v${this.#events}","type":"listing_viewed",` +
      `"time":${this.#time(now, true)},"user_id":"u${user}",` +
      `"listing_id":"l${Math.floor(this.#random() * 100_000)}","category":"${category}",${this.#place()}`;
    return this.#event(user, head);
  }

  #tracking(now: number): TrafficEvent {
    const type = TRACKING_TYPES[zipf(this.#random(), TRACKING_TYPES.length)];
    const user = zipf(this.#random(), this.#options.users);
    const head =
      `{"id":"${this.#prefix}t${this.#events}","type":"${type}","time":${this.#time(now, true)},` +
      `"user_id":"u${user}",${this.#place()}`;
    return this.#event(user, head);
  }

  #poison(): TrafficEvent {
    this.counts.poison++;
    const texts = ['{"type":"price_offer","id":', '[[[[', 'null', '{"type":42}', '\u0000\u0001'];
    const text = texts[Math.floor(this.#random() * texts.length)] ?? '';
    return { partitionHash: this.#events, text };
  }

  #place(): string {
    const city = CITIES[Math.floor(this.#random() * this.#random() * CITIES.length)] ?? CITIES[0];
    const lat = (city[0] + (this.#random() - 0.5) * 0.1).toFixed(6);
    const lon = (city[1] + (this.#random() - 0.5) * 0.1).toFixed(6);
    return `"lat":${lat},"lon":${lon},"pad":"`;
  }

  #event(partitionHash: number, head: string): TrafficEvent {
    const room = Math.max(0, this.#options.bytes - head.length - 2);
    return { partitionHash, text: `${head}${this.#pad.slice(0, room)}"}` };
  }
}

/** Number from 0 to n - 1 with a Zipf-like tail: the first ones are drawn most often. */
function zipf(draw: number, n: number): number {
  return Math.min(n - 1, Math.floor(n ** draw) - 1 + (draw > 0.999 ? 1 : 0));
}

/** Mulberry32 (T. Ettinger, public domain). */
function generator(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
