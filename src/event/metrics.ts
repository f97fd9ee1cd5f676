/**
 * Every metric in one table: `/metrics`, the reference in README and the tidy test read it.
 * Names follow Prometheus: base units, `_total` for counters.
 */

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

export const METRICS = {
  parley_events_consumed_total: counter('Records read from the sources.', 'source'),
  parley_events_skipped_total: counter('Records whose type no definition wants.'),
  parley_events_forwarded_total: counter('Events forwarded to a keyed topic.', 'level'),
  parley_events_unkeyed_total: counter('Wanted events without a usable key field.', 'key'),
  parley_events_late_total: counter('Events older than the clock they met.', 'order'),
  parley_events_duplicate_total: counter('Events dropped because their id was seen for the key.'),
  parley_events_clamped_total: counter('Events dated further ahead than the allowed skew.'),
  parley_events_coordinates_total: counter('Events with coordinates that were looked up.'),
  parley_events_invalid_coordinate_total: counter(
    'Events whose coordinates are no place on Earth: they pass without labels.', 'reason',
  ),
  parley_events_suspect_coordinate_total: counter(
    'Events at (0, 0), or in open sea but on land with lat and lon exchanged.', 'reason',
  ),
  parley_dead_letters_total: counter('Records that could not be read.', 'reason'),
  parley_intents_total: counter('Intents taken from chat.', 'type'),
  parley_matches_total: counter('Matches and time-outs derived.', 'pattern', 'kind'),
  parley_matches_withheld_total: counter(
    'Matches not emitted: holdout, shadow, at most, quiet hours.', 'pattern', 'reason',
  ),
  parley_clause_errors_total: counter('Clauses without a value.', 'pattern', 'step', 'reason'),
  parley_bounds_total: counter('Bounds that bit.', 'bound', 'owner'),
  parley_segment_transitions_total: counter('Members entered and exited.', 'segment', 'direction'),
  parley_partial_matches: gauge('Partial matches held in memory.'),
  parley_memory_keys: gauge('Keys whose state is held in memory.'),
  parley_memory_bytes: gauge('Bytes of state held in memory.'),
  parley_watermark_timestamp_seconds: gauge('Watermark of a task.', 'topic', 'partition'),
  parley_consumer_lag_records: gauge('Records not read yet.', 'topic', 'partition'),
  parley_tasks: gauge('Tasks by state.', 'state'),
  parley_commits_total: counter('Transactions by outcome.', 'outcome'),
  parley_commit_seconds: histogram('Time from the first request of a commit to its end.'),
  parley_sessions_ended_total: counter(
    'Generations of the group that ended here: rebalance, stop, or the error.', 'reason',
  ),
  parley_recoveries_total: counter(
    'Paths taken when tasks were opened: clean, fold, rebuild, memory-kept, memory-dropped, halted.',
    'path',
  ),
  parley_rebuilt_values_total: counter('State values folded or rebuilt into the store.'),
  parley_store_writes_total: counter('Writes to the store by outcome.', 'outcome'),
  parley_definitions_revision: gauge('Revision of the set of definitions in force.'),
  parley_definitions_refused_total: counter('Definitions refused with a mistake.'),
  parley_feed_clients: gauge('Clients of the feed.'),
  parley_feed_buffer_bytes: gauge('Bytes held for slow clients.'),
  parley_feed_deliveries_total: counter('Events delivered to subscriptions.'),
  parley_feed_gaps_total: counter('Gaps told to slow clients.'),
  parley_feed_refused_total: counter('Clients, frames and subscriptions refused.', 'reason'),
  parley_http_requests_total: counter('Requests of the HTTP API.', 'method', 'status'),
} as const satisfies { readonly [name: string]: MetricDefinition };

export type MetricName = keyof typeof METRICS;

export interface Labels {
  readonly [label: string]: string;
}

/** Where the engine and the edges report to. */
export interface MetricsSink {
  /** Adds to a counter. */
  count(metric: MetricName, labels: Labels, by: number): void;
  /** Sets a gauge. */
  set(metric: MetricName, labels: Labels, value: number): void;
  /** Adds an observation to a histogram, in the unit of its name. */
  observe(metric: MetricName, labels: Labels, value: number): void;
}

function counter(help: string, ...labels: string[]): MetricDefinition {
  return { kind: 'counter', help, labels };
}

function gauge(help: string, ...labels: string[]): MetricDefinition {
  return { kind: 'gauge', help, labels };
}

function histogram(help: string, ...labels: string[]): MetricDefinition {
  return { kind: 'histogram', help, labels };
}
