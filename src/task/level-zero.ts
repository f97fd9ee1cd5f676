import { utf8Bytes } from '../event/bytes.ts';
import type { Configuration } from '../event/configuration.ts';
import { encodeFields, encodeForwarded } from '../event/codec.ts';
import type { EventOrder } from '../event/codec.ts';
import { createDecoder, Unreadable } from '../event/decode.ts';
import type { Event } from '../event/event.ts';
import type { PlaceIndex } from '../geo/contract.ts';
import { noCoordinates } from '../geo/coordinate.ts';
import type { PreparedBatch, RoutedRecord, TaskProgram } from './contract.ts';
import type { Definitions, Route } from './definitions.ts';
import { keyText, keyValueOf } from './key.ts';
import { addPlaces, tallyCoordinates } from './places.ts';
import { deadLetter } from './side-records.ts';
import { createTally } from './tally.ts';
import type { Tally } from './tally.ts';

/** A batch of a source: records are forwarded by `step`, decoded and counted already. */
export interface SourceBatch extends PreparedBatch {
  readonly records: readonly RoutedRecord[];
  readonly tally: Tally;
}

/**
 * Level 0: finds the type, skips what nobody wants, decodes, bounds the time, adds places, and
 * forwards each event once for every (level, key name) that wants its type. It has no state.
 */
export function createLevelZero(
  configuration: Configuration,
  places: PlaceIndex | null,
): TaskProgram<Definitions, SourceBatch> {
  const decoder = createDecoder(configuration.events);
  const orders = new Map(configuration.sources.map(({ topic, order }) => [topic, order]));
  const { futureSkewMax } = configuration.time;
  return {
    level: 0,
    prepare(records, from, wall, definitions) {
      const tally = createTally();
      const coordinates = noCoordinates();
      const out: RoutedRecord[] = [];
      const order: EventOrder = orders.get(from.topic) ?? 'arrival';
      let greatestTime: number | null = null;
      let consumed = 0;
      let skipped = 0;
      const forwarded = [0, 0, 0];
      for (const record of records) {
        consumed++;
        const type = decoder.peekType(record);
        if (type !== null && !definitions.routes.has(type)) {
          skipped++;
          continue;
        }
        const decoded = decoder.decode(record, from);
        if (decoded instanceof Unreadable) {
          tally.add('parley_dead_letters_total', { reason: decoded.reason });
          out.push(deadLetter(record, from, decoded, configuration.limits.deadLetterBytes));
          continue;
        }
        const event = clamped(decoded, record.timestamp, wall, futureSkewMax, tally);
        if (greatestTime === null || event.time > greatestTime) greatestTime = event.time;
        const routes = definitions.routes.get(event.type);
        if (routes === undefined) {
          skipped++;
          continue;
        }
        if (places !== null && definitions.placed.has(event.type)) {
          addPlaces(event, places, coordinates);
        }
        forward(event, order, routes, out, tally, forwarded);
      }
      tallyCoordinates(coordinates, tally);
      tally.add('parley_events_consumed_total', { source: from.topic }, consumed);
      tally.add('parley_events_skipped_total', {}, skipped);
      tally.add('parley_events_forwarded_total', { level: '1' }, forwarded[1]);
      tally.add('parley_events_forwarded_total', { level: '2' }, forwarded[2]);
      return { keys: [], greatestTime, records: out, tally };
    },
    step(_memory, batch) {
      return { changes: [], records: batch.records, counts: batch.tally.counts() };
    },
  };
}

/** An event dated too far ahead gets the earlier of record time and now (DESIGN 3). */
function clamped(event: Event, recorded: number, wall: number, skew: number, tally: Tally): Event {
  if (event.time <= wall + skew) return event;
  tally.add('parley_events_clamped_total', {});
  return { ...event, time: Math.min(recorded, wall) };
}

/** Records that bring an event to every key that wants its type; counted by level. */
export function forward(
  event: Event,
  order: EventOrder,
  routes: readonly Route[],
  out: RoutedRecord[],
  tally: Tally,
  forwarded: number[],
): void {
  let whole: string | null = null;
  for (const { level, keyName, fields } of routes) {
    const key = keyValueOf(event, keyName);
    if (key === null) {
      tally.add('parley_events_unkeyed_total', { key: keyName ?? '' });
      continue;
    }
    let value: string;
    // An event that may turn out late goes to its side output as it came.
    if (fields === '*' || order === 'event-time') value = whole ??= encodeForwarded(event, order);
    else value = encodeFields(event, fields, order);
    const role = level === 1 ? 'keyed.1' : 'keyed.2';
    out.push({ role, key: utf8Bytes(keyText(keyName, key)), value });
    forwarded[level] = (forwarded[level] ?? 0) + 1;
  }
}
