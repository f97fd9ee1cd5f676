import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CUE_NAMES, findCues } from '../../src/intent/acts-cues.ts';
import { detectLanguage, hashWord, readSentences } from '../../src/intent/language.ts';
import { readWords, TEXT_UNITS_MAX, WORDS_MAX } from '../../src/intent/scan.ts';

/** Start and end of each word. */
function spansOf(text: string): readonly (readonly [number, number])[] {
  const { count, start, end } = readWords(text);
  return Array.from({ length: count }, (_, at) => [start[at]!, end[at]!]);
}

function cuesOf(text: string): string[] {
  const words = readWords(text);
  return findCues(words).map((cue) =>
    `${CUE_NAMES[cue.name]}: ${text.slice(words.start[cue.first], words.end[cue.last - 1])}`);
}

describe('words', () => {
  it('are the same with and without accents, in any case, with and without apostrophe', () => {
    const pairs = [['mañana', 'MANANA'], ['Satıldı', 'satildi'], ['İYİ', 'iyi'], ["don't", 'dont'],
      ['güncel', 'guncel'], ['çıkış', 'cikis']];
    for (const [one, other] of pairs) expect(hashWord(one ?? '')).toBe(hashWord(other ?? ''));
  });

  it('count a letter drawn out once, a double letter as it is', () => {
    expect(hashWord('siiiii')).toBe(hashWord('si'));
    expect(hashWord('vaaaale')).toBe(hashWord('vale'));
    expect(hashWord('saat')).not.toBe(hashWord('sat'));
  });

  it('part figures from letters and keep the offsets of the text', () => {
    const text = ' 100tl olur?';
    const parts = spansOf(text).map(([start, end]) => text.slice(start, end));
    expect(parts).toEqual(['100', 'tl', 'olur', '?']);
  });

  it('of any text lie in order inside what is read of it, and end at the bounds', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const spans = spansOf(text);
      const isInOrder = spans.every(([start, end], at) =>
        start >= (spans[at - 1]?.[0] ?? 0) && start < end && end <= text.length);
      expect(isInOrder).toBe(true);
    }));
    expect(readWords('a '.repeat(5000)).count).toBe(WORDS_MAX);
    const long = readWords('x'.repeat(10_000));
    expect(long.end[0]).toBe(TEXT_UNITS_MAX);
  });
});

describe('sentences', () => {
  it('end at marks, a row of marks is one end, the point of a figure is none', () => {
    const words = readWords('hi there!! is it 2.50?? ok');
    const { first, asks } = readSentences(words);
    expect(asks).toEqual([false, true, false]);
    expect(first).toEqual([0, 4, 11, 12]);
  });
});

describe('language', () => {
  it('is that of the words, else what was expected', () => {
    const cases = [['hola, sigue disponible?', 'en', 'es'], ['slm satılık mı hala', 'en', 'tr'],
      ['hi is it still available', 'tr', 'en'], ['40', 'tr', 'tr'], ['👍', 'es', 'es']] as const;
    for (const [text, expected, language] of cases) {
      expect(detectLanguage(readWords(text), expected)).toBe(language);
    }
  });
});

describe('cues', () => {
  it('are found in the three languages as people type them', () => {
    expect(cuesOf('te ofrezco 40')).toEqual(['bid: te ofrezco']);
    expect(cuesOf('satildimi')).toEqual(['available: satildimi']);
    expect(cuesOf('would u… would you take 40')).toContain('bid: would you take');
  });

  it('inside a longer phrase do not count', () => {
    expect(cuesOf('no puedo bajar de 50').some((cue) => cue.startsWith('no:'))).toBe(false);
    expect(cuesOf('lets meet in the middle').some((cue) => cue === 'meet: meet')).toBe(false);
  });

  it('of one name agree with a plain search for the phrase', () => {
    const phrases = ['trato hecho', 'deal', 'anlastik', 'sounds like a deal'];
    const noise = ['xyzzy', 'qqq', '17', '?'];
    const word = fc.constantFrom(...phrases, ...noise);
    fc.assert(fc.property(fc.array(word, { maxLength: 12 }), (parts) => {
      const said = parts.filter((part) => phrases.includes(part));
      const found = cuesOf(parts.join(' ')).filter((cue) => cue.startsWith('deal: '));
      expect(found).toEqual(said.map((phrase) => `deal: ${phrase}`));
    }));
  });
});
