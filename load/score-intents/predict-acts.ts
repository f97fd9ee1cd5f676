/** Answers of our extractor to the tasks about what a message means. */
import {
  EMPTY_DIALOGUE, type ChatMessage, type DialogueState, type Intent,
} from '../../src/intent/contract.ts';
import { collectFeatures, Features } from '../../src/intent/acts-features.ts';
import { readMessage, understandBy } from '../../src/intent/extract.ts';
import { HEADS, type Head } from '../../src/intent/heads.ts';
import { chanceOf, scoreHeads, type Model } from '../../src/intent/model.ts';
import {
  chatMessage, message, type ActsDialogue, type ChatDialogue, type QuestionCase,
} from '../train-intents-examples.ts';
import { predictSmcalflow } from './values.ts';
import type { ChatPrediction } from './score-acts.ts';
import type {
  ActsPrediction, CalendarGold, CalendarPrediction, DealPrediction, LabelPrediction, NegotiationGold,
} from './gold.ts';

const FEATURES = new Features();
const ODDS = new Float64Array(HEADS.length);

/** Probability of one head for one message. */
function chance(model: Model, state: DialogueState, from: ChatMessage, head: Head): number {
  collectFeatures(readMessage(state, from, {}), FEATURES);
  scoreHeads(model, FEATURES, ODDS);
  return chanceOf(ODDS[HEADS.indexOf(head)]!);
}

/** The price standing when the first offer form is sent. */
export function predictDeal(one: NegotiationGold, model: Model): DealPrediction {
  const understand = understandBy(model);
  let state = EMPTY_DIALOGUE;
  const listing = { id: one.id, price: one.listing_price, currency: one.currency };
  for (const [index, turn] of one.turns.entries()) {
    if (turn.act !== 'message') break;
    const from = message(one.id, index, turn.speaker, turn.text ?? '', {
      role: turn.speaker, country: 'US', listing,
    });
    state = understand(state, from, {}).state;
  }
  return { id: one.id, price: state.offer?.amount ?? one.listing_price };
}

const ASKING = /_question$/;

export function predictActs(one: ActsDialogue, model: Model): ActsPrediction {
  const understand = understandBy(model);
  const turns: Record<number, { act: string; amount?: number }[]> = {};
  let state = EMPTY_DIALOGUE;
  one.turns.forEach((turn, index) => {
    const from = message(one.id, index, turn.speaker, turn.text, { country: 'US' });
    const asks = chance(model, state, from, 'question') >= 0.5;
    const understood = understand(state, from, {});
    const acts: { act: string; amount?: number }[] = [];
    for (const { type, properties } of understood.intents) {
      if (type === 'price_offer') acts.push({ act: type, amount: Number(properties['amount']) });
      else if (type === 'accept' || type === 'reject') acts.push({ act: type });
    }
    if (asks) acts.push({ act: 'question' });
    turns[index] = acts;
    state = understood.state;
  });
  return { id: one.id, turns };
}

export function predictQuestions(one: QuestionCase, model: Model): LabelPrediction {
  const understand = understandBy(model);
  let state = EMPTY_DIALOGUE;
  if (one.prev !== null) {
    state = understand(state, message(one.id, 0, 'seller', one.prev, { role: 'seller' }), {}).state;
  }
  const from = message(one.id, 1, 'buyer', one.text, { role: 'buyer', country: 'US' });
  const { intents } = understand(state, from, {});
  return { id: one.id, labels: intents.map((intent) => intent.type).filter((type) => ASKING.test(type)) };
}

export function predictCalendar(one: CalendarGold, model: Model): CalendarPrediction {
  const from = message(one.dialogue, 0, 'user', one.text, {
    country: 'US', zone: 'UTC', at: Date.parse(`${one.ref}Z`),
  });
  const { locations, datetime = null } = predictSmcalflow(one);
  return {
    id: one.id, locations, datetime,
    proposes_event: chance(model, EMPTY_DIALOGUE, from, 'event_request') >= 0.5,
  };
}

export function predictChat(one: ChatDialogue, model: Model): ChatPrediction[] {
  const understand = understandBy(model);
  let state = EMPTY_DIALOGUE;
  return one.turns.map((_, index) => {
    const understood = understand(state, chatMessage(one, index), {});
    state = understood.state;
    const { intents } = understood;
    const meeting = intents.find((intent) => /^meeting_(?:proposal|change)$/.test(intent.type));
    return {
      id: `${one.id}/${index}`,
      types: intents.map((intent) => intent.type),
      amount: numberOf(intents.find((intent) => intent.type === 'price_offer')),
      location: textOf(meeting, 'location_name'),
      when: textOf(meeting, 'date_local'),
    };
  });
}

function numberOf(intent: Intent | undefined): number | null {
  const amount = intent?.properties['amount'];
  return typeof amount === 'number' ? amount : null;
}

function textOf(intent: Intent | undefined, name: string): string | null {
  const value = intent?.properties[name];
  return typeof value === 'string' ? value : null;
}

