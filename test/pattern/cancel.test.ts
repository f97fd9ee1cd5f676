import { describe, expect, it } from 'vitest';
import { check, problems, runTests } from './support.ts';

/** Runs one timeline: `type@minute` words, and what must come out as `type@minute`. */
function run(file: string, given: string, expected: string): string[] {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
  const event = (word: string): string => {
    const [type, minute] = word.split('@');
    return `{at: ${minute}m, type: ${type}, k: 1}`;
  };
  const expectation = (word: string): string => {
    const [type, minute] = word.split('@');
    return `{at: ${minute}m, type: ${type}}`;
  };
  const tests = `tests:
  - name: t
    given: [${words(given).map(event).join(', ')}]
    expect: [${words(expected).map(expectation).join(', ')}]
`;
  const results = runTests(check(`id: a\nkey: k\n${file}\n${tests}`));
  const failures = results.filter(({ name }) => name === 't').flatMap((result) => result.failures);
  return [...new Set(failures)];
}

describe('cancel ends what waits, wherever it waits', () => {
  const sequence = 'within: 1h\ncancel: sold\nsteps: [a, b, c]\nemit: out\ntimeout: late';

  it.each([
    ['a@0 b@1 c@2', 'out@2'],
    ['a@0 sold@1 b@2 c@3', ''],
    ['a@0 b@1 sold@2 c@3', ''],
    ['sold@0 a@1 b@2 c@3', 'out@3'],
    ['a@0 b@1 c@2 sold@3', 'out@2'],
    ['a@0 sold@1 a@2 b@3 c@4', 'out@4'],
    ['a@0 b@1', 'late@60'],
    ['a@0 b@1 sold@2', ''],
  ])('a sequence: %s gives %s', (given, expected) => {
    expect(run(sequence, given, expected)).toEqual([]);
  });

  const loop = 'within: 1h\ncancel: [sold, gone]\nsteps: [{on: a, times: 3}, b]\nemit: out';

  it.each([
    ['a@0 a@1 a@2 b@3', 'out@3'],
    ['a@0 gone@1 a@2 a@3 b@4', ''],
    ['a@0 a@1 a@2 sold@3 b@4', ''],
  ])('inside a loop: %s gives %s', (given, expected) => {
    expect(run(loop, given, expected)).toEqual([]);
  });

  const absence = 'cancel: sold\nsteps: [a, {not: b, for: 10m}]\nemit: out';

  it.each([
    ['a@0', 'out@10'],
    ['a@0 sold@9', ''],
    ['a@0 sold@10', 'out@10'],
  ])('an absence: %s gives %s', (given, expected) => {
    expect(run(absence, given, expected)).toEqual([]);
  });

  const atTheEnd = 'within: 10m\ncancel: sold\nsteps: [a, c, {not: b}]\nemit: out';

  it.each([
    ['a@0 c@1', 'out@10'],
    ['a@0 c@1 b@2', ''],
    ['a@0 c@1 sold@2', ''],
    ['a@0 sold@1 c@2', ''],
  ])('a not to the end of the window: %s gives %s', (given, expected) => {
    expect(run(atTheEnd, given, expected)).toEqual([]);
  });

  it('reads the event alone, and says what to write instead', () => {
    const file =
      'id: a\nkey: k\nwithin: 1h\ncancel: {on: sold, where: event.l == x.l}\nsteps: [{as: x, on: a}, b]\nemit: out';
    expect(problems(file)).toEqual([
      '4:27 unknown-name: "cancel" stands beside the steps and reads only "event", not what "x" took. '
      + 'Put {not: ..., where: ...} between the steps: it reads what was taken before it.',
    ]);
  });

  it('with a condition on the cancelling event', () => {
    const file = 'within: 1h\ncancel: {on: sold, where: event.k > 5}\nsteps: [a, b]\nemit: out';
    expect(run(file, 'a@0 sold@1 b@2', 'out@2')).toEqual([]);
  });
});
