/** Plain phrases of everyday marketplace chat, each read on its own: nobody has written before. */
import { describe, expect, it } from 'vitest';
import type { Intent } from '../../src/intent/contract.ts';
import { explainExtraction } from '../../src/intent/extract.ts';
import type { Language } from '../../src/intent/mentions.ts';

/** A Monday. */
const AT = Date.UTC(2026, 10, 23, 10);

function said(language: Language, text: string): readonly Intent[] {
  return explainExtraction(text, { at: AT, language, zone: 'UTC' }).intents;
}

function types(language: Language, text: string): readonly string[] {
  return said(language, text).map((intent) => intent.type);
}

describe('the examples of the talk', () => {
  it.each([
    ['Is it still available?', 'availability_question'],
    ['Is the price negotiable?', 'negotiability_question'],
    ['What condition is it in?', 'condition_question'],
    ['I offer you $40', 'price_offer'],
    ['Could we meet at Letgo HQ tomorrow at 6?', 'meeting_proposal'],
  ])('%s', (text, type) => {
    expect(types('en', text)).toEqual([type]);
  });

  it('a meeting carries its place and its time', () => {
    expect(said('en', 'Could we meet at Letgo HQ tomorrow at 6?')[0]?.properties).toMatchObject({
      location_name: 'Letgo HQ', date_local: '2026-11-24T18:00',
      date: String(Date.UTC(2026, 10, 24, 18)),
    });
  });

  it('a meeting and an offer in one message are two intents', () => {
    const text = 'Could we meet at Campus Martius Park tomorrow at 6pm? I offer you $40';
    const [meeting, offer, ...more] = said('en', text);
    expect(meeting).toMatchObject({
      type: 'meeting_proposal',
      properties: { location_name: 'Campus Martius Park', date_local: '2026-11-24T18:00' },
    });
    expect(offer).toMatchObject({
      type: 'price_offer', properties: { amount: 40, currency: 'USD' },
    });
    expect(more).toEqual([]);
  });
});

describe('everyday phrases', () => {
  it.each([
    ['en', 'Do you still have it?', 'availability_question'],
    ['en', 'would you take $30?', 'price_offer'],
    ['en', "whats the lowest you'll take?", 'negotiability_question'],
    ['en', 'does it work?', 'condition_question'],
    ['en', 'how much is it?', 'price_question'],
    ['en', "let's meet tomorrow at 3 at the mall", 'meeting_proposal'],
    ['en', 'see you at 5', 'meeting_proposal'],
    ['en', 'where can I pick it up?', 'meeting_proposal'],
    ['en', "I'll take it", 'accept'],
    ['en', "sorry, that's too low", 'reject'],
    ['en', 'can you ship it?', 'delivery'],
    ['en', 'do you accept paypal?', 'payment'],
    ['en', 'thanks, bye', 'closing'],
    ['es', '¿Sigue disponible?', 'availability_question'],
    ['es', 'es negociable?', 'negotiability_question'],
    ['es', 'en que estado esta?', 'condition_question'],
    ['es', 'te doy 40', 'price_offer'],
    ['es', '¿Podemos quedar en Plaza Mayor mañana a las 6?', 'meeting_proposal'],
    ['es', 'trato hecho', 'accept'],
    ['es', 'no gracias', 'reject'],
    ['es', 'muy caro para mí', 'reject'],
    ['es', 'gracias, adiós', 'closing'],
    ['tr', 'hala duruyor mu?', 'availability_question'],
    ['tr', 'pazarlık olur mu?', 'negotiability_question'],
    ['tr', 'ürünün durumu nedir?', 'condition_question'],
    ['tr', '40 lira veririm', 'price_offer'],
    ['tr', "Yarın 6'da Letgo HQ'da buluşabilir miyiz?", 'meeting_proposal'],
    ['tr', 'anlaştık', 'accept'],
    ['tr', 'çok pahalı', 'reject'],
    ['tr', 'kargo var mı?', 'delivery'],
  ] as const)('%s: %s', (language, text, type) => {
    expect(types(language, text)).toContain(type);
  });
});

describe('prices that nobody puts on the table', () => {
  it.each([
    ['en', 'you will be at $120 in no time'],
    ['en', 'it will be worth $900 in the future'],
    ['es', 'con el tiempo valdrá más'],
    ['tr', 'ileride 900 lira eder'],
  ] as const)('%s: %s', (language, text) => {
    expect(types(language, text)).not.toContain('price_offer');
  });
});

describe('answers to an offer of the other one', () => {
  function answer(text: string): readonly string[] {
    const { state } = explainExtraction('I can give you $120', { at: AT, language: 'en', zone: 'UTC' });
    const theirs = {
      ...state, offer: state.offer === null ? null : { ...state.offer, speaker: 'other' },
      turns: state.turns.map((turn) => ({ ...turn, speaker: 'other' })),
    };
    return explainExtraction(text, { at: AT, language: 'en', zone: 'UTC', state: theirs })
      .intents.map((intent) => intent.type);
  }

  it('how far somebody goes is another price, not a no', () => {
    expect(answer('sorry, the best I can do is $150'))
      .toEqual(['price_offer', 'counter_offer', 'final_price']);
  });

  it.each(['sorry, I cannot accept that', "I can't accept the offer"])('%s: no yes within a refusal', (text) => {
    expect(answer(text)).toEqual(['reject']);
  });
});
