import { findMentions } from '../../../src/intent/find-mentions.ts';
import { lookUp } from '../../../src/intent/first-look.ts';
import { LEXICONS } from '../../../src/intent/lexicons.ts';
import type { Language, MentionContext } from '../../../src/intent/mentions.ts';
import { scan } from '../../../src/intent/scan.ts';
import { tokensOf, type Token } from '../../../src/intent/values/tokens.ts';

/** Tuesday 24 November 2026, 10:00 in UTC. */
export const TUESDAY = Date.parse('2026-11-24T10:00:00Z');

const COUNTRIES: Readonly<Record<Language, string>> = { en: 'US', es: 'ES', tr: 'TR' };

export function contextOf(language: Language, over: Partial<MentionContext> = {}): MentionContext {
  return { language, at: TUESDAY, zone: 'UTC', country: COUNTRIES[language], ...over };
}

/** The tokens of a text, its words looked up. */
export function tokenize(text: string, language: Language): readonly Token[] {
  const { tokens } = scan(text);
  lookUp(text, tokens, language);
  return tokensOf(text, tokens, LEXICONS[language].table);
}

/**
 * The times of a text as compact lines: `yarın akşam 7'de` reads `2026-11-25 19:00 hour`; a range
 * has ` > ` and its end.
 */
export function timesOf(
  language: Language,
  text: string,
  over: Partial<MentionContext> = {},
): readonly string[] {
  return findMentions(text, contextOf(language, over)).flatMap((mention) => {
    if (mention.kind !== 'time') return [];
    const wall = ({ date, time }: { date: string | null; time: string | null }): string =>
      [date, time].filter((part) => part !== null).join(' ');
    const to = mention.to === null ? '' : ` > ${wall(mention.to)}`;
    return [`${wall(mention.from)}${to} ${mention.grain}`];
  });
}

/** The money of a text: `40 EUR` where marked, `40 EUR?` for a bare number that may be a price. */
export function moneyOf(
  language: Language,
  text: string,
  over: Partial<MentionContext> = {},
): readonly string[] {
  return findMentions(text, contextOf(language, over)).flatMap((mention) => {
    if (mention.kind !== 'money') return [];
    if (!mention.marked && mention.confidence < 0.5) return [];
    return [`${mention.amount} ${mention.currency}${mention.marked ? '' : '?'}`];
  });
}

export function placesOf(language: Language, text: string): readonly string[] {
  return findMentions(text, contextOf(language)).flatMap((mention) =>
    (mention.kind === 'place' ? [mention.text] : []));
}
