/**
 * Splits the value files of a folder of gold files, so that what was looked at while the tables were
 * written and what was not can be scored side by side:
 *
 *     node load/score-values-split.ts <folder> <out>
 *     npm run score:intents -- <out>/seen --no-peers
 *     npm run score:intents -- <out>/later --no-peers
 *     npm run score:intents -- <out>/unseen --no-peers
 *
 * By CRC-32 of the dialogue (or the id): even is `seen`, the half all rules come from; of the odd
 * ones those with bit 1 clear are `later`, looked at once to find gaps; the rest is `unseen`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { readCommandLine } from './command-line.ts';

const FILES = [
  'datetime', 'currency', 'meeting_smcalflow', 'meeting_sgd', 'spans_xsid',
] as const;

type Part = 'seen' | 'later' | 'unseen';

function partOf(line: string): Part {
  const { id, dialogue } = JSON.parse(line) as { id: string; dialogue?: string };
  const sum = crc32(dialogue ?? id);
  if (sum % 2 === 0) return 'seen';
  return (sum & 2) === 0 ? 'later' : 'unseen';
}

const { operands: [folder = '', out = ''] } = readCommandLine(
  'node load/score-values-split.ts',
  'Splits the value files of a folder by who has looked at them.',
  {},
  [
    { name: 'folder', about: 'with files such as datetime.jsonl' },
    { name: 'out', about: 'folder for the parts' },
  ],
);
for (const file of FILES) {
  const lines = readFileSync(join(folder, `${file}.jsonl`), 'utf8').split('\n').filter(Boolean);
  const parts = Object.groupBy(lines, partOf);
  for (const part of ['seen', 'later', 'unseen'] as const) {
    mkdirSync(join(out, part), { recursive: true });
    writeFileSync(join(out, part, `${file}.jsonl`), (parts[part] ?? []).join('\n'));
  }
}
