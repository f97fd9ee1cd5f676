import type { Metrics } from '../api/metrics.ts';
import {
  COORDINATE_FAULTS, type CoordinateFault, coordinateWarning, noCoordinates,
} from '../geo/coordinate.ts';

/**
 * Metrics that also tell what is wrong with coordinates: each kind of fault once, and when those
 * of all sources together look swapped or missing.
 */
export function watchCoordinates(metrics: Metrics, tell: (warning: string) => void): Metrics {
  const counts = noCoordinates();
  const told = new Set<string>();
  const once = (kind: string, warning: string): void => {
    if (told.has(kind)) return;
    told.add(kind);
    tell(`coordinates: ${warning}`);
  };
  return {
    ...metrics,
    count(metric, labels, by) {
      metrics.count(metric, labels, by);
      const { reason = '' } = labels;
      if (metric === 'parley_events_coordinates_total') counts.seen += by;
      else if (metric === 'parley_events_invalid_coordinate_total') {
        once(reason, COORDINATE_FAULTS[reason as CoordinateFault]);
      } else if (metric === 'parley_events_suspect_coordinate_total') {
        if (reason === 'null_island') counts.nullIsland += by;
        else counts.maybeSwapped += by;
        const warning = coordinateWarning(counts);
        if (warning !== null) once(warning.kind, warning.message);
      }
    },
  };
}
