/** Where the microseconds of an event go: a V8 CPU profile, summed by stage of the road. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As `node --cpu-prof` writes it; times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The first stage that fits the innermost frame that fits one gets the time. */
const STAGES: readonly (readonly [stage: string, where: RegExp])[] = [
  ['read: batches of records decoded', /adapters\/kafka\/(record-batch-reader|log-reader|compression|lz4|snappy)/],
  ['write: batches of records encoded', /adapters\/kafka\/(record-batch|append|crc32c)\./],
  ['embedded log and store', /adapters\/embedded|node:sqlite/],
  ['Kafka requests, transactions, group', /adapters\/kafka|node_modules\/kafkajs/],
  ['state store: Redis', /adapters\/redis|node_modules\/(ioredis|redis-|@ioredis|denque)/],
  ['level 0: types skipped, events decoded', /src\/event\/(type-scan|decode|fields|read-value)|task\/level-zero/],
  ['codec of forwarded events and state', /src\/event\/codec|codec\.ts|(en|de)code\.ts|state-format|event-cell|msgpackr|match\/pack/],
  ['expressions of clauses', /src\/expression|cel-js/],
  ['matcher', /src\/match/],
  ['segments', /src\/segment|segment-stage/],
  ['language and intents', /src\/intent|dialogue-stage/],
  ['places', /src\/geo/],
  ['steps of keys: seen ids, gates, output', /src\/(task|pattern|event)\//],
  ['commit: intervals to batches', /engine\/(commit|store-writer)\./],
  ['engine: tasks, timers, memory, time', /src\/engine/],
  ['feed, API, metrics', /src\/(feed|api|cli)|prom-client|hono|pino/],
];

/** The one profile of a folder. */
export function readProfile(folder: string): CpuProfile {
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`no .cpuprofile in ${folder}`);
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
}

/**
 * Lines of the table, greatest first. `from` and `until`: microseconds since the process began.
 * A profile knows wall time, also of a process that waits for a core: its shares are applied to
 * `cpu`, the microseconds of CPU that the process spent on an event with all its threads.
 */
export function stageTable(
  profile: CpuProfile,
  from: number,
  until: number,
  cpu: number,
): string[] {
  const stageOf = stagesOfNodes(profile);
  const sums = new Map<string, number>();
  let at = 0;
  let busy = 0;
  profile.samples.forEach((node, i) => {
    const passed = profile.timeDeltas[i] ?? 0;
    at += passed;
    if (at < from || at >= until) return;
    const stage = stageOf.get(node) ?? 'Node.js';
    sums.set(stage, (sums.get(stage) ?? 0) + passed);
    if (stage !== 'idle') busy += passed;
  });
  const rows = [...sums].filter(([stage]) => stage !== 'idle').toSorted((a, b) => b[1] - a[1]);
  const line = (stage: string, sum: number) => {
    const share = sum / busy;
    const us = (share * cpu).toFixed(2).padStart(6);
    return `  ${us}  ${(share * 100).toFixed(1).padStart(5)}%  ${stage}`;
  };
  return [...rows.map(([stage, sum]) => line(stage, sum)), line('all', busy)];
}

function stagesOfNodes({ nodes }: CpuProfile): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stages = new Map<number, string>();
  const [root] = nodes;
  if (root === undefined) return stages;
  const open: [id: number, stage: string][] = [[root.id, 'Node.js: sockets, promises, timers']];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [id, inherited] = next;
    const node = byId.get(id);
    if (node === undefined) continue;
    const stage = stageOf(node.callFrame) ?? inherited;
    stages.set(id, stage);
    for (const child of node.children ?? []) open.push([child, stage]);
  }
  return stages;
}

function stageOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string | null {
  if (functionName === '(garbage collector)') return 'garbage collector';
  if (functionName === '(idle)') return 'idle';
  return STAGES.find(([, where]) => where.test(url))?.[0] ?? null;
}
