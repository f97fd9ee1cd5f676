import type { Labels, MetricName } from '../event/metrics.ts';
import type { Count } from './contract.ts';

/** What a step counted, one entry per metric and labels. */
export interface Tally {
  add(metric: MetricName, labels: Labels, by?: number): void;
  counts(): readonly Count[];
}

export function createTally(): Tally {
  const entries = new Map<string, { metric: MetricName; labels: Labels; by: number }>();
  return {
    add(metric, labels, by = 1) {
      if (by === 0) return;
      let name: string = metric;
      for (const label in labels) name += `\n${labels[label]}`;
      const entry = entries.get(name);
      if (entry === undefined) entries.set(name, { metric, labels, by });
      else entry.by += by;
    },
    counts: () => [...entries.values()],
  };
}
