import type { EventOrder } from '../event/codec.ts';
import type { Configuration } from '../event/configuration.ts';
import type { PlaceIndex } from '../geo/contract.ts';
import type { Understand, UnderstandContext } from '../intent/contract.ts';

/** What the programs are given beside the configuration: pure functions and data, no I/O. */
export interface Services {
  /** Null: events get no labels of places. */
  readonly places: PlaceIndex | null;
  /** Null: chat text is not read. */
  readonly understand: Understand | null;
}

/** What a step needs of the configuration and services, resolved once. */
export interface StepSettings {
  readonly configuration: Configuration;
  readonly services: Services;
  readonly understandContext: UnderstandContext;
  /**
   * Order of what one level sends to the next. Sorted where every source is; else a derived event
   * meets its key when it comes, as one of a source in order of arrival does.
   */
  readonly onwardOrder: EventOrder;
}

export function stepSettings(configuration: Configuration, services: Services): StepSettings {
  const { places } = services;
  const { language, country, zone } = configuration.intents;
  const sorted = configuration.sources.every(({ order }) => order === 'event-time');
  return {
    configuration,
    onwardOrder: sorted ? 'event-time' : 'arrival',
    services,
    understandContext: {
      language,
      country,
      ...(zone === null ? {} : { zone }),
      ...(places === null
        ? {}
        : {
            resolvePlace: (name, near) => {
              const place = places.findPlaceByName(name, near);
              return place === null ? null : { lat: place.lat, lon: place.lon };
            },
          }),
    },
  };
}
