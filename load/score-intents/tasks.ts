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
import { TASK_FILES, type CalendarGold, type NegotiationGold, type Task } from './gold.ts';
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

/** Scores of one task of meaning; null where the folder holds no gold for it. */
export function scoreMeaning(folder: string, task: Task, modelFor: ModelFor): Scores | null {
  switch (task) {
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
