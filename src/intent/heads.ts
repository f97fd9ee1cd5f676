import { INTENT_TYPES, type IntentType } from './contract.ts';

/**
 * What the model tells apart: the intents (a counter-offer is a price offer to it, the dialogue
 * knows the difference), a question of any kind, and a request to put something in a calendar.
 */
export type Head = Exclude<IntentType, 'counter_offer'> | 'question' | 'event_request';

export const HEADS: readonly Head[] = [
  ...INTENT_TYPES.filter((type): type is Exclude<IntentType, 'counter_offer'> =>
    type !== 'counter_offer'),
  'question', 'event_request',
];

/** Place of a head in `HEADS`. */
export const HEAD = Object.fromEntries(HEADS.map((head, at) => [head, at])) as
  Readonly<Record<Head, number>>;
