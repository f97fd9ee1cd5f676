import type { Json } from '../event/event.ts';
import type { TimelineExpectation } from './definition.ts';
import type { DerivedOutput, TimelineRun, WithheldOutput } from './timeline.ts';
import { clock, TEST_START } from './why-not.ts';

/** What a test expects beside what came out. */

export interface Comparison<Expected, Output> {
  fits(expected: Expected, output: Output): boolean;
  /** How much an expectation says; those that say more choose first. */
  detail(expected: Expected): number;
  showExpected(expected: Expected): string;
  showOutput(output: Output): string;
}

/** Both ways: everything expected came once, and nothing else came. */
export function compare<Expected, Output>(
  expected: readonly Expected[],
  outputs: readonly Output[],
  how: Comparison<Expected, Output>,
): string[] {
  const left = [...outputs];
  const missing: Expected[] = [];
  const ordered = expected.toSorted((a, b) => how.detail(b) - how.detail(a));
  for (const expectation of ordered) {
    const index = left.findIndex((output) => how.fits(expectation, output));
    if (index < 0) missing.push(expectation);
    else left.splice(index, 1);
  }
  return [
    ...missing.map(
      (expectation) => `expected ${how.showExpected(expectation)}, and it did not come`,
    ),
    ...left.map((output) => `not expected: ${how.showOutput(output)}`),
  ];
}

/** Every difference, in words. */
export function comparedWith(
  expect: readonly TimelineExpectation[], { derived, withheld = [] }: TimelineRun<DerivedOutput>,
): string[] {
  const sent = expect.filter((expected) => expected.withheld === null);
  const kept = expect.filter((expected) => expected.withheld !== null);
  const failures = [
    ...compare(sent, derived, {
      fits,
      detail: (expected) => wordsOf(expected).length * 2 + Object.keys(expected.data).length,
      showExpected: (expected) => shown(expected.at, expected.type, expected.key, expected.data, wordsOf(expected)),
      showOutput: (output) =>
        shown(output.at - TEST_START, output.type, output.key, output.data, outputWords(output, sent)),
    }),
    ...keptBack(kept, withheld),
  ];
  if (failures.length === 0) return failures;
  const told = withheld.map(({ at, type, reason }) =>
    `withheld at ${clock(at - TEST_START)} by ${reason}${type === null ? '' : `: ${type}`}`);
  return [...failures, ...told];
}

function fits(expected: TimelineExpectation, output: DerivedOutput): boolean {
  const { at, type, key, recipient, locale, expires, sent, data } = expected;
  if (type !== output.type || (at !== null && TEST_START + at !== output.at)) return false;
  if (key !== null && key !== output.key) return false;
  if (recipient !== null && recipient !== (output.recipient ?? null)) return false;
  if (locale !== null && locale !== (output.locale ?? null)) return false;
  if (expires !== null && expires !== (output.expires ?? null)) return false;
  if (sent !== null && TEST_START + sent !== (output.sent ?? output.at)) return false;
  return Object.entries(data).every(([field, value]) => same(output.data[field], value));
}

/** What an expectation says beside type, key and data. */
function wordsOf({ at, key, recipient, locale, expires, sent }: TimelineExpectation): string[] {
  return [
    ...(at === null ? [] : ['at']), ...(key === null ? [] : ['key']),
    ...(recipient === null ? [] : [`recipient ${recipient}`]),
    ...(locale === null ? [] : [`locale ${locale}`]),
    ...(expires === null ? [] : [`expires after ${clock(expires)}`]),
    ...(sent === null ? [] : [`sent at ${clock(sent)}`]),
  ];
}

/** The same of what came out, as far as some expectation asks for it. */
function outputWords(output: DerivedOutput, asked: readonly TimelineExpectation[]): string[] {
  const any = (word: 'recipient' | 'locale' | 'expires' | 'sent'): boolean =>
    asked.some((expected) => expected[word] !== null);
  const { at, recipient = null, locale = null, expires = null, sent = at } = output;
  return [
    ...(any('recipient') ? [`recipient ${recipient ?? 'nobody'}`] : []),
    ...(any('locale') ? [`locale ${locale ?? 'none'}`] : []),
    ...(any('expires') ? [expires === null ? 'expires never' : `expires after ${clock(expires)}`] : []),
    ...(any('sent') ? [`sent at ${clock(sent - TEST_START)}`] : []),
  ];
}

function keptBack(
  expect: readonly TimelineExpectation[], withheld: readonly WithheldOutput[],
): string[] {
  const left = [...withheld];
  return expect.flatMap(({ at, type, withheld: reason }) => {
    const index = left.findIndex((one) => one.reason === reason
      && (one.type === null || one.type === type) && (at === null || TEST_START + at === one.at));
    if (index >= 0) left.splice(index, 1);
    const when = at === null ? '' : ` at ${clock(at)}`;
    return index >= 0 ? [] : [`expected ${type}${when} withheld by ${reason}, and it was not`];
  });
}

export function shown(
  at: number | null, type: string, key: string | null, data: object, words: readonly string[] = [],
): string {
  const time = at === null ? '' : ` at ${clock(at)}`;
  const who = key === null ? '' : ` for ${key}`;
  const fields = Object.keys(data).length === 0 ? '' : ` ${JSON.stringify(data)}`;
  const more = words.filter((word) => word.includes(' ')).map((word) => `, ${word}`).join('');
  return `${type}${time}${who}${fields}${more}`;
}

/** Key order does not matter. */
function same(left: Json | undefined, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false;
  const a = Object.entries(left);
  const b = new Map(Object.entries(right));
  if (a.length !== b.size || Array.isArray(left) !== Array.isArray(right)) return false;
  return a.every(([name, value]) => b.has(name) && same(value, b.get(name)!));
}

