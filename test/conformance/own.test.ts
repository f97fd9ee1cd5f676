import { describe, expect, it } from 'vitest';
import type { Case } from './case.ts';
import { judge } from './judge.ts';

/**
 * Cases of our own in the form of the others, from the documented semantics of Flink CEP (README of
 * the cases, `cep.md`) and of Esper: combinations of which the transcribed ones have few or none.
 */

type Fields = { readonly [field: string]: unknown };

const CONTIGUITY: { readonly [sign: string]: string } = {
  '': 'begin', ',': 'next', '>': 'followedBy', '>>': 'followedByAny', ',!': 'notNext', '>!': 'notFollowedBy',
};
let named = 0;

/** `> a` with a quantifier; the letter is the name of the event. */
function one(text: string, quantifier: Fields = {}, more: Fields = {}): Fields {
  const [sign = '', letter = ''] = text.includes(' ') ? text.split(' ') : ['', text];
  return {
    name: `e${named++}`, contiguity: CONTIGUITY[sign], where: { eq: ['name', letter] },
    quantifier: { min: 1, max: 1, optional: false, greedy: false, inner: 'followedBy', ...quantifier }, ...more,
  };
}

function group(sign: string, elements: readonly Fields[], quantifier: Fields = {}, more: Fields = {}): Fields {
  const { where: _, ...rest } = one(`${sign} x`, quantifier, more);
  return { ...rest, group: elements };
}

/** Names of events in order, one each ms or at `name@time`. */
function eventsOf(text: string, typed = false): Case['events'] {
  return text.split(' ').map((word, i) => {
    const [name = '', at] = word.split('@');
    return { i, t: Number(at ?? i + 1), type: typed ? name : 'Event', attrs: { name } };
  }) as unknown as Case['events'];
}

function linear(pattern: readonly Fields[], events: string, expected: readonly number[][], more: Fields = {}): Case {
  return {
    id: 'own', source: 'own', form: 'linear', features: [], pattern, within: null, skip: { strategy: 'noSkip' },
    events: eventsOf(events), expected, ...more,
  } as unknown as Case;
}

function expression(expr: Fields, events: string, expected: readonly number[][], endTime = 1_000): Case {
  return {
    id: 'own', source: 'own', form: 'expression', features: [], expr, events: eventsOf(events, true), expected,
    startTime: 0, endTime,
  } as unknown as Case;
}

const skip = (strategy: string, element?: string): Fields => ({ skip: { strategy, element } });
const loop = { min: 1, max: null };
const ev = (type: string): Fields => ({ op: 'event', type, name: type.toLowerCase() });
const op = (name: string, ...of: readonly Fields[]): Fields => ({ op: name, of });
const every = (of: Fields): Fields => ({ op: 'every', of });
const not = (of: Fields): Fields => ({ op: 'not', of });

const CASES: readonly (readonly [string, Case])[] = [
  ['an optional next step is left out or is the very next',
    linear([one('c'), one(', a', { optional: true }), one(', b')], 'c b c a b c x b', [[0, 1], [2, 3, 4]])],
  ['an optional relaxed step gives both branches',
    linear([one('c'), one('> a', { optional: true }), one('> b')], 'c a b', [[0, 1, 2], [0, 2]])],
  ['rounds of a group that are strict have nothing between them',
    linear([one('c'), group('>', [one('a'), one('> b')], { min: 2, max: 2, inner: 'next' }), one('> d')],
      'c a b a x b d c a b x a b d', [[0, 1, 2, 3, 5, 6]])],
  ['a group that is optional at the beginning of what follows',
    linear([one('c'), group(',', [one('a'), one(', b')], { optional: true }), one(', d')],
      'c a b d c d', [[0, 1, 2, 3], [4, 5]])],
  ['a round that takes nothing is there once: a loop over what is optional',
    linear([one('c'), group('>', [one('a', { optional: true })], loop), one('> d')], 'c a a d',
      [[0, 3], [0, 1, 3], [0, 1, 2, 3]])],
  ['rounds that take nothing make up for those that are wanted',
    linear([one('c'), group('>', [one('a', { optional: true })], { min: 2, max: 3 }), one('> d')], 'c a a a a d',
      [[0, 5], [0, 1, 5], [0, 1, 2, 5], [0, 1, 2, 3, 5]])],
  ['a round that takes a part, and none that takes nothing beside it',
    linear([one('c'), group('>', [one('a', { optional: true }), one('> b', { optional: true })], loop), one('> d')],
      'c b a d', [[0, 3], [0, 1, 3], [0, 2, 3], [0, 1, 2, 3]])],
  ['an optional loop over what is optional is left out once',
    linear([one('c'), group('>', [one('a', { optional: true })], { ...loop, optional: true }), one('> d')], 'c a d',
      [[0, 2], [0, 1, 2]])],
  ['notNext after a fixed count looks at the event after the last one',
    linear([one('c'), one('> a', { min: 2, max: 2 }), one(',! b'), one('> d')], 'c a a b d', [])],
  ['notNext after a fixed count lets a later one pass',
    linear([one('c'), one('> a', { min: 2, max: 2 }), one(',! b'), one('> d')], 'c a a x b d', [[0, 1, 2, 5]])],
  ['notFollowedBy before a group holds until its first event',
    linear([one('c'), one('>! x'), group('>', [one('a'), one('> b')])], 'c a x b', [[0, 1, 3]])],
  ['until ends combinations, and the event itself may be taken next',
    linear([one('c'), one('> a', { ...loop, inner: 'followedByAny' }, { until: { eq: ['name', 'd'] } }), one('> d')],
      'c a a d a', [[0, 1, 3], [0, 1, 2, 3]])],
  ['greedy in a range: an event that still fits after the last round ends the match',
    linear([one('c'), one('> a', { min: 1, max: 2, greedy: true }), one('> b')], 'c a a b c a a a b', [[0, 1, 2, 3]])],
  ['a greedy loop that is left out is not left while an event fits it',
    linear([one('c'), one('> a', { ...loop, optional: true, greedy: true }), one('> b')], 'c x b c a b', [[0, 2], [0, 4, 5], [3, 4, 5]])],
  ['a greedy loop at the end gives every length',
    linear([one('c'), one('> a', { ...loop, greedy: true })], 'c a a', [[0, 1], [0, 1, 2]])],
  ['followedByAny of a loop begins at every event that fits',
    linear([one('c'), one('>> a', { min: 2, max: 2 })], 'c a a a', [[0, 1, 2], [0, 2, 3]])],
  ['a window is open at its end',
    linear([one('c'), one('> a')], 'c@0 a@10 c@20 a@29', [[2, 3]], { within: 10 })],
  ['a gap inside a loop is open at its end',
    linear([one('a', { min: 2, max: 2, window: 5 })], 'a@0 a@5 a@9', [[1, 2]])],
  ['a step must come so long after the one before',
    linear([one('c'), one('> a', {}, { withinPrevious: 5 })], 'c@0 a@5 c@10 a@14', [[2, 3]])],
  ['skipPastLastEvent drops what began inside',
    linear([one('a', { min: 2, max: 2 })], 'a a a a', [[0, 1], [2, 3]], skip('skipPastLastEvent'))],
  ['skipToNext keeps what began at another event',
    linear([one('a', { min: 2, max: 2 })], 'a a a a', [[0, 1], [1, 2], [2, 3]], skip('skipToNext'))],
  ['skipToNext keeps one match of each beginning',
    linear([one('a'), one('>> b')], 'a b b', [[0, 1]], skip('skipToNext'))],
  ['a negation of a whole operand ends the other one at once',
    expression(op('and', op('or', op('seq', ev('B'), ev('C')), ev('D')), not(ev('X'))), 'B X C D', [])],
  ['or comes true with the first, and the other is over',
    expression(op('or', op('seq', ev('B'), ev('C')), ev('D')), 'B D C', [[1]])],
  ['every inside and gives every combination',
    expression(op('and', every(ev('A')), ev('B')), 'A A B A', [[0, 2], [1, 2], [2, 3]])],
  ['every around a sequence begins again after a whole one',
    expression(every(op('seq', ev('A'), ev('B'))), 'A A B A B', [[0, 2], [3, 4]])],
  ['every at the beginning of a sequence begins again at each',
    expression(op('seq', every(ev('A')), ev('B')), 'A A B A B', [[0, 2], [1, 2], [3, 4]])],
  ['every before a negation beside it: none after the forbidden one',
    expression(op('seq', ev('A'), op('and', every(ev('B')), not(ev('X')))), 'A B B X B', [[0, 1], [0, 2]])],
  ['a time in which nothing came, and what came too late for it',
    expression(op('seq', ev('A'), { op: 'absent', of: ev('X'), ms: 10 }), 'A@1 X@11', [[0]])],
  ['an absence that counts again from what came',
    expression(op('seq', ev('A'), { op: 'absent', of: ev('X'), ms: 10, onViolation: 'restart' }, ev('B')),
      'A@1 X@5 B@12 B@16', [[0, 3]])],
  ['a count without an end comes true by the event that ends it',
    expression({ op: 'repeat', of: ev('A'), min: 2, max: null, until: ev('B') }, 'A A A B', [[0, 1, 2, 3]])],
  ['and is lost where it comes too early',
    expression({ op: 'repeat', of: ev('A'), min: 2, max: null, until: ev('B') }, 'A B A A B', [])],
  ['up to another event no round counts that took nothing',
    expression({ op: 'repeat', of: op('or', ev('A'), not(ev('X'))), min: 1, max: null, until: ev('B') }, 'C B', [])],
  ['within counts from its start and is over at its end',
    expression(op('seq', ev('A'), { op: 'within', of: every(ev('B')), ms: 10 }), 'A@1 B@5 B@10 B@11', [[0, 1], [0, 2]])],
  ['within ends after so many results',
    expression(op('seq', ev('A'), { op: 'within', of: every(ev('B')), ms: 100, maxCount: 2 }), 'A B B B', [[0, 1], [0, 2]])],
  ['a span counts from the first event inside it',
    expression({ op: 'span', of: op('seq', ev('A'), ev('B')), ms: 10 }, 'A@100 B@110', [])],
];

// `b+ c`: every run is a match.
const NONE_SKIPPED = [[0, 1, 2, 3], [1, 2, 3], [2, 3]];
const strictLoop = { ...loop, inner: 'next' };
const either = (...names: readonly string[]): Fields =>
  ({ where: { or: names.map((name) => ({ eq: ['name', name] })) } });

/** `b+ c` without gaps over `b b b c`. */
function skipped(strategy: Fields, expected: readonly number[][]): Case {
  return linear([one('b', strictLoop, { name: 'b' }), one(', c')], 'b b b c', expected, strategy);
}

/** `(a|b|c) (b|c) c+ d`, greedy and without gaps, over `a b c c c d`. */
function overlapping(strategy: Fields, expected: readonly number[][]): Case {
  const pattern = [
    one('a', {}, either('a', 'b', 'c')), one(', b', {}, either('b', 'c')),
    one(', c', { ...strictLoop, greedy: true }, { name: 'cs' }), one(', d'),
  ];
  return linear(pattern, 'a b c c c d', expected, strategy);
}

const LOOPED = 'c d a a a d a b';
const CHAIN = 'A B C B A D A B E A F B';
/** Examples as the manuals of Flink CEP and Esper print them. */
const PRINTED: readonly (readonly [string, Case])[] = [
  ['a b+ c, strict within the loop',
    linear([one('a'), one('>> b', strictLoop), one('> c')], 'a b d b d b c', [[0, 1, 6], [0, 3, 6], [0, 5, 6]])],
  ['a b+ c, relaxed within the loop',
    linear([one('a'), one('>> b', loop), one('> c')], 'a b d b d b c',
      [[0, 1, 6], [0, 1, 3, 6], [0, 1, 3, 5, 6], [0, 3, 6], [0, 3, 5, 6], [0, 5, 6]])],
  ['a b+ c, any within the loop',
    linear([one('a'), one('>> b', { ...loop, inner: 'followedByAny' }), one('> c')], 'a b d b d b c',
      [[0, 1, 6], [0, 1, 3, 6], [0, 1, 5, 6], [0, 1, 3, 5, 6], [0, 3, 6], [0, 3, 5, 6], [0, 5, 6]])],
  ['consecutive', linear([one('c'), one('> a', strictLoop), one('> b')], LOOPED,
    [[0, 2, 7], [0, 2, 3, 7], [0, 2, 3, 4, 7]])],
  ['not consecutive', linear([one('c'), one('> a', loop), one('> b')], LOOPED,
    [[0, 2, 7], [0, 2, 3, 7], [0, 2, 3, 4, 7], [0, 2, 3, 4, 6, 7]])],
  ['allowCombinations', linear([one('c'), one('> a', { ...loop, inner: 'followedByAny' }), one('> b')], LOOPED,
    [[0, 2, 7], [0, 2, 3, 7], [0, 2, 4, 7], [0, 2, 6, 7], [0, 2, 3, 4, 7], [0, 2, 3, 6, 7], [0, 2, 4, 6, 7], [0, 2, 3, 4, 6, 7]])],
  ['b+ c with noSkip', skipped(skip('noSkip'), NONE_SKIPPED)],
  ['b+ c with skipToNext', skipped(skip('skipToNext'), NONE_SKIPPED)],
  ['b+ c with skipPastLastEvent', skipped(skip('skipPastLastEvent'), [[0, 1, 2, 3]])],
  ['b+ c with skipToFirst', skipped(skip('skipToFirst', 'b'), NONE_SKIPPED)],
  ['b+ c with skipToLast', skipped(skip('skipToLast', 'b'), [[0, 1, 2, 3], [2, 3]])],
  ['overlapping with noSkip', overlapping(skip('noSkip'), [[0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [2, 3, 4, 5]])],
  ['overlapping with skipToFirst', overlapping(skip('skipToFirst', 'cs'), [[0, 1, 2, 3, 4, 5], [2, 3, 4, 5]])],
  ['a b+ with noSkip', linear([one('a'), one(', b', strictLoop)], 'a b b b', [[0, 1], [0, 1, 2], [0, 1, 2, 3]])],
  ['a b+ with skipToNext', linear([one('a'), one(', b', strictLoop)], 'a b b b', [[0, 1]], skip('skipToNext'))],
  ['every (A -> B)', expression(every(op('seq', ev('A'), ev('B'))), CHAIN, [[0, 1], [4, 7], [9, 11]])],
  ['every A -> B', expression(op('seq', every(ev('A')), ev('B')), CHAIN, [[0, 1], [4, 7], [6, 7], [9, 11]])],
  ['A -> every B', expression(op('seq', ev('A'), every(ev('B'))), CHAIN, [[0, 1], [0, 3], [0, 7], [0, 11]])],
  ['every A -> every B', expression(op('seq', every(ev('A')), every(ev('B'))), CHAIN,
    [[0, 1], [0, 3], [0, 7], [4, 7], [6, 7], [0, 11], [4, 11], [6, 11], [9, 11]])],
];

describe('cases of our own', () => {
  it.each([...CASES, ...PRINTED])('%s', (_, given) => {
    for (const restartAfterEveryEvent of [false, true]) {
      expect(judge(given, { restartAfterEveryEvent })).toEqual([]);
    }
  });
});
