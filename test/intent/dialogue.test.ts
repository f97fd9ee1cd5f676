import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_DIALOGUE, TURNS_MAX, TURN_WORDS_MAX, type ChatMessage, type DialogueState, type Intent,
} from '../../src/intent/contract.ts';
import { advance, viewOf } from '../../src/intent/dialogue.ts';
import { decodeDialogue, encodeDialogue } from '../../src/intent/dialogue-codec.ts';

function said(
  state: DialogueState, id: string, speaker: string, type: string, properties: Intent['properties'] = {},
): DialogueState {
  const message: ChatMessage = {
    id, conversation: 'c1', speaker, recipient: null, role: 'unknown', text: null, structured: null, at: 0,
  };
  const intent: Intent = {
    id: `${id}#0`, type, properties, span: null, confidence: 1, speaker, recipient: null,
    listing: null, answers: null,
  };
  return advance(state, message, [intent], [1, 2], 'en');
}

const offered = said(EMPTY_DIALOGUE, 'm1', 'ann', 'price_offer', { amount: 80, currency: 'EUR' });
const proposed = said(offered, 'm2', 'bob', 'meeting_proposal', {
  meeting_id: 'x', location_name: 'Plaza', geo: { lat: 40.4, lon: -3.7 }, date: '1764000000000',
  date_local: '2025-11-24', date_grain: 'day',
});

describe('dialogue state', () => {
  it('holds the price on the table and how it stands to each of the two', () => {
    expect(offered.offer).toMatchObject({ amount: 80, speaker: 'ann', accepted: false });
    expect(viewOf(offered, 'bob').offer).toBe('fresh');
    expect(viewOf(offered, 'ann').offer).toBe('own');
    expect(viewOf(said(offered, 'm2', 'ann', 'greeting'), 'bob').offer).toBe('theirs');
    const agreed = said(offered, 'm2', 'bob', 'accept', { of: 'price', amount: 80 });
    expect(viewOf(agreed, 'ann').offer).toBe('agreed');
  });

  it('keeps the price that a counter-offer answers', () => {
    const countered = said(offered, 'm2', 'bob', 'counter_offer', { amount: 100 });
    expect(countered.offer?.amount).toBe(100);
    expect(countered.offerBefore?.amount).toBe(80);
  });

  it('goes back to the agreed price when a change of it is refused', () => {
    const agreed = said(offered, 'm2', 'bob', 'accept', { of: 'price', amount: 80 });
    const raised = said(agreed, 'm3', 'ann', 'price_offer', { amount: 85 });
    expect(raised.offer).toMatchObject({ amount: 85, accepted: false });
    expect(said(raised, 'm4', 'bob', 'reject').offer).toMatchObject({ amount: 80, accepted: true });
    expect(said(raised, 'm4', 'bob', 'accept', { amount: 85 }).offer?.amount).toBe(85);
  });

  it('reads the date of the talk, a string, as a moment', () => {
    expect(proposed.meeting).toMatchObject({ date: 1764000000000, dateGrain: 'day', geo: { lat: 40.4 } });
  });

  it('keeps what a change does not touch, and the meeting id', () => {
    const changed = said(proposed, 'm3', 'ann', 'meeting_change', {
      date: '1764003600000', date_local: '2025-11-24T18:00', date_grain: 'minute',
    });
    expect(changed.meeting).toMatchObject({
      meetingId: 'x', locationName: 'Plaza', dateLocal: '2025-11-24T18:00', speaker: 'ann', status: 'open',
    });
    expect(said(changed, 'm4', 'bob', 'meeting_accept').meeting?.status).toBe('accepted');
  });

  it('a rejected meeting is off the table, but a later change is still about it', () => {
    const rejected = said(proposed, 'm3', 'ann', 'meeting_reject');
    expect(viewOf(rejected, 'bob').meeting).toBe('none');
    const changed = said(rejected, 'm4', 'bob', 'meeting_change', { location_name: 'Sol' });
    expect(changed.meeting).toMatchObject({ meetingId: 'x', locationName: 'Sol', status: 'open' });
    expect(changed.meeting?.geo).toBeNull();
  });

  it('never grows beyond its bounds', () => {
    let state = EMPTY_DIALOGUE;
    for (let at = 0; at < 50; at++) {
      state = said(state, `m${at}`, at % 2 === 0 ? 'ann' : 'bob', 'price_offer', { amount: at });
    }
    expect(state.turns).toHaveLength(TURNS_MAX);
    expect(encodeDialogue(state).length).toBeLessThan(30 + TURNS_MAX * (4 + TURN_WORDS_MAX));
  });
});

describe('codec', () => {
  const text = fc.string({ minLength: 1, maxLength: 12 });
  const amount = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const orNull = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
  const offer = fc.record({
    turn: text, speaker: text, amount, currency: orNull(text), accepted: fc.boolean(),
  });
  const state: fc.Arbitrary<DialogueState> = fc.record({
    language: orNull(fc.constantFrom('en' as const, 'es' as const, 'tr' as const)),
    offer: orNull(offer),
    offerBefore: orNull(offer),
    meeting: orNull(fc.record({
      turn: text, speaker: text, meetingId: text, locationName: orNull(text),
      geo: orNull(fc.record({ lat: amount, lon: amount })), date: orNull(fc.integer()),
      dateLocal: orNull(text), dateGrain: orNull(text),
      status: fc.constantFrom('open' as const, 'accepted' as const, 'rejected' as const),
    })),
    turns: fc.array(fc.record({
      id: text, speaker: text, types: fc.uniqueArray(fc.constantFrom('accept', 'greeting', 'x_y')),
      words: fc.array(fc.integer(), { maxLength: TURN_WORDS_MAX }),
    }), { maxLength: TURNS_MAX }),
  });

  it('gives back every state, through JSON as well', () => {
    fc.assert(fc.property(state, (one) => {
      const cells: unknown[] = JSON.parse(JSON.stringify(encodeDialogue(one))) as unknown[];
      expect(decodeDialogue(cells)).toEqual(JSON.parse(JSON.stringify(one)));
    }));
  });

  it('begins anew from a format it does not know, and survives any cells', () => {
    expect(decodeDialogue([99, 'en'])).toEqual(EMPTY_DIALOGUE);
    const cell = fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.integer());
    fc.assert(fc.property(fc.array(cell), (cells) => {
      expect(decodeDialogue([1, ...cells]).turns.length).toBeLessThanOrEqual(TURNS_MAX);
    }));
  });

  it('keeps the stored form of format 1', () => {
    expect(encodeDialogue(proposed)).toEqual([
      1, 'en', 'm1', 'ann', 80, 'EUR', 0, null,
      'm2', 'bob', 'x', 'Plaza', 40.4, -3.7, 1764000000000, '2025-11-24', 'day', 0,
      'm1', 'ann', 'price_offer', 2, 1, 2, 'm2', 'bob', 'meeting_proposal', 2, 1, 2,
    ]);
  });
});
