import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Labels, METRICS, type MetricName, type MetricsSink } from '../event/metrics.ts';

/** Seconds: from a millisecond to ten seconds, dense where the goals lie. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10];

export interface Metrics extends MetricsSink {
  /** The page of `/metrics`. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** All metrics of the table, in a registry of their own: several engines fit in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricName, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
  for (const [key, { kind, help, labels }] of Object.entries(METRICS)) {
    const name = key as MetricName;
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (kind === 'counter') counters.set(name, new Counter(options));
    else if (kind === 'gauge') gauges.set(name, new Gauge(options));
    else histograms.set(name, new Histogram({ ...options, buckets: BUCKETS }));
  }
  return {
    count: (metric, labels, by) => need(counters, metric).inc(labels as Labels, by),
    set: (metric, labels, value) => need(gauges, metric).set(labels as Labels, value),
    observe: (metric, labels, value) => need(histograms, metric).observe(labels as Labels, value),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function need<M>(metrics: ReadonlyMap<MetricName, M>, name: MetricName): M {
  const metric = metrics.get(name);
  if (metric === undefined) throw new Error(`${name} is not a metric of this kind`);
  return metric;
}
