import { describe, expect, it } from 'vitest';
import type { Language } from '../../../src/intent/mentions.ts';
import { placesOf } from './read.ts';

const CASES: readonly (readonly [Language, string, ...string[]])[] = [
  ['en', 'meet me at Starbucks on 15th street at 5', 'Starbucks on 15th street'],
  ['en', 'can we meet in the mall on friday', 'the mall'],
  ['en', 'at Trader Joe\'s in Glendale tomorrow', 'Trader Joe\'s in Glendale'],
  ['en', 'i am in chicago', 'chicago'],
  ['en', 'in room 12 tomorrow at 3', 'room 12'],
  ['en', 'it is in good condition, cash in hand, at least 40'],
  ['en', 'in the morning at noon'],
  ['en', 'meet me at the walmart on 5th street', 'the walmart on 5th street'],
  ['en', 'across from the bank or next to the post office', 'the bank', 'the post office'],
  ['en', 'behind the church, or drop by my house', 'the church', 'my house'],
  ['en', 'a song by Duke Ellington, sold by the hour'],
  ['en', 'i was in LA, at Bed Bath & Beyond', 'LA', 'Bed Bath & Beyond'],
  ['en', 'i want to get a restaurant in Vacaville', 'Vacaville'],
  ['es', 'en el metro de sol', 'el metro de sol'],
  ['es', 'frente al ayuntamiento', 'ayuntamiento'],
  ['es', 'quedamos en la plaza mañana a las 6', 'la plaza'],
  ['es', 'nos vemos en Atocha', 'Atocha'],
  ['es', 'pago en efectivo, en buen estado'],
  ['tr', 'yarın Kadıköy\'de buluşalım', 'Kadıköy'],
  ['tr', 'taksimde olur', 'taksimde'],
  ['tr', 'bu fiyatta olmaz'],
];

describe('places are names behind a preposition, or with a Turkish locative', () => {
  for (const [language, text, ...expected] of CASES) {
    it(`${language}: ${text}`, () => {
      expect(placesOf(language, text)).toEqual(expected);
    });
  }
});
