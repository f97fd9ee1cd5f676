import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../src/intent/characters.ts';
import { LEXICONS } from '../../../src/intent/lexicons.ts';
import { scan } from '../../../src/intent/scan.ts';
import { readPhrase } from '../../../src/intent/values/phrase.ts';
import { WordTable } from '../../../src/intent/values/word-table.ts';
import { tokenize } from './read.ts';

/** The numbers that a table finds for the tokens of a text. */
function found(table: WordTable, text: string): readonly number[] {
  const { count, units, hash } = scan(text).tokens;
  return Array.from({ length: count }, (_, at) => table.find(hash[at]!, units[at]!));
}

const letters = fc.string({ unit: fc.constantFrom(...'aeiAÉİıßñ$-\u0301\u200b’'), minLength: 1, maxLength: 6 });

describe('the words of a language', () => {
  for (const lexicon of Object.values(LEXICONS)) {
    it(`are each found with what they mean (${lexicon.language})`, () => {
      for (const [word, head] of lexicon.heads) {
        const tokens = tokenize(word, lexicon.language);
        if (tokens.length !== 1 || tokens[0]?.text !== word) continue;
        expect(readPhrase(tokens, 0, lexicon)?.entry ?? null, word).toBe(head.word);
      }
    });
  }

  it('are found by what is left of a token without case, accent and what is not seen, and nothing else is', () => {
    fc.assert(fc.property(fc.array(letters, { maxLength: 20 }), fc.array(letters), (words, said) => {
      const table = new WordTable(words.map(fold));
      const text = said.join(' ');
      const spelled = tokenize(text, 'en').map((token) => token.text);
      expect(found(table, text)).toEqual(spelled.map((word) => table.numberOf(word)));
      for (const word of spelled) {
        const isOfTable = word !== '' && words.map(fold).includes(word);
        expect(table.words[table.numberOf(word)]).toBe(isOfTable ? word : '');
      }
    }));
  });
});
