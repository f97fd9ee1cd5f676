import { describe, expect, it } from 'vitest';
import { check, runTests } from './support.ts';

const HEAD = `
id: a
key: k
within: 1h
steps:
  - {as: offer, on: price_offer}
  - {as: deal, on: accept, where: deal.user != offer.user && deal.amount >= offer.amount}
emit: {type: done, data: {by: "\${deal.user}"}}
tests:
`;

/** What fails, the same both ways of running. */
function failures(tests: string): string[] {
  const results = runTests(check(`${HEAD}${tests}`));
  const lines = results.flatMap(({ name, failures: found }) => {
    return found.map((line) => `${name}: ${line}`);
  });
  return [...new Set(lines)];
}

const GIVEN = `given:
      - {at: 0s, type: price_offer, k: 1, user: u1, amount: 80}
      - {at: 5m, type: accept, k: 1, user: u2, amount: 90}`;

describe('tests inside files', () => {
  it('pass where exactly the expected comes out', () => {
    expect(
      failures(`  - name: t\n    ${GIVEN}\n    expect: [{at: 5m, type: done, data: {by: u2}}]\n`),
    ).toEqual([]);
  });

  it('fail for what did not come, for what came too, for time, data and key', () => {
    const failing = (expected: string): string =>
      failures(`  - name: t\n    ${GIVEN}\n    expect: ${expected}\n`).join('; ');
    expect(failing('[]')).toContain('not expected: done at 5m for 1 {"by":"u2"}');
    expect(failing('[{type: done}, {type: done}]')).toContain('expected done, and it did not come');
    expect(failing('[{at: 6m, type: done}]')).toContain(
      'expected done at 6m, and it did not come; t: not expected: done at 5m',
    );
    expect(failing('[{type: done, data: {by: u3}}]')).toContain('expected done {"by":"u3"}');
    expect(failing('[{type: done, key: 2}]')).toContain('expected done for 2');
  });

  it('show the step, the clause and its values', () => {
    const given = GIVEN.replace('amount: 90', 'amount: 70');
    expect(
      failures(`  - name: t\n    ${given}\n    expect: [{type: done}]\n    until: 30m\n`),
    ).toEqual([
      't: expected done, and it did not come',
      't: a run took offer (price_offer at 0s) and waits for deal',
      't: accept at 5m does not fit deal: deal.amount >= offer.amount: false (deal.amount is 70, offer.amount is 80)',
    ]);
  });

  it('show the step that a run waited for when its time was over', () => {
    const given = GIVEN.replace('amount: 90', 'amount: 70');
    expect(failures(`  - name: t\n    ${given}\n    expect: [{type: done}]\n`)).toEqual([
      't: expected done, and it did not come',
      't: a run took offer (price_offer at 0s), waited for deal and ended at 1h',
      't: accept at 5m does not fit deal: deal.amount >= offer.amount: false (deal.amount is 70, offer.amount is 80)',
    ]);
  });

  it('show the event that ended a run, and what forbids it', () => {
    const source =
      'id: a\nkey: k\nsteps: [{as: x, on: x}, {not: {on: c, where: event.n > x.n}, for: 1m}]\nemit: y\n';
    const tests =
      'tests:\n  - {name: t, given: [{at: 0s, type: x, k: 1, n: 3}, {at: 5s, type: c, k: 1, n: 4}], expect: [{type: y}]}\n';
    expect(runTests(check(source + tests))[0]?.failures).toEqual([
      'expected y, and it did not come',
      'a run took x (x at 0s), waited for steps[1] and ended with c at 5s',
      'c at 5s is forbidden by steps[1]: event.n > x.n: true (event.n is 4, x.n is 3)',
    ]);
  });

  it('show clauses of events after those that a run took, up to the one that ended it', () => {
    const source = 'id: a\nkey: k\nwithin: 1h\nsteps: [{as: x, on: x}, {as: more, on: x, contiguity: strict, where: event.n > x.n}]\nemit: y\n';
    const given = [3, 2, 1].map((n, i) => `{at: ${i}s, type: x, k: 1, n: ${n}}`).join(', ');
    const tests = `tests:\n  - {name: t, given: [${given}], expect: [{type: y}], until: 1m}\n`;
    expect(runTests(check(source + tests))[0]?.failures).toEqual([
      'expected y, and it did not come',
      'a run took x (x at 0s), waited for more and ended with x at 1s',
      'x at 1s does not fit more: event.n > x.n: false (event.n is 2, x.n is 3)',
      'a run took x (x at 1s), waited for more and ended with x at 2s',
      'x at 2s does not fit more: event.n > x.n: false (event.n is 1, x.n is 2)',
      'a run took x (x at 2s) and waits for more',
    ]);
  });

  it('show why no run began', () => {
    const source = 'id: a\nkey: k\nsteps: [{as: big, on: x, where: big.n > 5}]\nemit: y\n';
    const tests =
      'tests:\n  - {name: t, given: [{at: 0s, type: x, k: 1, n: 3}], expect: [{type: y}]}\n';
    expect(runTests(check(source + tests))[0]?.failures).toEqual([
      'expected y, and it did not come',
      'x at 0s does not fit big: big.n > 5: false (big.n is 3)',
    ]);
  });

  it('do not pass vacuously: conditions that failed on every event', () => {
    const source = 'id: a\nkey: k\nsteps: [{on: x, where: event.amount > 5}]\nemit: y\n';
    const tests =
      'tests:\n  - {name: t, given: [{at: 0s, type: x, k: 1, amuont: 3}], expect: []}\n';
    const lines = runTests(check(source + tests)).flatMap((result) => result.failures);
    expect([...new Set(lines)]).toEqual([
      'The silence shows nothing: every condition on x failed (event.amount is missing).',
      'Every test expects silence: none shows that the definition can do anything.',
    ]);
  });

  it('do not pass vacuously: conditions that failed on every event of a type', () => {
    const source = 'id: a\nkey: k\nsteps: [{on: x, where: event.amount > 5}, z]\nwithin: 1h\nemit: y\n';
    const tests =
      'tests:\n  - {name: t, given: [{at: 0s, type: x, k: 1, amuont: 9}, {at: 1s, type: z, k: 1}], expect: []}\n';
    expect(runTests(check(source + tests))[0]?.failures).toEqual([
      'The silence shows nothing: every condition on x failed (event.amount is missing).',
    ]);
  });

  it('do not pass vacuously: a file whose tests are all silent', () => {
    const given = GIVEN.replace('amount: 90', 'amount: 70');
    expect(failures(`  - name: t\n    ${given}\n    expect: []\n`)).toEqual([
      'one test expects something: Every test expects silence: none shows that the definition can do anything.',
    ]);
  });

  it('say where a test would go on for ever', () => {
    const source = 'id: a\nkey: k\nstarts: once\nsteps: [{every: {wait: 1m}}]\namong: x\nemit: y\n';
    const tests = 'tests:\n  - {name: t, given: [{at: 0s, type: x, k: 1}], expect: [{type: y}]}\n';
    expect(runTests(check(source + tests))[0]?.failures).toEqual([
      'The test has no end: time alone goes on deriving. Add "until".',
    ]);
  });
});
