import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { compileExpression } from '../../src/expression/compile.ts';
import { compileMatcher } from '../../src/match/matcher.ts';

import { schemaWords } from '../../src/pattern/reference.ts';
import { compileSegment } from '../../src/segment/machine.ts';
import { SCOPE } from '../expression/support.ts';
import { check, SOURCES } from './support.ts';

/** Checks a text: no exception, a result or a reason, every position inside the file. */
function survives(source: string): string {
  const checked = check(source);
  const lines = source.split('\n');
  for (const { line, column, message } of checked.problems) {
    expect(message).not.toBe('');
    expect(line >= 1 && line <= lines.length && column >= 1).toBe(true);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 2);
  }
  if (checked.kind === 'refused') {
    expect(checked.problems.some(({ severity }) => severity === 'error')).toBe(true);
  }
  // What is accepted can be run.
  if (checked.kind === 'pattern') compileMatcher(checked.definition);
  if (checked.kind === 'segment') compileSegment(checked.definition);
  return checked.kind;
}

describe('any text is checked without an exception', () => {
  it('files with characters and words changed', () => {
    const kinds = new Set<string>();
    const change = fc.record({
      source: fc.constantFrom(...SOURCES),
      at: fc.nat(3_000),
      remove: fc.integer({ min: 0, max: 12 }),
      insert: fc.oneof(
        fc.constantFrom(
          ...schemaWords(),
          ':',
          '- ',
          '{',
          '}',
          '[',
          ']',
          '"',
          '${',
          '\n',
          '  ',
          '0',
          '1h',
          '&a ',
          '*a',
          '!x ',
          '|',
        ),
        fc.string({ maxLength: 4 }),
      ),
    });
    fc.assert(
      fc.property(change, ({ source, at, remove, insert }) => {
        const from = at % source.length;
        kinds.add(survives(source.slice(0, from) + insert + source.slice(from + remove)));
      }),
      { numRuns: 500 },
    );
    expect(kinds).toEqual(new Set(['pattern', 'segment', 'refused']));
  });

  it('words with values of any form', () => {
    const leaf = fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        'x',
        'event.x > 1',
        '1h',
        '5m',
        '2..3',
        '1+',
        'strict',
        'once',
        'none',
        '${x.y}',
      ),
      fc.constantFrom<unknown>(1, 0, -1, 2.5, true, false, null, '', [], {}),
    );
    const { step } = fc.letrec((tie) => ({
      step: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.dictionary(
          fc.constantFrom(...schemaWords()),
          fc.oneof(leaf, tie('step'), fc.array(tie('step'), { maxLength: 3 })),
          { maxKeys: 4 },
        ),
      ),
    }));
    const pattern = fc.record({
      id: fc.constant('a'),
      key: fc.constant('k'),
      emit: fc.constant('out'),
      steps: fc.array(step, { maxLength: 3 }),
    });
    const segment = fc.record({ id: fc.constant('a'), key: fc.constant('k'), member: step });
    fc.assert(
      fc.property(fc.oneof(pattern, segment), (data) => void survives(stringify(data))),
      { numRuns: 600 },
    );
  });

  it('expressions', () => {
    const token = fc.constantFrom(
      'event',
      'raises',
      'opening',
      '.amount',
      '.category',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '?',
      '&&',
      '||',
      '!',
      '==',
      '<',
      '+',
      '-',
      '1',
      '2.5',
      '"a"',
      'true',
      'null',
      'in',
      'size',
      'last',
      'sum',
      '.exists(r, r.amount > 1)',
      'has',
      '.contains',
      'now',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const source = tokens.join(' ');
        const result = compileExpression(source, SCOPE);
        if ('problem' in result) expect(result.problem.start).toBeLessThanOrEqual(source.length);
        else result.expression.test({ event: null, captures: [], now: 0 }, () => undefined);
      }),
      { numRuns: 3_000 },
    );
  });
});
