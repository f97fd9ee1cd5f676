import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_DIALOGUE, type ChatMessage, type DialogueState, type Intent, type UnderstandContext,
} from '../../src/intent/contract.ts';
import { decodeDialogue, encodeDialogue } from '../../src/intent/dialogue-codec.ts';
import { explainExtraction, understand } from '../../src/intent/extract.ts';

/** Monday. */
const AT = Date.UTC(2026, 10, 23, 10);

function messageOf(text: string | null, more: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id: 'm1', conversation: 'c1', speaker: 'bea', recipient: 'sam', role: 'buyer', text, structured: null,
    at: AT, country: 'US', zone: 'UTC', listing: { id: 'l1', price: 100, currency: 'USD' }, ...more,
  };
}

/** `b: text` and `s: text` lines through the extractor; the intents of each. */
function dialogue(
  country: string, lines: readonly string[], context: UnderstandContext = {},
): { readonly intents: readonly (readonly Intent[])[]; readonly state: DialogueState } {
  let state = EMPTY_DIALOGUE;
  const intents = lines.map((line, index) => {
    const isBuyer = line.startsWith('b: ');
    const understood = understand(state, messageOf(line.slice(3), {
      id: `m${index}`, speaker: isBuyer ? 'bea' : 'sam', recipient: isBuyer ? 'sam' : 'bea',
      role: isBuyer ? 'buyer' : 'seller', country,
    }), context);
    // Every state goes through the store.
    state = decodeDialogue(encodeDialogue(understood.state));
    return understood.intents;
  });
  return { intents, state };
}

function typesOf(intents: readonly Intent[] | undefined): string[] {
  return (intents ?? []).map((intent) => intent.type);
}

const DEALS = {
  US: ['b: hi is this still available?', 's: yes it is', 'b: would you take $60?',
    's: sorry, 75 is the lowest I can go', 'b: ok deal', 'b: can we meet tomorrow at 6pm at the library?',
    's: 6 does not work for me, how about 7pm?', 'b: works for me, see you then'],
  ES: ['b: hola sigue disponible?', 's: si', 'b: te doy 60', 's: no gracias, 75 minimo',
    'b: vale trato hecho', 'b: quedamos mañana a las 6 en la biblioteca?', 's: a las 6 no puedo, a las 7?',
    'b: perfecto nos vemos'],
  TR: ['b: slm hala satılık mı', 's: evet', 'b: 60 tl olur mu', 's: 75 son fiyat', 'b: tamam anlaştık',
    'b: yarın akşam 7de kütüphanede buluşalım mı', 's: 7 olmaz saat 8 olsun', 'b: olur görüşürüz'],
};

describe('a deal and a meeting', () => {
  for (const [country, lines] of Object.entries(DEALS)) {
    const { intents, state } = dialogue(country, lines);
    it(`are understood turn by turn (${country})`, () => {
      expect(typesOf(intents[0])).toContain('availability_question');
      expect(typesOf(intents[1])).toEqual([]);
      expect(typesOf(intents[2])).toEqual(['price_offer']);
      expect(typesOf(intents[3])).toEqual(expect.arrayContaining(['price_offer', 'counter_offer', 'final_price']));
      expect(intents[4]?.map(({ type, properties }) => [type, properties['amount']])).toEqual([['accept', 75]]);
      expect(typesOf(intents[5])).toContain('meeting_proposal');
      expect(typesOf(intents[6])).toContain('meeting_change');
      expect(typesOf(intents[7])).toContain('meeting_accept');
    });

    it(`leave an accepted price and an accepted meeting behind (${country})`, () => {
      expect(state.offer).toMatchObject({ amount: 75, accepted: true });
      expect(state.meeting).toMatchObject({ status: 'accepted', meetingId: 'm5/meeting' });
      expect(state.language).toBe({ US: 'en', ES: 'es', TR: 'tr' }[country]);
    });

    it(`give the same intents when read again (${country})`, () => {
      expect(dialogue(country, lines)).toEqual({ intents, state });
    });
  }

  it('say which message they answer', () => {
    const { intents } = dialogue('US', DEALS.US);
    expect(intents[4]?.[0]).toMatchObject({ id: 'm4#0', answers: 'm3', speaker: 'bea', recipient: 'sam', listing: 'l1' });
    expect(intents[7]?.find((one) => one.type === 'meeting_accept')?.answers).toBe('m6');
    expect(intents[0]?.[0]?.answers).toBeNull();
  });
});

describe('a meeting', () => {
  it('without an hour keeps the day: none is invented', () => {
    const [proposal] = understand(EMPTY_DIALOGUE, messageOf('can we meet tomorrow?'), {}).intents;
    expect(proposal).toMatchObject({
      type: 'meeting_proposal',
      properties: { date_local: '2026-11-24', date_grain: 'day', date: String(Date.UTC(2026, 10, 24)) },
    });
  });

  it('is in the zone of the speaker', () => {
    const text = 'can we meet tomorrow at 6pm?';
    const [madrid] = understand(EMPTY_DIALOGUE, messageOf(text, { zone: 'Europe/Madrid' }), {}).intents;
    expect(madrid?.properties['date']).toBe(String(Date.UTC(2026, 10, 24, 17)));
  });

  it('has coordinates only where the place is known', () => {
    const resolvePlace: UnderstandContext['resolvePlace'] = (name) =>
      (name.toLowerCase().includes('library') ? { lat: 42.3, lon: -83 } : null);
    const at = (text: string): Intent['properties'] =>
      understand(EMPTY_DIALOGUE, messageOf(text), { resolvePlace }).intents
        .find((one) => one.type === 'meeting_proposal')?.properties ?? {};
    expect(at('lets meet at the Library tomorrow at 5pm')).toMatchObject({ geo: { lat: 42.3, lon: -83 } });
    expect(at('lets meet at the Fountain tomorrow at 5pm')).not.toHaveProperty('geo');
  });
});

describe('a structured intent', () => {
  const structured = { type: 'price_offer', properties: { amount: 55, extra: { deep: [1] } } };

  it('passes through untouched and wins over the text', () => {
    const { intents, state } = understand(
      EMPTY_DIALOGUE, messageOf('would you take 40?', { structured }), {});
    expect(intents).toHaveLength(1);
    expect(intents[0]).toMatchObject({ id: 'm1#0', type: 'price_offer', confidence: 1, span: null });
    expect(intents[0]?.properties).toBe(structured.properties);
    expect(state.offer?.amount).toBe(55);
  });

  it('of a type not known here passes too', () => {
    const other = { type: 'wave', properties: {} };
    expect(typesOf(understand(EMPTY_DIALOGUE, messageOf(null, { structured: other }), {}).intents)).toEqual(['wave']);
  });

  it('is what a plain yes is to', () => {
    const { state } = understand(EMPTY_DIALOGUE, messageOf(null, { structured }), {});
    const reply = messageOf('ok', { id: 'm2', speaker: 'sam', role: 'seller' });
    expect(understand(state, reply, {}).intents[0]).toMatchObject({
      type: 'accept', answers: 'm1', properties: { amount: 55 },
    });
  });
});

describe('a plain yes', () => {
  it('to a question of fact is no intent, to a price it accepts, to a meeting it accepts that', () => {
    const after = (line: string): string[] =>
      typesOf(dialogue('US', [line, 's: yes'].map((one) => one)).intents[1]);
    expect(after('b: is it still available?')).toEqual([]);
    expect(after('b: would you take $80?')).toEqual(['accept']);
    expect(after('b: can we meet tomorrow at 5pm?')).toEqual(['meeting_accept']);
  });

  it('behind an own price that nobody has answered is to what the other side has put', () => {
    const { state } = dialogue('US', ['b: would you take $60?', 's: how about $75?', 's: ok, deal']);
    expect(state.offer).toMatchObject({ amount: 60, accepted: true });
  });
});

describe('an amount', () => {
  it('that lies between the two prices on the table is no price', () => {
    const { state } = dialogue('US', ['b: i only have $65', 's: sorry, i can do $80 though', 'b: ok, i can get the 15 dollars']);
    expect(state.offer).toMatchObject({ amount: 80 });
  });
});

describe('any text', () => {
  it('has an answer: spans inside the text, confidence from 0 to 1, ids in order', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.constantFrom('ok', '40', '$', 'olur', 'mu', 'a las 6', '?', '.', 'no', 'meet', '٣', '👍', '\u200b'),
        { maxLength: 40 }).map((parts) => parts.join(' ')),
    );
    fc.assert(fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
      let state = EMPTY_DIALOGUE;
      texts.forEach((one, index) => {
        const understood = understand(state, messageOf(one, { id: `m${index}`, speaker: index % 2 ? 'a' : 'b' }), {});
        state = understood.state;
        const isSound = understood.intents.every(({ id, span, confidence }, ordinal) =>
          id === `m${index}#${ordinal}` && span !== null && span.start >= 0 && span.start <= span.end
          && span.end <= one.length && confidence >= 0 && confidence <= 1);
        expect(isSound).toBe(true);
      });
    }));
  });

  it('of 10 kB gives an answer and a state within the bounds', () => {
    for (const unit of ['1', '12 ', '$1,', '👍', 'ש', '\u200d', 'a las ', 'no ', '5:', 'aaa', '+1 ', '?!', "'"]) {
      const { state } = understand(EMPTY_DIALOGUE, messageOf(unit.repeat(10_000 / unit.length)), {});
      expect(encodeDialogue(state).length).toBeLessThan(120);
    }
  });

  it('without words changes nothing', () => {
    for (const empty of [null, '', '  \n']) {
      expect(understand(EMPTY_DIALOGUE, messageOf(empty), {})).toEqual({ state: EMPTY_DIALOGUE, intents: [] });
    }
  });
});

describe('the explanation', () => {
  it('shows mentions, cues, chances and the intents of understand', () => {
    const shown = explainExtraction('te doy 40€', { at: AT, country: 'ES', listingPrice: 60 });
    expect(shown.language).toBe('es');
    expect(shown.zone).toBe('Europe/Madrid');
    expect(shown.cues).toContain('bid');
    expect(shown.mentions[0]).toMatchObject({ kind: 'money', amount: 40, currency: 'EUR' });
    expect(shown.chances[0]?.head).toBe('price_offer');
    expect(typesOf(shown.intents)).toEqual(['price_offer']);
  });

  it('takes the country from the language where none is given', () => {
    const shown = explainExtraction('quedamos mañana a las 6?', { at: AT, language: 'es' });
    expect(shown.zone).toBe('Europe/Madrid');
    expect(shown.intents[0]?.properties).toMatchObject({
      date: String(Date.UTC(2026, 10, 24, 17)), date_local: '2026-11-24T18:00',
    });
  });
});
