import { describe, expect, it } from 'vitest';
import { explain } from '../../src/task/explain.ts';
import { compiledSet, counted, parsed, runOf, send, START } from './support.ts';
import type { CompiledSet } from '../../src/task/load-definitions.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const c1 = { conversation_id: 'c1' };

const OLD = `{id: chat, version: 1, key: conversation_id, within: 1h, steps: [ping, pong],
  emit: {type: old}, timeout: {type: old_timeout}}`;
const NEW = OLD.replace('version: 1', 'version: 2').replaceAll('old', 'new');

/** A set of version 1, then of what `files` says. */
function change(files: readonly { source: string; enabled?: boolean; digest?: string }[]) {
  const one = { source: OLD, digest: 'aaaaaaaaaaaaaaaa' };
  const before = compiledSet([one]);
  const after = compiledSet(files, { revision: 2, previous: before });
  const run = runOf(before.definitions);
  return { run, after: after.definitions, swap: () => run.swap(after.definitions) };
}

const finishing = { source: OLD, digest: 'aaaaaaaaaaaaaaaa', enabled: false };
const types = (records: { [name: string]: any }[]) => records.map(({ type }) => type);

describe('a new version', () => {
  it('begins what is new; the old one finishes what it has, and takes no more', () => {
    const { run, swap } = change([finishing, { source: NEW, digest: 'bbbbbbbbbbbbbbbb' }]);
    send(run, 0, 'ping', c1);
    swap();
    send(run, MINUTE, 'ping', c1);
    send(run, 2 * MINUTE, 'pong', c1);
    const records = parsed(run);
    expect(types(records)).toEqual(['old', 'new']);
    expect(records.map(({ evidence }) => evidence[0].time.slice(14, 16))).toEqual(['00', '01']);
    expect(records.map(({ setrevision }) => setrevision)).toEqual([2, 2]);
    expect(records.map(({ patterndigest }) => patterndigest[0])).toEqual(['a', 'b']);
  });

  it('time-outs of the old one still come', () => {
    const { run, swap } = change([finishing, { source: NEW, digest: 'bbbbbbbbbbbbbbbb' }]);
    send(run, 0, 'ping', c1);
    swap();
    run.advance(START + 2 * HOUR);
    expect(types(parsed(run))).toEqual(['old_timeout']);
  });

  it('that says drop ends the old runs with a record on the side output', () => {
    const source = NEW.replace('within', 'change: drop, within');
    const { run, swap } = change([finishing, { source, digest: 'bbbbbbbbbbbbbbbb' }]);
    send(run, 0, 'ping', c1);
    send(run, 0, 'ping', { conversation_id: 'c2' });
    swap();
    send(run, MINUTE, 'pong', c1);
    run.advance(START + 2 * HOUR);
    const outputs = run.take().map(({ role, value }) => [role, JSON.parse(String(value))]);
    expect(outputs).toMatchObject([
      ['late', { reason: 'dropped', pattern: 'chat', digest: 'aaaaaaaa', key: 'conversation_id=c1' }],
      ['late', { reason: 'dropped', key: 'conversation_id=c2' }],
    ]);
    expect(counted(run, 'parley_bounds_total', { bound: 'version_dropped' })).toBe(2);
  });

  it('that says drop is told as the end of the old run', () => {
    const source = NEW.replace('within', 'change: drop, within');
    const { run, after, swap } = change([finishing, { source, digest: 'bbbbbbbbbbbbbbbb' }]);
    send(run, 0, 'ping', c1);
    swap();
    send(run, MINUTE, 'pong', c1);
    const told = explain(after, 'chat', 'c1', run.memory(1));
    expect(told?.runs).toEqual([]);
    expect(told?.endings).toEqual([
      { reason: 'dropped', step: null, at: new Date(START).toISOString(), event: null },
    ]);
  });

  it('a pattern that is gone from the set drops its runs too', () => {
    const { run, swap } = change([]);
    send(run, 0, 'ping', c1);
    swap();
    run.advance(START + 2 * HOUR);
    expect(run.take().map(({ role }) => role)).toEqual(['late']);
    expect([...run.memory(1).slots('conversation_id=c1').keys()]).toEqual([]);
  });

  it('a pattern that is not enabled begins nothing and finishes', () => {
    const { run, swap } = change([finishing]);
    send(run, 0, 'ping', c1);
    swap();
    send(run, MINUTE, 'ping', { conversation_id: 'c2' });
    send(run, 2 * MINUTE, 'pong', c1);
    send(run, 2 * MINUTE, 'pong', { conversation_id: 'c2' });
    expect(types(parsed(run))).toEqual(['old']);
  });

  it('rolled back to, an old version goes on with the runs it still has', () => {
    const first = compiledSet([{ source: OLD, digest: 'aaaaaaaaaaaaaaaa' }]);
    const both = (old: boolean): CompiledSet =>
      compiledSet(
        [
          { source: OLD, digest: 'aaaaaaaaaaaaaaaa', enabled: old },
          { source: NEW, digest: 'bbbbbbbbbbbbbbbb', enabled: !old },
        ],
        { previous: first },
      );
    const run = runOf(first.definitions);
    send(run, 0, 'ping', c1);
    run.swap(both(false).definitions);
    send(run, MINUTE, 'ping', { conversation_id: 'c2' });
    run.swap(both(true).definitions);
    send(run, 2 * MINUTE, 'pong', c1);
    send(run, 2 * MINUTE, 'pong', { conversation_id: 'c2' });
    expect(types(parsed(run))).toEqual(['old', 'new']);
  });

  it('where a key has one run for ever, the new one waits until the old one is over', () => {
    const once = (version: number, type: string) =>
      `{id: chat, version: ${version}, key: conversation_id, starts: once, within: 1h,
        steps: [ping, pong], emit: {type: ${type}}}`;
    const before = compiledSet([{ source: once(1, 'old'), digest: 'aaaaaaaaaaaaaaaa' }]);
    const after = compiledSet(
      [
        { source: once(1, 'old'), digest: 'aaaaaaaaaaaaaaaa', enabled: false },
        { source: once(2, 'new'), digest: 'bbbbbbbbbbbbbbbb' },
      ],
      { previous: before },
    );
    const run = runOf(before.definitions);
    send(run, 0, 'ping', c1);
    run.swap(after.definitions);
    send(run, 1, 'ping', c1);
    send(run, 2, 'pong', c1);
    expect(types(parsed(run))).toEqual(['old']);
  });
});

describe('many keys', () => {
  const KEYS = 100_000;

  it('changed in the middle of 100,000 open partial matches: none is lost and none fires twice', () => {
    const { run, swap } = change([finishing, { source: NEW, digest: 'bbbbbbbbbbbbbbbb' }]);
    const keys = Array.from({ length: KEYS }, (_, i) => ({ conversation_id: `c${i}` }));
    const feed = (at: number, type: string) =>
      run.feed(
        keys.map((key) => ({
          timestamp: START + at, key: null, headers: null,
          value: Buffer.from(JSON.stringify({ type, time: START + at, ...key })),
        })),
        START + at,
      );
    feed(0, 'ping');
    swap();
    feed(MINUTE, 'ping');
    feed(2 * MINUTE, 'pong');
    run.advance(START + 2 * HOUR);
    const found = types(parsed(run));
    expect(found.filter((type) => type === 'old')).toHaveLength(KEYS);
    expect(found.filter((type) => type === 'new')).toHaveLength(KEYS);
    expect(found).toHaveLength(2 * KEYS);
  });
});

describe('segments', () => {
  const segment = (version: number, least: number) =>
    `{id: s, version: ${version}, key: user_id, member: {on: view, within: 1d, atLeast: ${least}}}`;

  it('members of a version that is gone leave unless the new one holds, when the key is next seen', () => {
    const before = compiledSet([{ source: segment(1, 1) }]);
    const after = compiledSet([{ source: segment(2, 2) }]);
    const run = runOf(before.definitions);
    send(run, 0, 'view', { user_id: 'u1' });
    run.take();
    run.swap(after.definitions);
    send(run, 1, 'view', { user_id: 'u1' });
    const changes = parsed(run, 'segments').map(({ type, cause }) => [type, cause.kind]);
    expect(changes).toEqual([['segment_exited', 'definition']]);
    send(run, 2, 'view', { user_id: 'u1' });
    expect(parsed(run, 'segments')).toMatchObject([{ type: 'segment_entered' }]);
  });

  it('a segment that is removed takes its memberships away', () => {
    const run = runOf(compiledSet([{ source: segment(1, 1) }]).definitions);
    send(run, 0, 'view', { user_id: 'u1' });
    run.take();
    run.swap(compiledSet([]).definitions);
    run.advance(START + 48 * HOUR);
    expect(run.take()).toMatchObject([
      { role: 'memberships', key: Buffer.from('["s","u1"]'), value: null },
    ]);
  });
});
