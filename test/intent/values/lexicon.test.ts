import { describe, expect, it } from 'vitest';
import { ENGLISH } from '../../../src/intent/values/locale-en.ts';
import { SPANISH } from '../../../src/intent/values/locale-es.ts';
import { TURKISH } from '../../../src/intent/values/locale-tr.ts';
import { readPhrase } from '../../../src/intent/values/phrase.ts';
import { tokenize } from '../../../src/intent/values/tokens.ts';

describe('the filter before the tables', () => {
  for (const lexicon of [ENGLISH, SPANISH, TURKISH]) {
    it(`lets every word of a table through (${lexicon.language})`, () => {
      for (const [word, head] of lexicon.heads) {
        const tokens = tokenize(word);
        if (tokens.length !== 1 || tokens[0]?.text !== word) continue;
        expect(readPhrase(tokens, 0, lexicon)?.entry ?? null, word).toBe(head.word);
      }
    });

    it(`keeps most words of no table out (${lexicon.language})`, () => {
      let through = 0;
      for (const shape of lexicon.shapes) through += shape;
      expect(through / lexicon.shapes.length).toBeLessThan(0.25);
    });
  }
});
