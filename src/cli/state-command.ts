import { existsSync } from 'node:fs';
import { taskOfKey } from '../api/state-queries.ts';
import { steadyClock } from '../engine/steady-clock.ts';
import { openTopology, type TaskPlace, type Topology } from '../engine/topology.ts';
import { rebuildTask, verifyTask } from '../engine/verify.ts';
import type { Configuration } from '../event/configuration.ts';
import { ParleyError } from '../event/errors.ts';
import { topicName } from '../event/topics.ts';
import { stateDue, stateListed } from '../task/state-value.ts';
import { loadConfiguration } from './configuration-file.ts';
import { ANSWER_NO, DONE } from './exit.ts';
import { type Adapters, openEmbeddedAdapters, openServiceAdapters } from './open-adapters.ts';
import type { StateFlags } from './program.ts';
import { systemClock } from './replay-clock.ts';
import type { Terminal } from './terminal.ts';

/** `parley state ...`: store and changelog, of Kafka and Redis or of a data folder. */

const REBUILT_AT_ONCE = 4;

/** Everything held for a key, on both levels. */
export function inspect(key: string, flags: StateFlags, terminal: Terminal): Promise<number> {
  return withState(flags, terminal, async ({ store }, topology) => {
    if (!key.includes('=')) {
      terminal.note(`${key}: write the key with its name, for instance conversation_id=${key}`);
      return ANSWER_NO;
    }
    let held = 0;
    for (const level of [1, 2] as const) {
      const task = taskOfKey(topology, level, key);
      const { position, values } = await store.read(task, [key]);
      for (const { owner, value } of values[0] ?? []) {
        held++;
        const due = stateDue(value);
        const found = {
          task: `${task.topic}/${task.partition}`,
          seq: position?.seq ?? null,
          owner,
          bytes: value.length,
          due: due === null ? null : new Date(due).toISOString(),
          listed: stateListed(value),
        };
        terminal.line(flags.json === true ? JSON.stringify(found) : Object.values(found).join('  '));
      }
    }
    if (held === 0) terminal.note(`nothing is held for ${key}`);
    return DONE;
  });
}

/** Compares the store with the changelog, task by task. */
export function verify(flags: StateFlags, terminal: Terminal): Promise<number> {
  return withState(flags, terminal, async ({ log, store }, topology) => {
    let wrong = 0;
    for (const task of keyedTasks(topology)) {
      const found = await verifyTask(log, store, task);
      const equal =
        found.missing + found.different + found.extra === 0 &&
        (found.storeSeq ?? 0) === found.changelogSeq;
      if (!equal) wrong++;
      if (flags.json === true) terminal.line(JSON.stringify({ task: task.name, equal, ...found }));
      else if (!equal) terminal.line(`${task.name}: ${JSON.stringify(found)}`);
    }
    if (flags.json !== true) terminal.line(wrong === 0 ? 'equal' : `${wrong} tasks differ`);
    return wrong === 0 ? DONE : ANSWER_NO;
  });
}

/** Deletes and rebuilds the store of every task. */
export function rebuild(flags: StateFlags, terminal: Terminal): Promise<number> {
  return withState(flags, terminal, async ({ log, store }, topology) => {
    const clock = steadyClock(systemClock);
    const tasks = keyedTasks(topology);
    const begin = performance.now();
    let values = 0;
    let done = 0;
    const waiting = tasks.values();
    const work = async (): Promise<void> => {
      for (const task of waiting) {
        const written = await rebuildTask(log, store, clock, task);
        values += written;
        done++;
        const seconds = (performance.now() - begin) / 1_000;
        const left = (seconds / done) * (tasks.length - done);
        terminal.note(
          `${task.name}: ${done} of ${tasks.length} tasks, ${values} values, ${left.toFixed(0)} s left`,
        );
      }
    };
    // Reading, folding and writing of several tasks go on beside each other.
    await Promise.all(Array.from({ length: REBUILT_AT_ONCE }, work));
    const rate = Math.round(values / ((performance.now() - begin) / 1_000));
    terminal.line(flags.json === true ? JSON.stringify({ values, rate }) : `${values} values, ${rate}/s`);
    return DONE;
  });
}

function keyedTasks(topology: Topology): TaskPlace[] {
  return ([1, 2] as const).flatMap((level) =>
    Array.from({ length: topology.partitions(`keyed.${level}`) }, (_, partition) =>
      topology.place({ topic: topicName(topology.prefix, `keyed.${level}`), partition }),
    ),
  );
}

/** State of `parley dev`. It has no changelog beside it to compare with or to rebuild from. */
function openDataFolder(configuration: Configuration): Promise<Adapters> {
  const { dataFolder } = configuration;
  if (!existsSync(dataFolder)) {
    const message = `${dataFolder}: there is no such data folder`;
    throw new ParleyError('PARLEY_INPUT_UNREADABLE', message);
  }
  return openEmbeddedAdapters(configuration, systemClock);
}

async function withState(
  flags: StateFlags,
  terminal: Terminal,
  work: (adapters: Adapters, topology: Topology) => Promise<number>,
): Promise<number> {
  const configuration = loadConfiguration({ file: flags.config ?? null, environment: process.env });
  const adapters =
    flags.data === undefined
      ? await openServiceAdapters(configuration, (line) => terminal.note(line))
      : await openDataFolder({ ...configuration, dataFolder: flags.data });
  try {
    return await work(adapters, await openTopology(adapters.log, configuration));
  } finally {
    await Promise.allSettled([adapters.store.close(), adapters.log.close()]);
  }
}
