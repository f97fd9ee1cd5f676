import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { plainYaml } from '../../src/pattern/plain-yaml.ts';
import { runs } from '../properties.ts';
import { SOURCES } from './support.ts';

/** What the library says: data, or undefined where it finds something wrong. */
function slow(source: string): unknown {
  const documents = parseAllDocuments(source, { version: '1.2', stringKeys: true });
  const [only, ...more] = Array.isArray(documents) ? documents : [];
  if (only === undefined || more.length > 0) return undefined;
  return only.errors.length + only.warnings.length > 0 ? undefined : only.toJS();
}

const PIECES = [
  '\n', '\n  ', '\n    ', '\n- ', ' ', '  ', ':', ': ', '- ', '-', ',', ', ', '{', '}', '[', ']', '"', "'", '#', ' #',
  '\\', '|', '>', '&a', '*a', '!', '?', '%', '~', 'null', 'true', 'True', '0', '0x1f', '1e3', '.5', '.inf', '-1', '5.', 'é', 'x',
  'k: v', 'k:\n  - v', '---', '...', '${', '}"', '""', "''", '<<', '12345678901234567890', '\t', '\r\n',
];

describe('plain YAML', () => {
  it.each(SOURCES.map((source) => [/^id: (.*)$/m.exec(source)?.[1] ?? '', source]))('is what %s is written in', (_, source) => {
    expect(plainYaml(source)).toEqual(slow(source));
  });

  it('is read as the library reads it, or left to the library', () => {
    let read = 0;
    let left = 0;
    const change = fc.record({
      at: fc.nat(2_000), remove: fc.nat(6), insert: fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }),
    });
    fc.assert(fc.property(fc.constantFrom(...SOURCES), fc.array(change, { maxLength: 3 }), (source, changes) => {
      let text = source;
      for (const { at, remove, insert } of changes) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + insert.join('') + text.slice(from + remove);
      }
      const plain = plainYaml(text);
      if (plain === null) left++;
      else {
        read++;
        expect(plain).toEqual(slow(text));
      }
    }), { numRuns: runs(1_500) });
    expect(Math.min(read, left)).toBeGreaterThan(100);
  });

  it('is read as the library reads it where texts are put together from pieces', () => {
    let read = 0;
    fc.assert(fc.property(fc.array(fc.constantFrom(...PIECES, 'a: ', 'b: ', 'c:', '\nd: '), { maxLength: 14 }), (pieces) => {
      const text = pieces.join('');
      const plain = plainYaml(text);
      if (plain === null) return;
      read++;
      expect(plain).toEqual(slow(text));
    }), { numRuns: runs(6_000) });
    expect(read).toBeGreaterThan(50);
  });
});
