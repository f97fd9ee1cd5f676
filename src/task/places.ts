import type { Event, EventData } from '../event/event.ts';
import type { PlaceIndex } from '../geo/contract.ts';
import type { Tally } from './tally.ts';

/** Labels of the place fill the fields that the event does not carry itself. */
export function addPlaces(event: Event, places: PlaceIndex, tally: Tally): void {
  const data = event.data as { -readonly [F in keyof EventData]: EventData[F] };
  const { lat, lon } = data;
  if (lat === undefined && lon === undefined) return;
  const answer = places.locate(lat, lon);
  if (answer === 'invalid_coordinate') {
    tally.add('parley_events_invalid_coordinate_total', {});
    return;
  }
  for (const [field, label] of Object.entries(answer) as [string, string | number | null][]) {
    if (data[field] === undefined || data[field] === null) data[field] = label;
  }
}
