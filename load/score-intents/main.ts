/**
 * Scores the extractor on a folder of gold files: `npm run score:intents -- <folder>`.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import weightFile from '../../src/intent/data/act-weights.json' with { type: 'json' };
import { readModel } from '../../src/intent/model.ts';
import { flag, number, readCommandLine } from '../command-line.ts';
import { TASKS, type Task } from './gold.ts';
import type { Scores } from './figures.ts';
import { foldedModels, scorePeer, scoreTask, type ModelFor } from './tasks.ts';
import { rowsOf } from './rows.ts';

const DATA = fileURLToPath(new URL('../../src/intent/data', import.meta.url));

interface Column {
  readonly name: string;
  readonly scores: ReadonlyMap<Task, Scores>;
}

function column(name: string, score: (task: Task) => Scores | null): Column {
  const scores = new Map<Task, Scores>();
  for (const task of TASKS) {
    const one = score(task);
    if (one !== null) scores.set(task, one);
  }
  return { name, scores };
}

function print(columns: readonly Column[]): void {
  const width = Math.max(...columns.map(({ name }) => name.length), 7) + 2;
  for (const task of TASKS) {
    const ours = columns[0]?.scores.get(task);
    if (ours === undefined) continue;
    process.stdout.write(`\n${`${task} (${ours.n})`.padEnd(38)}${columns
      .map(({ name }) => name.padStart(width)).join('')}\n`);
    const tables = columns.map(({ scores }) => {
      const of = scores.get(task);
      return of === undefined ? new Map<string, number | null>() : rowsOf(of);
    });
    for (const row of tables[0]?.keys() ?? []) {
      const cells = tables.map((table) => figure(table.get(row)).padStart(width));
      process.stdout.write(`  ${row.padEnd(36)}${cells.join('')}\n`);
    }
  }
}

function figure(value: number | null | undefined): string {
  return typeof value === 'number' ? value.toFixed(3).replace(/^0/, '') : '-';
}

const { options, operands: [folder = ''] } = readCommandLine(
  'npm run score:intents --',
  'Scores the extractor on a folder of gold files.',
  {
    json: flag('one object of task to score, nothing else'),
    folds: number(null, 'also models that have not seen the dialogue they are asked about', 2),
    peers: flag('without chrono-node and Recognizers-Text', true),
  },
  [{ name: 'folder', about: 'with files such as datetime.jsonl', fallback: DATA }],
);

if (!existsSync(folder)) {
  process.stderr.write(`${folder}: no such folder. Give a folder with files such as datetime.jsonl.\n`);
  process.exitCode = 2;
} else {
  const model = readModel(weightFile);
  const shipped: ModelFor = () => model;
  const ours = column('ours', (task) => scoreTask(folder, task, shipped));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(Object.fromEntries(ours.scores), null, 1)}\n`);
  } else {
    const columns = [ours];
    if (options.folds !== null) {
      const models = foldedModels(DATA, options.folds);
      columns.push(column('out of fold', (task) => scoreTask(folder, task, models)));
    }
    if (options.peers) {
      columns.push(column('chrono', (task) => scorePeer(folder, task, 'chrono')));
      columns.push(column('Recognizers', (task) => scorePeer(folder, task, 'recognizers')));
    }
    print(columns);
  }
}
