import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/event/event.ts';
import { compileTemplate } from '../../src/expression/template.ts';
import { SCOPE, event, frame } from './support.ts';

const given = frame({
  captures: [
    event({ amount: 70, category: 'sofa' }),
    [event({ amount: 75 }), event({ amount: 78 })],
  ],
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
    [
      { best: "${max(raises, 'amount')}", tags: ['x', '${opening.category}'] },
      { best: 78, tags: ['x', 'sofa'] },
    ],
    ['${opening}', { amount: 70, category: 'sofa' }],
  ])('%j', (source, expected) => {
    expect(rendered(source)).toEqual(expected);
  });

  it('gives null for an error, and reports it', () => {
    const result = compileTemplate(
      { a: '${opening.dma_name}', b: 'in ${opening.dma_name}' },
      SCOPE,
    );
    if ('problem' in result) throw new Error('refused');
    const errors: string[] = [];
    expect(result.template.render(given, (error) => errors.push(error.detail))).toEqual({
      a: null,
      b: 'in ',
    });
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
    expect(result).toMatchObject({
      problem: { path: ['a', 0], column: 13, fix: 'Did you mean "amount"?' },
    });
    expect(compileTemplate('${opening', SCOPE)).toMatchObject({
      problem: { message: '"${" is never closed.' },
    });
  });
});
