import { decodeMeta, decodeOffsetMetadata, decodeStateKey, isMetaKey, type TaskMeta } from '../../src/ports/changelog.ts';
import type { TopicPartition } from '../../src/ports/event-log.ts';
import { judgeOutputs } from './oracle.ts';
import type { Plan } from './plan.ts';
import type { TestOutput } from './program.ts';
import { type Variant, World } from './world.ts';

export interface Verdict {
  readonly seed: number;
  /** What is wrong; empty where the history is as it must be. */
  readonly problems: readonly string[];
  readonly trace: readonly string[];
}

/** Virtual time after healing in which everything must have come out. */
const PROGRESS_MS = 25_000;
/** And then quiet: what is doubled comes out late. */
const QUIET_MS = 1_200;

/** Runs a history and judges it. */
export async function runHistory(plan: Plan, variant: Variant = {}): Promise<Verdict> {
  const world = new World(plan, variant);
  await world.open();
  const wanted = wantedOutputs(plan);
  const complete = seldom(world, () => {
    if (world.scheduler.now < plan.healAt) return false;
    return countOutputs(world) >= wanted || world.problems.length > 0;
  });
  const done = await world.scheduler.run(complete, plan.healAt + PROGRESS_MS);
  const problems = [...world.problems];
  if (!done) problems.push(`no progress: ${countOutputs(world)} of ${wanted} results`);
  const quietUntil = world.scheduler.now + QUIET_MS;
  await world.scheduler.run(() => world.scheduler.now >= quietUntil, quietUntil);
  if (done) {
    const settled = await world.scheduler.run(
      seldom(world, () => judgeStores(world).length === 0),
      world.scheduler.now + PROGRESS_MS,
    );
    if (!settled) problems.push(...judgeStores(world));
  }
  problems.push(...judgeOutputs(plan.events, readOutputs(world)));
  problems.push(...judgeMetas(world));
  for (const engine of world.engines()) {
    for (const { topic, partition, halted } of engine.status().tasks) {
      if (halted) problems.push(`${topic}/${partition} halted: ${halted.code} ${halted.message}`);
    }
  }
  await world.stop();
  return { seed: plan.seed, problems, trace: world.trace };
}

/** Looks every 50 ms of virtual time: looking costs more than an event of the history. */
function seldom(world: World, look: () => boolean): () => boolean {
  let next = 0;
  return () => {
    if (world.scheduler.now < next) return false;
    next = world.scheduler.now + 50;
    return look();
  };
}

function wantedOutputs(plan: Plan): number {
  return judgeOutputs(plan.events, []).length;
}

function partitionsOf(world: World, topic: string): TopicPartition[] {
  const count = world.cluster.describeTopic(topic)?.partitions ?? 0;
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

function readOutputs(world: World): TestOutput[] {
  return partitionsOf(world, 'parley.derived').flatMap((at) =>
    world.cluster
      .partition(at)
      .read(0, 'committed', Number.POSITIVE_INFINITY)
      .records.map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as TestOutput),
  );
}

function countOutputs(world: World): number {
  let count = 0;
  for (const at of partitionsOf(world, 'parley.derived')) {
    const { records } = world.cluster
      .partition(at)
      .read(0, 'committed', Number.POSITIVE_INFINITY);
    count += records.length;
  }
  return count;
}

interface Changelog {
  readonly task: TopicPartition;
  readonly metas: readonly TaskMeta[];
  readonly state: ReadonlyMap<string, string>;
}

function changelogs(world: World): Changelog[] {
  return [1, 2].flatMap((level) =>
    partitionsOf(world, `parley.changelog.${level}`).map(({ topic, partition }) => {
      const metas: TaskMeta[] = [];
      const state = new Map<string, string>();
      const { records } = world.cluster
        .partition({ topic, partition })
        .read(0, 'committed', Number.POSITIVE_INFINITY);
      for (const { key, value } of records) {
        if (key === null) continue;
        if (isMetaKey(key)) {
          if (value) metas.push(decodeMeta(value));
          continue;
        }
        const { key: name, owner } = decodeStateKey(key) ?? { key: '', owner: '' };
        if (value === null) state.delete(`${name}/${owner}`);
        else state.set(`${name}/${owner}`, Buffer.from(value).toString('latin1'));
      }
      return { task: { topic: `parley.keyed.${level}`, partition }, metas, state };
    }),
  );
}

/** The store equals the folded changelog. */
function judgeStores(world: World): string[] {
  const problems: string[] = [];
  for (const { task, metas, state } of changelogs(world)) {
    const last = metas.at(-1);
    const name = `store of ${task.topic}/${task.partition}`;
    const held = world.server.position(task);
    if (last !== undefined && held?.seq !== last.seq) {
      problems.push(`${name} is at ${held?.seq}, the changelog at ${last.seq}`);
      continue;
    }
    const stored = new Map(
      world.server
        .scan(task)
        .map(({ key, owner, value }) => [
          `${key}/${owner}`,
          Buffer.from(value ?? []).toString('latin1'),
        ]),
    );
    for (const key of new Set([...stored.keys(), ...state.keys()])) {
      if (stored.get(key) !== state.get(key)) problems.push(`${name} differs in ${key}`);
    }
  }
  return problems;
}

/** Commits are numbered without gaps and tile the input; the group's offset is the last one's. */
function judgeMetas(world: World): string[] {
  const problems: string[] = [];
  const compacted = world.plan.faults.some((fault) => fault.kind === 'compact');
  for (const { task, metas } of changelogs(world)) {
    const name = `${task.topic}/${task.partition}`;
    let before: TaskMeta | null = null;
    for (const meta of metas) {
      if (before !== null && !compacted) {
        if (meta.seq !== before.seq + 1) problems.push(`${name}: ${meta.seq} after ${before.seq}`);
        if (meta.from !== before.offset) problems.push(`${name}: ${meta.seq} leaves a gap`);
      }
      if (before !== null && meta.patternSet < before.patternSet) {
        problems.push(`${name}: the set went back to ${meta.patternSet}`);
      }
      if (before !== null && meta.watermark < before.watermark) {
        problems.push(`${name}: the watermark went back at ${meta.seq}`);
      }
      before = meta;
    }
    const fetched = world.cluster.group('test').committed(task, false);
    const seq = decodeOffsetMetadata(fetched?.metadata ?? '');
    if (before !== null && seq !== before.seq) {
      problems.push(`${name}: the group says ${seq}, the changelog ${before.seq}`);
    }
  }
  return problems;
}
