import { describe, expect, it } from 'vitest';
import { configurationSchema, defaultConfiguration } from '../../src/event/configuration.ts';
import { createDecoder, Unreadable } from '../../src/event/decode.ts';
import type { RawRecord } from '../../src/event/decode.ts';

const decoder = createDecoder(defaultConfiguration().events);
const ORIGIN = { topic: 'marketplace.events', partition: 3 };
const RECORD_TIME = 1_700_000_000_000;

function raw(value: unknown, headers: Record<string, string> | null = null): RawRecord {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const bytes = headers && Object.entries(headers).map(([k, v]) => [k, Buffer.from(v)] as const);
  return {
    offset: 17,
    timestamp: RECORD_TIME,
    value: Buffer.from(text),
    headers: bytes && Object.fromEntries(bytes),
  };
}

function decode(value: unknown, headers: Record<string, string> | null = null) {
  const event = decoder.decode(raw(value, headers), ORIGIN);
  if (event instanceof Unreadable) throw new Error(`${event.reason}: ${event.detail}`);
  return event;
}

function refusal(value: unknown): string {
  const event = decoder.decode(raw(value), ORIGIN);
  return event instanceof Unreadable ? event.reason : `read as ${event.type}`;
}

describe('envelopes', () => {
  it('flat JSON: the record is the event', () => {
    const event = decode({ id: 'e1', type: 'listing_viewed', time: 1511193820350, listing_id: 'l1' });
    expect(event).toMatchObject({
      id: 'e1', type: 'listing_viewed', time: 1511193820350, family: 'tracking',
    });
    expect(event.data['listing_id']).toBe('l1');
  });

  it('data with attributes, and meta with the time', () => {
    const event = decode({
      data: { id: 'm1', type: 'message', attributes: { text: 'still there?', from: 'u1', to: 'u2' } },
      meta: { created_at: '1511193820350' },
    });
    expect(event).toMatchObject({ id: 'm1', type: 'message', time: 1511193820350, family: 'chat' });
    expect(event.data).toMatchObject({ text: 'still there?', user_id: 'u1', recipient_id: 'u2' });
  });

  it('type with properties', () => {
    const event = decode({
      type: 'meeting_proposal',
      properties: { geo: { lat: '41.39', lon: '2.15' }, date: '1511193820350', location_name: 'Sants' },
    });
    expect(event.type).toBe('meeting_proposal');
    expect(event.data).toMatchObject({ lat: 41.39, lon: 2.15, date: 1511193820350 });
    expect(event.time).toBe(RECORD_TIME);
  });

  it('CloudEvents 1.0, structured', () => {
    const event = decode({
      specversion: '1.0', id: 'c1', type: 'listing_sold', source: '/shop',
      time: '2017-11-20T15:53:13.350Z', data: { listing_id: 'l9', id: 'not this one' },
    });
    expect(event).toMatchObject({
      id: 'c1', type: 'listing_sold', time: Date.UTC(2017, 10, 20, 15, 53, 13, 350), family: 'domain',
    });
    expect(event.data['listing_id']).toBe('l9');
  });

  it('CloudEvents 1.0, structured with data_base64', () => {
    const data_base64 = Buffer.from('{"listing_id":"l9"}').toString('base64');
    expect(decode({ specversion: '1.0', id: 'c1', type: 'x', data_base64 }).data['listing_id']).toBe('l9');
  });

  it('CloudEvents 1.0, binary: attributes in headers', () => {
    const headers = { ce_specversion: '1.0', ce_id: 'b1', ce_type: 'search', ce_time: '2017-11-20T15:53:13Z' };
    const event = decode({ query: 'sofa', type: 'in the body', id: 'in the body' }, headers);
    expect(event).toMatchObject({ id: 'b1', type: 'search', time: Date.UTC(2017, 10, 20, 15, 53, 13) });
    expect(event.data['query']).toBe('sofa');
  });

  it('fields lie where the configuration says, in the attributes first', () => {
    const events = configurationSchema.parse({
      events: { fields: { type: ['kind'], id: ['ref.uid'], conversation_id: ['chat.id', 'thread'] } },
    }).events;
    const value = { kind: 'view', ref: { uid: 7 }, thread: 't1', chat: { id: 'c1' } };
    const event = createDecoder(events).decode(raw(value), ORIGIN);
    expect(event).toMatchObject({ id: '7', type: 'view' });
    expect(event).toMatchObject({ data: { conversation_id: 'c1' } });
  });
});

describe('strings that hold numbers', () => {
  it('are numbers where the field is one, at any depth', () => {
    const { data } = decode({
      type: 'x', lat: ' 41.39 ', lon: '-2', price: '1e3', place: [{ geo: { lat: '1.5' } }],
    });
    expect(data).toMatchObject({ lat: 41.39, lon: -2, price: 1000, place: [{ geo: { lat: 1.5 } }] });
  });

  it('stay text elsewhere: ids are never numbers', () => {
    const { data, id } = decode({ type: 'x', id: '00123', user_id: '42', listing_id: '7e3', zip: '48206' });
    expect(id).toBe('00123');
    expect(data).toMatchObject({ user_id: '42', listing_id: '7e3', zip: '48206' });
  });

  it('stay text where they are no number', () => {
    expect(decode({ type: 'x', amount: '80 EUR', lat: '', lon: 'NaN' }).data).toMatchObject({
      amount: '80 EUR', lat: '', lon: 'NaN',
    });
  });
});

describe('event time', () => {
  const cases: [unknown, number][] = [
    ['2017-11-20T15:53:13.350Z', 1511193193350],
    ['2017-11-20T16:53:13.350+01:00', 1511193193350],
    ['2017-11-20T16:53:13.35+0100', 1511193193350],
    ['2017-11-20 15:53:13', 1511193193000],
    ['2017-11-20T15:53:13', 1511193193000],
    ['2017-11-20', 1511136000000],
    [1511193193, 1511193193000],
    [1511193193.35, 1511193193350],
    [1511193193350, 1511193193350],
    [1511193193350123, 1511193193350],
    ['1511193193', 1511193193000],
    ['1511193193350', 1511193193350],
  ];
  it.each(cases)('%s', (time, ms) => {
    expect(decode({ type: 'x', time }).time).toBe(ms);
  });

  it.each([['yesterday'], [''], [null], [{}], [true], ['2017-13-45T99:00:00Z'], [1e300], [-1], ['1969-12-31']])(
    '%s is none: the time of the record counts',
    (time) => {
      expect(decode({ type: 'x', time }).time).toBe(RECORD_TIME);
    },
  );
});

describe('identity', () => {
  it('without an id it is the place in the source', () => {
    expect(decode({ type: 'x' }).id).toBe('marketplace.events/3/17');
    expect(decode({ type: 'x', id: { a: 1 } }).id).toBe('marketplace.events/3/17');
  });
});

describe('what cannot be read', () => {
  it.each([
    ['not json at all', 'not_json'],
    ['{"type":"x"', 'not_json'],
    ['[1,2]', 'not_an_object'],
    ['null', 'not_an_object'],
    ['"text"', 'not_an_object'],
    [{}, 'no_type'],
    [{ type: 5 }, 'no_type'],
    [{ type: '' }, 'no_type'],
    [{ type: 'x'.repeat(201) }, 'no_type'],
    [{ type: 'x', id: 'i'.repeat(513) }, 'id_too_long'],
    [`{"type":"x","a":${'['.repeat(40)}${']'.repeat(40)}}`, 'too_deep'],
    [`{"type":"x","a":${'{"b":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 'too_deep'],
    [{ type: 'x', text: 'a'.repeat(1_000_001) }, 'too_large'],
    [{ type: 'x', text: 'a'.repeat(10_000_000) }, 'too_large'],
  ])('%.60s: %s', (value, reason) => {
    expect(refusal(value)).toBe(reason);
  });

  it('a tombstone on a source', () => {
    const event = decoder.decode({ offset: 0, timestamp: 0, value: null, headers: null }, ORIGIN);
    expect(event).toMatchObject({ reason: 'no_value' });
  });

  it('an odd but readable record is read', () => {
    expect(decode('{"type":"x","__proto__":{"id":"evil"},"constructor":1}').id).toContain('/17');
    expect(decode({ type: 'x', text: 'a'.repeat(900_000) }).type).toBe('x');
  });
});
