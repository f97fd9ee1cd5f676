import type { Event, EventData } from '../event/event.ts';
import type { PlaceIndex } from '../geo/contract.ts';
import { type CoordinateCounts, observeCoordinate } from '../geo/coordinate.ts';
import type { Tally } from './tally.ts';

/** Labels of the place fill the fields that the event does not carry itself. */
export function addPlaces(event: Event, places: PlaceIndex, counts: CoordinateCounts): void {
  const data = event.data as { -readonly [F in keyof EventData]: EventData[F] };
  const { lat, lon } = data;
  if (lat === undefined && lon === undefined) return;
  const answer = places.locate(lat, lon);
  const country = answer === 'invalid_coordinate' ? null : answer.country;
  observeCoordinate(counts, lat, lon, country, (...point) => {
    const there = places.locate(...point);
    return there === 'invalid_coordinate' ? null : there.country;
  });
  if (answer === 'invalid_coordinate') return;
  for (const field in answer) {
    if (data[field] === undefined || data[field] === null) {
      data[field] = answer[field as keyof typeof answer];
    }
  }
}

export function tallyCoordinates(counts: CoordinateCounts, tally: Tally): void {
  tally.add('parley_events_coordinates_total', {}, counts.seen);
  for (const [reason, by] of Object.entries(counts.invalid)) {
    tally.add('parley_events_invalid_coordinate_total', { reason }, by);
  }
  const { nullIsland, maybeSwapped } = counts;
  tally.add('parley_events_suspect_coordinate_total', { reason: 'null_island' }, nullIsland);
  tally.add('parley_events_suspect_coordinate_total', { reason: 'maybe_swapped' }, maybeSwapped);
}
