/**
 * Trains the model of `src/intent` and writes its weights: `npm run train:intents`.
 * Trained on every labelled file of `src/intent/data` but the held-out chat. For figures on
 * dialogues it has not seen, see `npm run score:intents -- <folder> --folds 5`.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from './command-line.ts';
import { allExamples } from './train-intents-examples.ts';
import { fit, FIT } from './train-intents-fit.ts';

const DATA = fileURLToPath(new URL('../src/intent/data', import.meta.url));
const FILES = [
  'evaluation/acts.jsonl', 'evaluation/questions.jsonl', 'evaluation/meeting_smcalflow.jsonl',
  'chat/chat-en-tune.jsonl', 'chat/chat-es-tune.jsonl', 'chat/chat-tr-tune.jsonl',
  'chat/phrases.jsonl', 'chat/answers.jsonl',
];

readCommandLine('npm run train:intents --', 'Trains the model of src/intent and writes its weights.', {});
const examples = allExamples(DATA);
const provenance = {
  by: 'npm run train:intents (load/train-intents.ts)',
  examples: examples.length,
  options: FIT,
  from: FILES.map((file) => ({
    file,
    sha256: createHash('sha256').update(readFileSync(`${DATA}/${file}`)).digest('hex').slice(0, 16),
  })),
};
const file = fit(examples, provenance);
writeFileSync(`${DATA}/act-weights.json`, `${JSON.stringify(file, null, 1)}\n`);
process.stdout.write(`${examples.length} examples, ${file.weights.length} characters of weights\n`);
