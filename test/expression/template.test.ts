import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/event/event.ts';
import { formatDuration, parseDuration } from '../../src/expression/duration.ts';
import { editDistance } from '../../src/expression/suggest.ts';
import { compileTemplate } from '../../src/expression/template.ts';
import fc from 'fast-check';
import { SCOPE, event, frame } from './support.ts';

const given = frame({
  captures: [event({ amount: 70, category: 'sofa' }), [event({ amount: 75 }), event({ amount: 78 })]],
});

function rendered(source: Json): Json {
  const result = compileTemplate(source, SCOPE);
  if ('problem' in result) throw new Error(result.problem.message);
  return result.template.render(given);
}

describe('templates', () => {
  it.each<[Json, Json]>([
    ['You have a proposal to meet', 'You have a proposal to meet'],
    ['${last(raises).amount}', 78],
    ['paid ${last(raises).amount} for a ${opening.category}', 'paid 78 for a sofa'],
    ['${size(raises)}', 2],
    ['${"a}b" + \'{\'}', 'a}b{'],
    ['${{"a": 1}.a}', 1],
    ['costs $${amount}', 'costs ${amount}'],
    ['', ''],
    [42, 42],
    [{ best: "${max(raises, 'amount')}", tags: ['x', '${opening.category}'] }, { best: 78, tags: ['x', 'sofa'] }],
    ['${opening}', { amount: 70, category: 'sofa' }],
  ])('%j', (source, expected) => {
    expect(rendered(source)).toEqual(expected);
  });

  it('gives null for an error, and reports it', () => {
    const result = compileTemplate({ a: '${opening.dma_name}', b: 'in ${opening.dma_name}' }, SCOPE);
    if ('problem' in result) throw new Error('refused');
    const errors: string[] = [];
    expect(result.template.render(given, (error) => errors.push(error.detail))).toEqual({ a: null, b: 'in ' });
    expect(errors).toEqual(['opening.dma_name is missing', 'opening.dma_name is missing']);
  });

  it('knows what it reads', () => {
    const result = compileTemplate({ a: '${opening.amount}', b: ['${size(raises)}'] }, SCOPE);
    if ('problem' in result) throw new Error('refused');
    expect(result.template.slots).toEqual([0, 1]);
    expect(result.template.captureFields.get(0)).toEqual(['amount']);
  });

  it('points at what is wrong', () => {
    const result = compileTemplate({ a: ['x ${opening.amont}'] }, SCOPE);
    expect(result).toMatchObject({ problem: { path: ['a', 0], column: 13, fix: 'Did you mean "amount"?' } });
    expect(compileTemplate('${opening', SCOPE)).toMatchObject({ problem: { message: '"${" is never closed.' } });
  });
});

describe('durations', () => {
  it.each([
    ['24h', 86_400_000], ['2h30m', 9_000_000], ['7d', 604_800_000], ['500ms', 500], ['1.5s', 1_500], ['0s', 0],
    ['1w', 604_800_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '24', 'h', '2 h', '-1h', '2x', '1h-2m', '1..5s', '1h '])('%s is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it('reads back what it writes', () => {
    fc.assert(fc.property(fc.nat(400 * 86_400_000), (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});

it('edit distance counts a swap as one', () => {
  expect(editDistance('amuont', 'amount')).toBe(1);
  expect(editDistance('sofa', 'sofas')).toBe(1);
  expect(editDistance('abc', 'abc')).toBe(0);
});
