import type { Language } from './mentions.ts';
import type { Lexicon } from './values/lexicon.ts';
import { ENGLISH } from './values/locale-en.ts';
import { SPANISH } from './values/locale-es.ts';
import { TURKISH } from './values/locale-tr.ts';

/** The tables of each language. */
export const LEXICONS: Readonly<Record<Language, Lexicon>> = { en: ENGLISH, es: SPANISH, tr: TURKISH };
