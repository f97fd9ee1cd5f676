import { describe, expect, it } from 'vitest';
import type { Definitions } from '../../src/task/definitions.ts';
import { explain } from '../../src/task/explain.ts';
import type { VirtualRun } from '../../src/task/virtual-run.ts';
import { configurationSchema, defaultConfiguration } from '../../src/event/configuration.ts';
import { compiled, compiledSet, counted, definitionsOf, parsed, pattern, record, runOf, send, START } from './support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const RALLY = `{id: rally, key: conversation_id, within: 1h, steps: [ping, pong], emit: rally}`;
const UNANSWERED = `{id: unanswered, key: conversation_id,
  steps: [{as: a, on: ping}, {not: pong, for: 10m}], emit: {type: silence, data: {n: "\${a.n}"}}}`;

const c1 = { conversation_id: 'c1' };

describe('level 0', () => {
  it('skips what nobody wants, by its type alone', () => {
    const run = runOf(compiled(RALLY));
    send(run, 0, 'nobody_wants_this', c1);
    run.feed([{ ...record(0, 'x', {}), value: Buffer.from('{"type":"unwanted","broken') }], START);
    run.feed([{ ...record(0, 'x', {}), value: Buffer.from('{"type":"ping", broken}') }], START);
    expect(counted(run, 'parley_events_skipped_total')).toBe(2);
    expect(counted(run, 'parley_dead_letters_total')).toBe(1);
  });

  it('puts what cannot be read into the dead letter with its place, and goes on', () => {
    const run = runOf(compiled(RALLY));
    const poison = (value: string | Buffer) =>
      run.feed([{ ...record(0, 'x', {}), value: Buffer.from(value) }], START);
    poison('not json');
    poison(Buffer.from([0xff, 0xfe, 0x00]));
    poison(`{"type":"ping","text":"${'a'.repeat(10_000_000)}"}`);
    send(run, 1, 'ping', c1);
    send(run, 2, 'pong', c1);
    const outputs = run.take();
    const letters = outputs
      .filter(({ role }) => role === 'dead-letter')
      .map(({ value }) => JSON.parse(Buffer.from(value as Uint8Array).toString()));
    expect(letters).toMatchObject([
      { reason: 'not_json', head: 'not json', encoding: 'utf8', length: 8, topic: 'marketplace.events' },
      { reason: 'not_json', head: '//4A', encoding: 'base64', length: 3 },
      { reason: 'too_large', length: 10_000_025, encoding: 'utf8' },
    ]);
    expect(letters[2].head).toHaveLength(65_536);
    expect(outputs.filter(({ role }) => role === 'derived')).toHaveLength(1);
  });

  it('bounds the time of an event dated too far ahead, so that it moves nobody else', () => {
    const run = runOf(compiled(UNANSWERED));
    send(run, 0, 'ping', c1);
    const value = Buffer.from(JSON.stringify({ type: 'ping', time: START + 9e9, conversation_id: 'c2' }));
    run.feed([{ ...record(1000, 'ping', {}), value }], START + 1000);
    expect(counted(run, 'parley_events_clamped_total')).toBe(1);
    expect(parsed(run)).toEqual([]);
  });

  it('counts a wanted event without its key', () => {
    const run = runOf(compiled(RALLY));
    send(run, 0, 'ping', { user_id: 'u1' });
    send(run, 0, 'ping', { conversation_id: { odd: true } });
    expect(counted(run, 'parley_events_unkeyed_total')).toBe(2);
  });
});

describe('duplicates', () => {
  it('an id that the key has seen is dropped within the horizon', () => {
    const run = runOf(compiled(RALLY));
    send(run, 0, 'pong', { ...c1, id: 'e1' });
    send(run, 1, 'ping', { ...c1, id: 'e2' });
    send(run, 2, 'pong', { ...c1, id: 'e1' });
    expect(parsed(run)).toEqual([]);
    expect(counted(run, 'parley_events_duplicate_total')).toBe(1);
    send(run, 3, 'pong', { ...c1, id: 'e3' });
    expect(parsed(run)).toHaveLength(1);
  });

  it('after the horizon it is an event again', () => {
    const run = runOf(compiled(RALLY));
    send(run, 0, 'pong', { ...c1, id: 'e1' });
    send(run, HOUR - 1, 'ping', { ...c1, id: 'e2' });
    send(run, HOUR + 1000, 'pong', { ...c1, id: 'e1' });
    expect(parsed(run)).toHaveLength(1);
  });

  it('the same id under another key is another matter', () => {
    const run = runOf(compiled(RALLY));
    send(run, 0, 'ping', { conversation_id: 'c1', id: 'e1' });
    send(run, 0, 'ping', { conversation_id: 'c2', id: 'e1' });
    expect(counted(run, 'parley_events_duplicate_total')).toBe(0);
  });

  it('more ids than are remembered are counted, not refused', () => {
    const configuration = configurationSchema.parse({ time: { dedupeIdsMax: 3 } });
    const run = runOf(compiled(RALLY), { configuration });
    for (let i = 0; i < 5; i++) send(run, i, 'ping', { ...c1, id: `e${i}` });
    expect(counted(run, 'parley_bounds_total', { bound: 'dedupe_ids' })).toBe(2);
    send(run, 9, 'ping', { ...c1, id: 'e0' });
    expect(counted(run, 'parley_events_duplicate_total')).toBe(0);
  });
});

describe('time in order of arrival', () => {
  it('a deadline comes before the event that reaches it, at its own time', () => {
    const run = runOf(compiled(UNANSWERED));
    send(run, 0, 'ping', c1);
    send(run, 10 * MINUTE, 'pong', c1);
    expect(parsed(run)).toMatchObject([
      { type: 'silence', time: '2026-01-05T00:10:00.000Z', deadline: '2026-01-05T00:10:00.000Z' },
    ]);
  });

  it('an event just before the deadline prevents it', () => {
    const run = runOf(compiled(UNANSWERED));
    send(run, 0, 'ping', c1);
    send(run, 10 * MINUTE - 1, 'pong', c1);
    run.advance(START + HOUR);
    expect(parsed(run)).toEqual([]);
  });

  it('deadlines of one key fire in order of time, whatever pattern they belong to', () => {
    const other = UNANSWERED.replace('id: unanswered', 'id: a-faster').replace('10m', '5m');
    const all = [UNANSWERED, other].map((text) => text.replace('steps', 'skip: none, steps'));
    const run = runOf(compiled(...all));
    send(run, 0, 'ping', c1);
    send(run, 6 * MINUTE, 'ping', c1);
    run.advance(START + HOUR);
    expect(parsed(run).map(({ patternid, time }) => [patternid, time.slice(14, 16)])).toEqual([
      ['a-faster', '05'], ['unanswered', '10'], ['a-faster', '11'], ['unanswered', '16'],
    ]);
  });

  it('events of a batch are judged by their own times, not by where the batch ends', () => {
    const run = runOf(compiled(UNANSWERED));
    const late = record(2 * HOUR, 'ping', { conversation_id: 'c2' });
    run.feed([record(0, 'ping', c1), record(MINUTE, 'pong', c1), late], START + 2 * HOUR);
    expect(parsed(run)).toEqual([]);
    expect(counted(run, 'parley_events_late_total')).toBe(0);
  });

  it('a late event still meets the runs that live, is counted, and marks its hour', () => {
    const run = runOf(compiled(RALLY));
    send(run, 0, 'ping', c1);
    send(run, 20 * MINUTE, 'ping', { conversation_id: 'c2' });
    send(run, 10 * MINUTE, 'pong', c1);
    const outputs = run.take();
    expect(outputs.filter(({ role }) => role === 'derived')).toHaveLength(1);
    expect(counted(run, 'parley_events_late_total', { order: 'arrival' })).toBe(1);
    expect(outputs.filter(({ role }) => role === 'dirty-hours')).toMatchObject([
      { key: Buffer.from('pong@2026-01-05T00:00:00.000Z') },
    ]);
  });

  it('what Parley derives is never late: it comes after its own time by nature', () => {
    const silence = UNANSWERED.replace('n: "${a.n}"', 'user_id: "${a.user_id}"');
    const users = `{id: users, key: user_id, within: 1h, steps: [silence, silence], emit: ignored}`;
    const run = runOf(compiled(silence, users), { lateness: 5 * MINUTE });
    for (const c of ['c1', 'c2']) send(run, 0, 'ping', { conversation_id: c, user_id: 'u1' });
    run.advance(START + HOUR);
    expect(parsed(run).map(({ type }) => type)).toContain('ignored');
    expect(counted(run, 'parley_events_late_total')).toBe(0);
  });

  it('a deadline that has fired is not undone', () => {
    const run = runOf(compiled(UNANSWERED));
    send(run, 0, 'ping', c1);
    run.advance(START + HOUR);
    send(run, MINUTE, 'pong', c1);
    run.advance(START + 2 * HOUR);
    expect(parsed(run)).toHaveLength(1);
  });
});

describe('time in order of events', () => {
  const configuration = {
    ...defaultConfiguration(),
    sources: [{ topic: 'marketplace.events', order: 'event-time' as const, start: 'latest' as const }],
  };

  it('events are sorted before they meet a pattern', () => {
    const run = runOf(compiled(RALLY), { configuration, lateness: 5000 });
    send(run, 2000, 'pong', c1);
    send(run, 1000, 'ping', c1);
    send(run, 0, 'pong', c1);
    run.advance(START + HOUR);
    expect(parsed(run)[0]?.['evidence'].map(({ time }: { time: string }) => time.slice(17, 19))).toEqual([
      '01', '02',
    ]);
  });

  it('one that comes after its place was passed goes to the side output', () => {
    const run = runOf(compiled(RALLY), { configuration, lateness: 5000 });
    send(run, 1000, 'ping', c1);
    send(run, 60_000, 'ping', { conversation_id: 'c2' });
    send(run, 2000, 'pong', c1);
    run.advance(START + HOUR);
    const outputs = run.take().map(({ role }) => role);
    expect(outputs).toEqual(['late', 'dirty-hours']);
    expect(counted(run, 'parley_events_late_total', { order: 'event-time' })).toBe(1);
  });

  it('more than may be held is let go early, the oldest first, and counted', () => {
    const bounded = { ...configuration, time: { ...configuration.time, heldEventsMax: 2 } };
    const run = runOf(compiled(RALLY), { configuration: bounded, lateness: HOUR });
    for (const [at, type] of [[3, 'ping'], [2, 'pong'], [1, 'ping'], [4, 'ping']] as const) {
      send(run, at, type, c1);
    }
    expect(counted(run, 'parley_bounds_total', { bound: 'held_events' })).toBe(2);
    expect(parsed(run)).toHaveLength(1);
  });
});

describe('what is derived', () => {
  it('has ids that tell apart records of otherwise equal identity', () => {
    const { emit } = pattern({ id: 'twice' });
    const run = runOf(definitionsOf(pattern({ id: 'twice', emit: [...emit, ...emit] })));
    send(run, 0, 'ping', c1);
    send(run, 1, 'pong', c1);
    const ids = parsed(run).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it('meets definitions of the same key in the same step, in order', () => {
    const chain = `{id: chain, key: conversation_id, within: 1h, steps: [rally, rally], emit: chain}`;
    const run = runOf(compiled(RALLY, chain));
    const all = ['ping', 'pong', 'ping', 'pong'].map((type, i) => record(i, type, c1));
    run.feed(all, START + 10);
    expect(parsed(run).map(({ type }) => type)).toEqual(['rally', 'rally', 'chain']);
  });

  it('reaches definitions of another key over level 2, by a field of its data or its output key', () => {
    const deal = `{id: deal, key: conversation_id, within: 1h, steps: [{as: a, on: ping}, pong],
      emit: {type: deal, key: "\${a.user_id}", data: {listing_id: "\${a.listing_id}"}}}`;
    const users = `{id: users, key: user_id, within: 1h, steps: [deal, deal], emit: trader}`;
    const listings = `{id: listings, key: listing_id, within: 1h, steps: [deal, deal], emit: hot}`;
    const run = runOf(compiled(deal, users, listings));
    for (const [at, c, listing_id] of [[0, 'c1', 'l1'], [10, 'c2', 'l1']] as const) {
      send(run, at, 'ping', { conversation_id: c, user_id: 'u1', listing_id });
      send(run, at + 1, 'pong', { conversation_id: c });
    }
    expect(parsed(run).map(({ type, subject }) => [type, subject])).toEqual([
      ['deal', 'u1'], ['deal', 'u1'], ['hot', 'l1'], ['trader', 'u1'],
    ]);
  });

  it('that is too large for its topic is counted and not sent', () => {
    const large = `{id: large, key: conversation_id, within: 1h, steps: [{as: a, on: ping}],
      emit: {type: large, data: {text: "\${a.text}"}}}`;
    const configuration = configurationSchema.parse({ limits: { derivedBytes: 2000 } });
    const run = runOf(compiled(large), { configuration });
    send(run, 0, 'ping', { ...c1, text: 'x'.repeat(3000) });
    send(run, 1, 'ping', { ...c1, text: 'x' });
    expect(parsed(run)).toHaveLength(1);
    expect(counted(run, 'parley_bounds_total', { bound: 'derived_bytes' })).toBe(1);
  });
});

describe('state', () => {
  it('has an end: nothing is left when every window has passed', () => {
    const run = runOf(
      compiled(RALLY, UNANSWERED, `{id: s, key: conversation_id, member: {on: ping, within: 1d}}`),
    );
    send(run, 0, 'ping', c1);
    for (let due = run.nextDue(); due !== null; due = run.nextDue()) run.advance(due);
    expect([...run.memory(1).slots('conversation_id=c1').keys()]).toEqual([]);
  });

  it('runs without a window are forgotten when the key was idle for long', () => {
    const open = `{id: open, key: conversation_id, steps: [ping, pong], limits: {idle: 2d}, emit: x}`;
    const run = runOf(compiled(open));
    send(run, 0, 'ping', c1);
    run.advance(START + 47 * HOUR);
    send(run, 47 * HOUR, 'ping', { conversation_id: 'c2' });
    run.advance(START + 49 * HOUR);
    expect(counted(run, 'parley_bounds_total', { bound: 'idle' })).toBe(1);
    send(run, 49 * HOUR, 'pong', c1);
    expect(parsed(run)).toEqual([]);
    send(run, 50 * HOUR, 'pong', { conversation_id: 'c2' });
    expect(parsed(run)).toHaveLength(1);
  });
});

describe('what bites is counted and told', () => {
  const reasons = (definitions: Definitions, run: VirtualRun, id: string): (string | undefined)[] =>
    explain(definitions, id, 'c1', run.memory(1))?.endings.map(({ reason }) => reason) ?? [];

  it.each([
    ['runs', 'limits: {runs: 2}'],
    ['bytes', 'limits: {bytes: 256}'],
  ])('a bound on %s', (bound, limits) => {
    const definitions = compiled(
      `{id: open, key: conversation_id, within: 1d, skip: none, ${limits}, steps: [ping, pong], emit: x}`,
    );
    const run = runOf(definitions);
    for (let i = 0; i < 12; i++) send(run, i, 'ping', c1);
    expect(counted(run, 'parley_bounds_total', { bound, owner: 'open' })).toBeGreaterThan(0);
    expect(reasons(definitions, run, 'open')).toContain('capped');
    send(run, 20, 'pong', c1);
    const matches = parsed(run).length;
    expect(matches).toBeGreaterThan(0);
    expect(matches).toBeLessThan(12);
  });

  it('a skip to a step that took nothing, where the pattern calls that an error', () => {
    const definitions = compiled(`{id: strict, key: conversation_id, within: 1h, skip: {to-first: maybe, else: error},
      steps: [{as: first, on: ping}, {as: maybe, on: peng, optional: true}, {as: last, on: pong}], emit: x}`);
    const run = runOf(definitions);
    send(run, 0, 'ping', c1);
    send(run, 1, 'pong', c1);
    expect(parsed(run)).toEqual([]);
    expect(counted(run, 'parley_clause_errors_total', { pattern: 'strict', step: 'skip' })).toBe(1);
    send(run, 2, 'ping', c1);
    send(run, 3, 'peng', c1);
    send(run, 4, 'pong', c1);
    run.advance(START + 2 * HOUR);
    expect(parsed(run)).toHaveLength(1);
  });
});

describe('many patterns that listen to the same types', () => {
  it('are asked where they can begin, and where they hold runs', () => {
    const sources = Array.from({ length: 40 }, (_, i) => ({
      source: `{id: keen-${i}, key: conversation_id, within: 1h, emit: keen_${i}, steps: [
        {as: seen, on: viewed, where: event.category == "c${i}"},
        {as: asked, on: asked, where: event.category == seen.category}]}`,
      digest: String(i).padStart(16, '0'),
    }));
    const run = runOf(compiledSet(sources).definitions);
    const under = (conversation_id: string, category: string) => ({ conversation_id, category });
    send(run, 0, 'viewed', under('k1', 'c3'));
    send(run, 1, 'viewed', under('k1', 'c17'));
    send(run, 2, 'viewed', under('k2', 'c5'));
    send(run, 3, 'asked', under('k1', 'c17'));
    send(run, 4, 'asked', under('k1', 'c5'));
    send(run, 5, 'asked', under('k1', 'c3'));
    run.advance(START + 9e7);
    expect(parsed(run).map(({ type, subject }) => `${subject} ${type}`)).toEqual(['k1 keen_17', 'k1 keen_3']);
  });
});
