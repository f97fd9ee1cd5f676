/**
 * Common ways to say when, and words that only look like one: `constructions-<language>.txt`, a text and the
 * beginnings of its times a line, `-` for none. Written from the grammar of each language and labelled by one
 * AI annotator of this project before the extractor read them; what it still misses is not in them.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findMentions } from '../../../src/intent/find-mentions.ts';
import { contextOf } from './read.ts';

/** From here on a mention is a time rather than how long something takes. */
const SURE = 0.5;

describe.each(['en', 'es', 'tr'] as const)('ways to say when (%s)', (language) => {
  const path = new URL(`constructions-${language}.txt`, import.meta.url);
  const cases = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => line.split(' | '));

  it.each(cases)('%s', (text = '', expected = '') => {
    const begins = findMentions(text, contextOf(language)).flatMap((mention) =>
      (mention.kind === 'time' && mention.confidence >= SURE
        ? [[mention.from.date, mention.from.time].filter((part) => part !== null).join(' ')] : []));
    expect(begins.join(', ') || '-').toBe(expected);
  });
});
