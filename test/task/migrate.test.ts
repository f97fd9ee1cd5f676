import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiledSet, counted, parsed, runOf, send, START } from './support.ts';

const MINUTE = 60_000;
const c1 = { conversation_id: 'c1' };

/** Runs of `before` move to `after`, which is version 2 of it. */
function changing(before: string, after: string) {
  const pattern = (version: number, body: string) =>
    `{id: deal, version: ${version}, key: conversation_id, ${body.includes('skip:') ? '' : 'skip: none, '}${body}}`;
  const one = { source: pattern(1, before), digest: 'aaaaaaaaaaaaaaaa' };
  const first = compiledSet([one]);
  const second = compiledSet(
    [{ ...one, enabled: false }, { source: pattern(2, after), digest: 'bbbbbbbbbbbbbbbb' }],
    { revision: 2, previous: first },
  );
  const run = runOf(first.definitions);
  return { run, swap: () => run.swap(second.definitions) };
}

const taken = (records: { [name: string]: any }[]) =>
  records.map(({ type, patternversion, evidence }) => [
    `${type}@${patternversion}`, ...evidence.map(({ id }: { id: string }) => id),
  ]);

describe('runs move to the new version', () => {
  it('at the step of the same name, with what they took, and go on under the new conditions', () => {
    const { run, swap } = changing(
      `within: 1h, steps: [{as: offer, on: offer}, {as: yes, on: accept}], emit: old`,
      `within: 1h, change: {migrate: {}}, emit: {type: new, data: {n: "\${offer.n}"}},
        steps: [{as: offer, on: offer, where: event.n > 99}, {as: yes, on: accept, where: event.n == offer.n}]`,
    );
    send(run, 0, 'offer', { ...c1, id: 'o1', n: 1 });
    send(run, 1, 'offer', { ...c1, id: 'o2', n: 2 });
    swap();
    send(run, MINUTE, 'accept', { ...c1, id: 'a1', n: 1 });
    send(run, 2 * MINUTE, 'offer', { ...c1, id: 'o3', n: 3 });
    send(run, 3 * MINUTE, 'accept', { ...c1, id: 'a2', n: 2 });
    run.advance(START + 9e7);
    // The old version kept no field of an offer, so the new condition finds none: an error, counted.
    expect(counted(run, 'parley_clause_errors_total')).toBeGreaterThan(0);
    expect(parsed(run)).toEqual([]);
  });

  it('with the fields that the old version kept', () => {
    const { run, swap } = changing(
      `within: 1h, steps: [{as: offer, on: offer}, {as: yes, on: accept, where: event.n == offer.n}], emit: old`,
      `within: 1h, change: {migrate: {}}, emit: new,
        steps: [{as: offer, on: offer, where: event.n > 99}, {as: yes, on: accept, where: event.n == offer.n}]`,
    );
    send(run, 0, 'offer', { ...c1, id: 'o1', n: 1 });
    send(run, 1, 'offer', { ...c1, id: 'o2', n: 2 });
    swap();
    send(run, MINUTE, 'accept', { ...c1, id: 'a1', n: 2 });
    send(run, 2 * MINUTE, 'offer', { ...c1, id: 'o3', n: 3 });
    send(run, 3 * MINUTE, 'accept', { ...c1, id: 'a2', n: 1 });
    expect(taken(parsed(run))).toEqual([['new@2', 'o2', 'a1'], ['new@2', 'o1', 'a2']]);
  });

  it('with another window, from the first event on', () => {
    const { run, swap } = changing(
      `within: 1h, steps: [{as: offer, on: offer}, {as: yes, on: accept}], emit: old, timeout: late`,
      `within: 2h, change: {migrate: {within: within}}, emit: new, timeout: later,
        steps: [{as: offer, on: offer}, {as: yes, on: accept}]`,
    );
    send(run, 0, 'offer', { ...c1, id: 'o1' });
    swap();
    run.advance(START + 60 * MINUTE);
    expect(parsed(run)).toEqual([]);
    run.advance(START + 120 * MINUTE);
    expect(parsed(run)).toMatchObject([{ type: 'later', deadline: '2026-01-05T02:00:00.000Z' }]);
  });

  it('to a step that was renamed, and past one that is new', () => {
    const { run, swap } = changing(
      `within: 1h, steps: [{as: offer, on: offer}, {as: raise, on: offer}, {as: yes, on: accept}], emit: old`,
      `within: 1h, change: {migrate: {raise: counter}}, emit: new,
        steps: [{as: offer, on: offer}, {as: counter, on: offer}, {as: yes, on: accept}, {as: paid, on: paid}]`,
    );
    send(run, 0, 'offer', { ...c1, id: 'o1' });
    send(run, 1, 'offer', { ...c1, id: 'o2' });
    swap();
    send(run, 2, 'accept', { ...c1, id: 'a1' });
    send(run, 3, 'paid', { ...c1, id: 'p1' });
    expect(taken(parsed(run))).toEqual([['new@2', 'o1', 'o2', 'a1', 'p1']]);
  });

  it('those at a step that is gone are dropped with a record', () => {
    const { run, swap } = changing(
      `within: 1h, steps: [{as: offer, on: offer}, {as: raise, on: raise}, {as: yes, on: accept}], emit: old`,
      `within: 1h, change: {migrate: {raise: null}}, emit: new, steps: [{as: offer, on: offer}, {as: yes, on: accept}]`,
    );
    send(run, 0, 'offer', { ...c1, id: 'o1' });
    send(run, 1, 'raise', { ...c1, id: 'r1' });
    send(run, 2, 'offer', { ...c1, id: 'o2' });
    swap();
    send(run, 3, 'accept', { ...c1, id: 'a1' });
    send(run, 4, 'offer', { ...c1, id: 'o3' });
    send(run, 5, 'accept', { ...c1, id: 'a2' });
    const outputs = run.take().map(({ role, value }) => [role, JSON.parse(String(value))] as const);
    expect(outputs.find(([role]) => role === 'late')?.[1]).toMatchObject({ reason: 'dropped', runs: 2 });
    expect(taken(outputs.filter(([role]) => role === 'derived').map(([, value]) => value))).toEqual([
      ['new@2', 'o3', 'a2'],
    ]);
  });

  const bodies = [
    `within: 1h, steps: [{as: a, on: a}, {as: b, on: b}, {as: c, on: c}]`,
    `within: 1h, steps: [a, b, c]`,
    `within: 20m, skip: first-wins, steps: [{as: a, on: a}, {not: c}, {as: b, on: b}], timeout: late`,
    `within: 1h, steps: [a, {on: b, contiguity: any}, {on: c, contiguity: any}]`,
    `within: 1h, steps: [a, {on: b, contiguity: strict}, c]`,
    `within: 1h, steps: [{as: a, on: a}, {as: b, on: b, times: 1..3}, c]`,
    `within: 1h, steps: [a, {all: [b, c]}, d]`,
    `within: 1h, steps: [a, {as: x, any: [{on: b}, {on: c}]}, d]`,
    `within: 1h, steps: [a, {group: [b, c], times: 1..2}, d]`,
    `steps: [{as: a, on: a}, {not: [c, d], for: 10m}]`,
    `within: 1h, steps: [a, {on: b, optional: true}, c]`,
    `within: 1h, skip: past-last, steps: [a, b, c]`,
  ];

  it.each(bodies)('to one that only looks new, as if nothing had happened: %s', (body) => {
    const emit = `emit: {type: x}`;
    const types = fc.constantFrom('a', 'b', 'c', 'd');
    const gaps = fc.constantFrom(1_000, 60_000, 300_000, 900_000);
    fc.assert(
      fc.property(fc.array(fc.tuple(types, gaps), { maxLength: 12 }), fc.nat(), (given, where) => {
        const { run, swap } = changing(`${body}, ${emit}`, `${body}, ${emit}, change: {migrate: {}}`);
        const same = changing(`${body}, ${emit}`, `${body}, ${emit}`).run;
        const cut = where % (given.length + 1);
        let at = 0;
        given.forEach(([type, gap], i) => {
          if (i === cut) swap();
          at += gap;
          send(run, at, type, { ...c1, id: `e${i}` });
          send(same, at, type, { ...c1, id: `e${i}` });
        });
        run.advance(START + 9e7);
        same.advance(START + 9e7);
        const told = (records: { [name: string]: any }[]) =>
          records.map(({ type, time, evidence }) => [type, time, ...evidence.map(({ id }: any) => id)]);
        expect(told(parsed(run))).toEqual(told(parsed(same)));
      }),
      { numRuns: 60 },
    );
  });
});
