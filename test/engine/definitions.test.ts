import { describe, expect, test } from 'vitest';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import {
  applyChange,
  definitionDigest,
  EMPTY_SET,
  FORMER_MAX,
  openDefinitionRegistry,
} from '../../src/engine/definitions.ts';
import type { DefinitionChange } from '../../src/ports/definition-registry.ts';

const clock = systemClock();

async function registries(count: number) {
  const log = connectMemoryLog(new MemoryCluster({ clock }));
  for (const topic of ['parley.definitions', 'parley.definition-sets']) {
    await log.createTopic({ topic, partitions: 1, settings: {} });
  }
  const open = () => openDefinitionRegistry(log, { prefix: 'parley.', now: () => clock.now() });
  return { open, all: await Promise.all(Array.from({ length: count }, open)) };
}

const change = (id: string, source: string | null, replaces: string | null): DefinitionChange => ({
  id,
  kind: 'pattern',
  source,
  replaces,
});

describe('definition registry over the log', () => {
  test('what one publishes the others see, with its text', async () => {
    const { all } = await registries(2);
    const [one, two] = all as [(typeof all)[0], (typeof all)[0]];
    const outcome = await one.publish(change('a', 'text of a', null));
    expect(outcome).toMatchObject({ ok: true, revision: { revision: 1 } });
    const digest = definitionDigest('text of a');
    expect((await two.refresh()).entries).toEqual([
      expect.objectContaining({ id: 'a', kind: 'pattern', digest, enabled: true }),
    ]);
    expect(await two.source(digest)).toBe('text of a');
    expect(await two.source('unknown')).toBeNull();
  });

  test('of two who replace the same, one wins and the other is told what is in force', async () => {
    const { all } = await registries(2);
    const [one, two] = all as [(typeof all)[0], (typeof all)[0]];
    const outcomes = await Promise.all([
      one.publish(change('a', 'mine', null)),
      two.publish(change('a', 'yours', null)),
    ]);
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    const lost = outcomes.find((outcome) => !outcome.ok);
    const [entry] = (await one.refresh()).entries;
    expect(lost).toEqual({ ok: false, conflict: entry?.digest });
    expect(await two.refresh()).toEqual(await one.refresh());
  });

  test('a former version stays for runs that finish; a removed one takes no new ones', async () => {
    const { all, open } = await registries(1);
    const [one] = all as [(typeof all)[0]];
    const [first, second] = [definitionDigest('1'), definitionDigest('2')];
    await one.publish(change('a', '1', null));
    await one.publish(change('a', '2', first));
    expect(one.current().entries).toEqual([
      expect.objectContaining({ id: 'a', kind: 'pattern', digest: first, enabled: false }),
      expect.objectContaining({ id: 'a', kind: 'pattern', digest: second, enabled: true }),
    ]);
    await one.publish(change('a', null, second));
    expect(one.current().entries.map(({ enabled }) => enabled)).toEqual([false, false]);
    expect(await one.publish(change('a', '1', null))).toMatchObject({ ok: true });
    expect((await open()).current()).toEqual(one.current());
  });

  test('so many former versions stay, the oldest goes first', () => {
    const base = { id: 'x', definition: 'a', kind: 'pattern' as const };
    let set = EMPTY_SET;
    for (let version = 0; version <= FORMER_MAX + 1; version++) {
      const replaces = version === 0 ? null : `d${version - 1}`;
      set = applyChange(set, { ...base, digest: `d${version}`, replaces }, version) ?? set;
    }
    expect(set.entries.map(({ digest }) => digest)).toEqual(
      Array.from({ length: FORMER_MAX + 1 }, (_, i) => `d${i + 1}`),
    );
  });

  test('a change is judged at its place in the log alone', () => {
    const base = { id: 'x', definition: 'a', kind: 'pattern' as const };
    const added = applyChange(EMPTY_SET, { ...base, digest: 'd1', replaces: null }, 1);
    expect(added?.revision).toBe(1);
    expect(applyChange(added ?? EMPTY_SET, { ...base, digest: 'd2', replaces: null }, 1)).toBeNull();
    expect(applyChange(added ?? EMPTY_SET, { ...base, digest: 'd1', replaces: 'd1' }, 1)).toBeNull();
    expect(applyChange(EMPTY_SET, { ...base, digest: null, replaces: 'd1' }, 1)).toBeNull();
  });
});
