import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseDuration } from '../../event/duration.ts';

/** One event of the demo: when it happens (ms since 1970 UTC) and the record as JSON text. */
export interface DemoEvent {
  readonly time: number;
  readonly text: string;
}

/** Event time that one cycle covers. The next one begins where it ends, with new ids. */
export const CYCLE_MS = 24 * 3_600_000;

/** 2026-11-02, a Monday, 08:00 UTC. */
const FIRST_DAY = Date.UTC(2026, 10, 2, 8);

interface Turn {
  readonly speaker: 'buyer' | 'seller';
  /** ms after the turn before. */
  readonly delay: number;
  readonly type: string;
  readonly fields: { readonly [field: string]: string | number };
}

interface Conversation {
  readonly language: string;
  readonly place: Place;
  readonly category: string;
  readonly title: string;
  readonly price: number;
  readonly currency: string;
  readonly turns: readonly Turn[];
}

interface Place {
  readonly country: string;
  readonly lat: number;
  readonly lon: number;
}

/** Centres of the cities, degrees. */
const PLACES: { readonly [name: string]: Place } = {
  detroit: { country: 'US', lat: 42.3677203, lon: -83.1186093 },
  newyork: { country: 'US', lat: 40.7359, lon: -73.9911 },
  chicago: { country: 'US', lat: 41.8826, lon: -87.6226 },
  miami: { country: 'US', lat: 25.7743, lon: -80.1937 },
  losangeles: { country: 'US', lat: 34.0522, lon: -118.2437 },
  madrid: { country: 'ES', lat: 40.4155, lon: -3.7074 },
  barcelona: { country: 'ES', lat: 41.3795, lon: 2.1401 },
  valencia: { country: 'ES', lat: 39.4699, lon: -0.3763 },
  sevilla: { country: 'ES', lat: 37.3891, lon: -5.9845 },
  bilbao: { country: 'ES', lat: 43.263, lon: -2.935 },
  istanbul: { country: 'TR', lat: 40.9909, lon: 29.029 },
  ankara: { country: 'TR', lat: 39.9208, lon: 32.8541 },
  izmir: { country: 'TR', lat: 38.4388, lon: 27.1428 },
  bursa: { country: 'TR', lat: 40.1885, lon: 29.061 },
};

const CURRENCIES: { readonly [country: string]: string } = { US: 'USD', ES: 'EUR', TR: 'TRY' };

/** Tracking types that no shipped definition listens to. */
const NOISE = ['app_opened', 'banner_shown', 'profile_viewed', 'photo_swiped', 'notification_read'];

/** Tracking events in a cycle beside those of the conversations. */
const BROWSING = 6_000;

/**
 * All events of one cycle, in order of event time. The same cycle number always gives the same
 * events: a restart goes on where it stopped by counting what the log holds.
 */
export function marketplaceCycle(cycle: number): DemoEvent[] {
  const random = generator(cycle + 1);
  const begin = FIRST_DAY + cycle * CYCLE_MS;
  const events: DemoEvent[] = [];
  conversations().forEach((conversation, index) => {
    const start = begin + Math.floor((index / conversations().length) * CYCLE_MS * 0.9);
    events.push(...playConversation(conversation, `${cycle}-${index}`, start, random));
  });
  for (let i = 0; i < BROWSING; i++) {
    events.push(browse(`${cycle}-${i}`, begin + Math.floor(random() * CYCLE_MS), random));
  }
  return events.sort((a, b) => a.time - b.time);
}

let loaded: readonly Conversation[] | null = null;

function conversations(): readonly Conversation[] {
  loaded ??= [...ownConversations(), ...negotiations()];
  return loaded;
}

function readData(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

function placeOf(name: string): Place {
  const place = PLACES[name];
  if (place === undefined) throw new Error(`the demo knows no place ${name}`);
  return place;
}

function ownConversations(): Conversation[] {
  const rows = parse(readData('conversations.yaml')) as {
    lang: string;
    place: string;
    category: string;
    title: string;
    price: number;
    turns: string[];
  }[];
  return rows.map((row) => {
    const place = placeOf(row.place);
    return {
      language: row.lang,
      place,
      category: row.category,
      title: row.title,
      price: row.price,
      currency: CURRENCIES[place.country] ?? 'USD',
      turns: row.turns.map(readTurn),
    };
  });
}

/** `b 2m text`, or `b 2m !type field=value field='two words'`. */
function readTurn(line: string): Turn {
  const [, who, delay, text] = /^([bs]) (\S+) (.*)$/.exec(line) ?? [];
  if (who === undefined || delay === undefined || text === undefined) {
    throw new Error(`the demo cannot read the turn: ${line}`);
  }
  const base = {
    speaker: who === 'b' ? ('buyer' as const) : ('seller' as const),
    delay: parseDuration(delay) ?? 0,
  };
  if (!text.startsWith('!')) return { ...base, type: 'chat_message', fields: { text } };
  const [type = '', ...rest] = text.slice(1).split(' ');
  const fields: { [field: string]: string } = {};
  for (const [, name, quoted, plain] of rest.join(' ').matchAll(/(\w+)=(?:'([^']*)'|(\S+))/g)) {
    fields[name ?? ''] = quoted ?? plain ?? '';
  }
  return { ...base, type, fields };
}

function negotiations(): Conversation[] {
  const places = ['detroit', 'newyork', 'chicago', 'miami', 'losangeles'];
  return readData('negotiation.jsonl')
    .trim()
    .split('\n')
    .map((line, index) => {
      const row = JSON.parse(line) as {
        category: string;
        title: string;
        price: number;
        turns: [string, string, string | number | null][];
      };
      return {
        language: 'en',
        place: placeOf(places[index % places.length] ?? 'detroit'),
        category: row.category,
        title: row.title,
        price: row.price,
        currency: 'USD',
        turns: row.turns.map(negotiationTurn),
      };
    });
}

function negotiationTurn([who, act, said]: [string, string, string | number | null]): Turn {
  const base = { speaker: who === 'b' ? ('buyer' as const) : ('seller' as const), delay: 90_000 };
  if (act === 'message') return { ...base, type: 'chat_message', fields: { text: String(said) } };
  if (act === 'offer') {
    return { ...base, type: 'price_offer', fields: { amount: Number(said), currency: 'USD' } };
  }
  return { ...base, type: act === 'accept' ? 'accept' : 'reject', fields: {} };
}

function playConversation(
  conversation: Conversation,
  name: string,
  start: number,
  random: () => number,
): DemoEvent[] {
  const { place, category, title, price, currency, language } = conversation;
  // Few buyers, so that one buyer talks to several sellers within an hour.
  const buyer = `buyer-${language}-${Math.floor(random() * 6)}`;
  const seller = `seller-${name}`;
  const listing = { listing_id: `listing-${name}`, category, title, price, currency };
  const at = jitter(place, random);
  const events: DemoEvent[] = [];
  let time = start;
  for (let view = 3; view > 0; view--) {
    const viewed = { user_id: buyer, ...listing, country: place.country, ...at };
    const when = start - view * 40_000;
    events.push(record(`view-${name}-${view}`, 'listing_viewed', when, viewed, random));
  }
  conversation.turns.forEach((turn, index) => {
    time += turn.delay;
    const fromBuyer = turn.speaker === 'buyer';
    const fields = {
      conversation_id: `conversation-${name}`,
      user_id: fromBuyer ? buyer : seller,
      recipient_id: fromBuyer ? seller : buyer,
      role: turn.speaker,
      language,
      country: place.country,
      listing_id: listing.listing_id,
      price,
      currency,
      ...at,
      ...turn.fields,
    };
    events.push(record(`turn-${name}-${index}`, turn.type, time, fields, random));
  });
  return events;
}

function browse(name: string, time: number, random: () => number): DemoEvent {
  const places = Object.values(PLACES);
  const place = places[Math.floor(random() * random() * places.length)] ?? placeOf('detroit');
  const language = place.country === 'US' ? 'en' : place.country === 'ES' ? 'es' : 'tr';
  const user_id = `buyer-${language}-${Math.floor(random() * 40)}`;
  const at = jitter(place, random);
  const listing_id = `listing-b-${Math.floor(random() * 5_000)}`;
  const common = { user_id, country: place.country, ...at };
  const kind = random();
  const category = ['sofa', 'bike', 'phone', 'chair', 'table'][Math.floor(random() * 5)] ?? 'sofa';
  if (kind < 0.25) {
    return record(`b-${name}`, 'listing_viewed', time, { ...common, listing_id, category }, random);
  }
  if (kind < 0.3) return record(`b-${name}`, 'search', time, { ...common, query: category }, random);
  const noise = NOISE[Math.floor(random() * NOISE.length)] ?? 'app_opened';
  return record(`b-${name}`, noise, time, common, random);
}

/** A point within a kilometre or two; some clients send coordinates as text. */
function jitter(place: Place, random: () => number): { lat: number | string; lon: number | string } {
  const lat = Number((place.lat + (random() - 0.5) * 0.02).toFixed(6));
  const lon = Number((place.lon + (random() - 0.5) * 0.02).toFixed(6));
  return random() < 0.2 ? { lat: String(lat), lon: String(lon) } : { lat, lon };
}

/** Wraps the fields in one of the envelopes that Parley reads. */
function record(
  id: string,
  type: string,
  time: number,
  fields: { readonly [field: string]: unknown },
  random: () => number,
): DemoEvent {
  const iso = new Date(time).toISOString();
  const kind = random();
  let envelope: unknown;
  if (kind < 0.4) envelope = { id, type, time: iso, ...fields };
  else if (kind < 0.7) envelope = { data: { id, type, attributes: fields }, meta: { created_at: time } };
  else if (kind < 0.85) {
    const source = 'demo/marketplace';
    envelope = { specversion: '1.0', id, type, source, time: iso, data: fields };
  } else envelope = { type, properties: { id, timestamp: String(time), ...fields } };
  return { time, text: JSON.stringify(envelope) };
}

/** Mulberry32 (T. Ettinger, public domain): a number in [0, 1) from a 32-bit state. */
function generator(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
