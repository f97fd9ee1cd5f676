/** Scores of the tasks about what a message means: deals, acts, questions, events, chat. */
import {
  actHeads, chatTypes, labelledHeads, type ActsDialogue, type ChatDialogue,
} from '../train-intents-examples.ts';
import type {
  ActsPrediction, CalendarGold, CalendarPrediction, DealPrediction, LabelPrediction, NegotiationGold,
} from './gold.ts';
import type { QuestionCase } from '../train-intents-examples.ts';
import { Tally, type Scores } from './figures.ts';

type Predictions<P> = ReadonlyMap<string, P>;

export function scoreDeal(
  gold: readonly NegotiationGold[], predictions: Predictions<DealPrediction>,
): Scores {
  const tally = new Tally();
  for (const { id, outcome, category } of gold) {
    if (!outcome.agreed || outcome.price === null) continue;
    const price = predictions.get(id)?.price ?? null;
    const isRight = price !== null && Math.abs(price - outcome.price) < 0.5;
    tally.check('all_agreed', isRight);
    if (outcome.price_in_text !== true) continue;
    tally.check('price_in_text', isRight);
    tally.check(`price_in_text/${category}`, isRight);
  }
  return tally.scores('deal', gold.length);
}

export function scoreActs(
  gold: readonly ActsDialogue[], predictions: Predictions<ActsPrediction>,
): Scores {
  const tally = new Tally();
  for (const { id, turns } of gold) {
    turns.forEach((turn, index) => {
      if (!turn.human_text) return;
      const wanted = actHeads(turn.acts);
      const given = predictions.get(id)?.turns[index] ?? [];
      for (const act of ['price_offer', 'accept', 'reject', 'question']) {
        const isPred = given.some((one) => one.act === act);
        tally.label(act, 'act', wanted.has(act), isPred);
        if (act !== 'question') tally.label('micro', 'act', wanted.has(act), isPred);
      }
      const amounts = turn.acts.filter((one) => one.act === 'Offer' && one.attribute === 'Salary')
        .map((one) => one.amount ?? 0).filter((amount) => amount > 0);
      if (amounts.length === 0) return;
      tally.check('offer_amount_exact', given.some((one) => one.act === 'price_offer'
        && amounts.some((amount) => Math.abs(amount - (one.amount ?? NaN)) < 0.5)));
    });
  }
  return tally.scores('acts', gold.length);
}

/** Case, articles and punctuation do not count in the name of a place. */
function plainPlace(text: string): string {
  return text.toLowerCase().replace(/^(the|my|our) /, '').replace(/[^\p{L}\p{N} ]/gu, '').trim();
}

export function scoreCalendar(
  gold: readonly CalendarGold[], predictions: Predictions<CalendarPrediction>,
): Scores {
  const tally = new Tally();
  for (const one of gold) {
    const pred = predictions.get(one.id);
    tally.label('proposes_event', 'act', one.proposes_event, pred?.proposes_event ?? false);
    if (one.proposes_event) {
      const given = (pred?.locations ?? []).map(plainPlace);
      const wanted = one.locations.map((place) => plainPlace(place.text));
      const right = wanted.filter((place) => given.includes(place)).length;
      tally.add('events', 'location', right, wanted.length, given.length);
    }
    if (one.datetime_value !== null) {
      tally.check('datetime_exact', pred?.datetime === one.datetime_value.slice(0, 16));
    }
  }
  return tally.scores('smcalflow', gold.length);
}

const ASKED = ['availability_question', 'negotiability_question', 'condition_question'];

export function scoreQuestions(
  gold: readonly QuestionCase[], predictions: Predictions<LabelPrediction>,
): Scores {
  const tally = new Tally();
  for (const { id, labels } of gold) {
    const given = predictions.get(id)?.labels ?? [];
    for (const label of ASKED) {
      for (const group of [label, 'micro']) {
        tally.label(group, 'act', labels.includes(label), given.includes(label));
      }
    }
  }
  return tally.scores('questions', gold.length);
}

/**
 * Intents of our own labelled chat; a prediction is under `<dialogue>/<turn>`, `amount` of its
 * price.
 */
export interface ChatPrediction {
  readonly id: string;
  readonly types: readonly string[];
  readonly amount: number | null;
  readonly location: string | null;
  readonly when: string | null;
}

export function scoreChat(
  gold: readonly ChatDialogue[], predictions: Predictions<ChatPrediction>,
): Scores {
  const tally = new Tally();
  for (const dialogue of gold) {
    const part = `${dialogue.lang}/${dialogue.id.includes('-held-') ? 'held' : 'tune'}`;
    dialogue.turns.forEach((turn, index) => {
      const wanted = chatTypes(turn.labels);
      const pred = predictions.get(`${dialogue.id}/${index}`);
      const given = new Set(pred?.types ?? []);
      for (const type of labelledHeads(dialogue.lang)) {
        for (const group of [`${type}/${part}`, `micro/${part}`]) {
          tally.label(group, 'act', wanted.has(type), given.has(type));
        }
      }
      // A proposal and a change of one are one act to a reader who does not see the card.
      const puts = (set: ReadonlySet<string>): boolean =>
        set.has('meeting_proposal') || set.has('meeting_change');
      tally.label(`meeting_put/${part}`, 'act', puts(wanted), puts(given));
      for (const label of turn.labels) {
        if (label.amount !== undefined) {
          tally.check(`amount/${part}`, pred?.amount === label.amount);
        }
        if (label.location !== undefined) {
          tally.check(`location/${part}`,
            pred?.location?.toLowerCase() === label.location.toLowerCase());
        }
        if (label.when !== undefined) tally.check(`when/${part}`, pred?.when === label.when);
      }
    });
  }
  return tally.scores('chat', gold.length);
}
