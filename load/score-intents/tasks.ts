/** From a folder of gold files to scores, with the shipped model or out of fold. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  allExamples, readLines, type ActsDialogue, type ChatDialogue, type Labelled,
  type QuestionCase,
} from '../train-intents-examples.ts';
import { fit } from '../train-intents-fit.ts';
import { readModel, type Model } from '../../src/intent/model.ts';
import type { Scores } from './figures.ts';
import {
  TASK_FILES, type CalendarGold, type CalendarPrediction, type CurrencyCase, type DatetimeCase,
  type NegotiationGold, type SgdCase, type SpanPrediction, type Task, type TextCase, type ValueTask,
  type XsidCase,
} from './gold.ts';
import { predictByPeer, startByPeer, type PeerName } from './peers.ts';
import { scoreCurrency, scoreDatetime, scoreSgd, scoreXsid } from './score-values.ts';
import { predictCurrency, predictDatetime, predictSgd, predictXsid } from './values.ts';
import {
  predictActs, predictCalendar, predictChat, predictDeal, predictQuestions,
} from './predict-acts.ts';
import {
  scoreActs, scoreCalendar, scoreChat, scoreDeal, scoreQuestions,
} from './score-acts.ts';

/** The model to answer a case with, by the id of its dialogue. */
export type ModelFor = (dialogue: string) => Model;

/** Every gold line of a task under a folder, sub-folders included. */
export function goldOf<T>(folder: string, task: Task): T[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
    .filter((name) => TASK_FILES[task].test(name.split('/').at(-1) ?? ''))
    .flatMap((name) => readLines<T>(join(folder, name)));
}

function byId<P extends { readonly id: string }>(predictions: readonly P[]): ReadonlyMap<string, P> {
  return new Map(predictions.map((one) => [one.id, one]));
}

/** Scores of one task; null where the folder holds no gold for it. */
export function scoreTask(folder: string, task: Task, modelFor: ModelFor): Scores | null {
  switch (task) {
    case 'datetime': return scoreFiles<DatetimeCase, SpanPrediction>(
      folder, task, (one) => [predictDatetime(one)], scoreDatetime);
    case 'currency': return scoreFiles<CurrencyCase, SpanPrediction>(
      folder, task, (one) => [predictCurrency(one)], scoreCurrency);
    case 'sgd': return scoreFiles<SgdCase, SpanPrediction>(
      folder, task, (one) => [predictSgd(one)], scoreSgd);
    case 'xsid': return scoreFiles<XsidCase, SpanPrediction>(
      folder, task, (one) => [predictXsid(one)], scoreXsid);
    case 'deal': return scoreFiles<NegotiationGold, ReturnType<typeof predictDeal>>(
      folder, task, (one) => [predictDeal(one, modelFor(one.id))], scoreDeal);
    case 'acts': return scoreFiles<ActsDialogue, ReturnType<typeof predictActs>>(
      folder, task, (one) => [predictActs(one, modelFor(one.id))], scoreActs);
    case 'questions': return scoreFiles<QuestionCase, ReturnType<typeof predictQuestions>>(
      folder, task, (one) => [predictQuestions(one, modelFor(one.id))], scoreQuestions);
    case 'smcalflow': return scoreFiles<CalendarGold, ReturnType<typeof predictCalendar>>(
      folder, task, (one) => [predictCalendar(one, modelFor(one.dialogue))], scoreCalendar);
    case 'chat': return scoreFiles<ChatDialogue, ReturnType<typeof predictChat>[number]>(
      folder, task, (one) => predictChat(one, modelFor(one.id)), scoreChat);
  }
}

/** Scores of a peer; null where it does not do the task. */
export function scorePeer(folder: string, task: Task, peer: PeerName): Scores | null {
  const spans = (of: ValueTask) => (one: TextCase): readonly SpanPrediction[] => {
    const prediction = predictByPeer(peer, of, one);
    return prediction === null ? [] : [prediction];
  };
  switch (task) {
    case 'datetime': return scoreFiles<DatetimeCase, SpanPrediction>(
      folder, task, spans(task), scoreDatetime);
    case 'currency': return peer === 'chrono' ? null : scoreFiles<CurrencyCase, SpanPrediction>(
      folder, task, spans(task), scoreCurrency);
    case 'sgd': return scoreFiles<SgdCase, SpanPrediction>(folder, task, spans(task), scoreSgd);
    case 'xsid': return scoreFiles<XsidCase, SpanPrediction>(folder, task, spans(task), scoreXsid);
    case 'smcalflow': return scoreFiles<CalendarGold, CalendarPrediction>(folder, task, (one) => [{
      id: one.id, proposes_event: false, locations: [], datetime: startByPeer(peer, one),
    }], scoreCalendar);
    default: return null;
  }
}

function scoreFiles<G, P extends { readonly id: string }>(
  folder: string, task: Task, predict: (one: G) => readonly P[],
  score: (gold: readonly G[], predictions: ReadonlyMap<string, P>) => Scores,
): Scores | null {
  const gold = goldOf<G>(folder, task);
  return gold.length === 0 ? null : score(gold, byId(gold.flatMap(predict)));
}

/** The fold of a dialogue: by its name, so that it never moves. */
function foldOf(dialogue: string, folds: number): number {
  let hash = 7;
  for (let at = 0; at < dialogue.length; at++) hash = Math.imul(hash, 31) + dialogue.charCodeAt(at) | 0;
  return (hash >>> 3) % folds;
}

/** Models that have not seen the dialogue they are asked about: one a fold. */
export function foldedModels(data: string, folds: number): ModelFor {
  const examples: readonly Labelled[] = allExamples(data);
  const models: Model[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const seen = examples.filter((one) => foldOf(one.dialogue, folds) !== fold);
    models.push(readModel(fit(seen, null)));
  }
  return (dialogue) => models[foldOf(dialogue, folds)] ?? models[0]!;
}
