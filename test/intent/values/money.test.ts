import { describe, expect, it } from 'vitest';
import type { Language, MentionContext } from '../../../src/intent/mentions.ts';
import { moneyOf, timesOf } from './read.ts';

type Case = readonly [Language, string, readonly string[], Partial<MentionContext>?];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'signs, codes and words': [
    ['en', '$40', ['40 USD']],
    ['en', '40 bucks', ['40 USD']],
    ['en', 'would you do 2k dollars', ['2000 USD']],
    ['en', '10 grand', ['10000 USD']],
    ['en', '3 dollars 50 cents', ['3.5 USD']],
    ['en', 'half a million dollars', ['500000 USD']],
    ['es', '1.200 €', ['1200 EUR']],
    ['es', '1.200,50 euros', ['1200.5 EUR']],
    ['es', '20 pavos', ['20 EUR']],
    ['tr', '1.500 TL', ['1500 TRY']],
    ['tr', '1500tl', ['1500 TRY']],
    ['tr', '3 bin 500 tl', ['3500 TRY']],
    ['tr', '1200 liraya olur mu', ['1200 TRY']],
    ['tr', 'on kuruş', ['0.1 TRY']],
  ],
  'the dollar of the country': [
    ['en', '$40', ['40 CAD'], { country: 'CA' }],
    ['es', '$40', ['40 MXN'], { country: 'MX' }],
  ],
  'a range has its currency on both ends': [
    ['en', '$40-50', ['40 USD', '50 USD']],
    ['es', '40-50 €', ['40 EUR', '50 EUR']],
  ],
  'a bare number near the asking price is a price': [
    ['en', 'would you take 160', ['160 USD?'], { listingPrice: 200 }],
    ['en', '160', ['160 USD?'], { listingPrice: 200 }],
    ['en', 'how about 2100', ['2100 USD?'], { listingPrice: 2795 }],
    ['en', 'can we meet up at 700', ['700 USD?'], { listingPrice: 1050 }],
    ['en', 'how about 10?', ['10 USD?'], { listingPrice: 15 }],
    ['tr', '2500e bırakır mısın', ['2500 TRY?'], { listingPrice: 3000 }],
    ['es', 'te doy 40', ['40 EUR?'], { listingPrice: 50 }],
  ],
  'quantities, sizes, mileage, phones and years are no prices': [
    ['en', '90k miles, 4 doors, 32gb', [], { listingPrice: 90_000 }],
    ['en', '160 lbs', [], { listingPrice: 200 }],
    ['en', 'call 555-123-4567', [], { listingPrice: 600 }],
    ['en', 'a 2015 honda', []],
    ['en', 'ALL 5 of us', [], { listingPrice: 5 }],
    ['es', '150.000 km y 3 puertas', [], { listingPrice: 150_000 }],
    ['tr', '42 numara, 90 bin km', [], { listingPrice: 42 }],
    ['tr', '05321234567', []],
  ],
};

for (const [rule, cases] of Object.entries(CASES)) {
  describe(rule, () => {
    for (const [language, text, expected, over] of cases) {
      it(`${language}: ${text}`, () => {
        expect(moneyOf(language, text, over)).toEqual(expected);
      });
    }
  });
}

describe('money and time compete for a number', () => {
  it('each number goes to one of them', () => {
    const text = 'will you take 250 for it? can pick up at 5 today';
    expect(moneyOf('en', text, { listingPrice: 300 })).toEqual(['250 USD?']);
    expect(timesOf('en', text)).toEqual(['2026-11-24 17:00 hour']);
  });

  it('a currency word keeps its number from the clock', () => {
    expect(timesOf('en', '$40 at 5')).toEqual(['17:00 hour']);
    expect(timesOf('en', 'let us meet at 5 dollars')).toEqual([]);
    expect(moneyOf('en', 'let us meet at 5 dollars')).toEqual(['5 USD']);
  });
});
