/**
 * Holds what was derived from negotiation dialogues against what the people pressed:
 *
 *     node load/negotiation-check.ts negotiation.jsonl derived.jsonl
 *
 * `derived.jsonl` is the output of `parley dev --input ... --json`. For each dialogue the last
 * `offer_accepted` is compared with the price of the form that was accepted (within 0.5).
 */
import { readFileSync } from 'node:fs';
import { readCommandLine } from './command-line.ts';

interface Dialogue {
  readonly id: string;
  readonly outcome: { readonly agreed: boolean; readonly price?: number; readonly price_in_text?: boolean };
}

interface Line {
  readonly channel: string;
  readonly record: {
    readonly type: string;
    readonly subject: string;
    readonly data: { readonly amount?: number | null };
  };
}

const { operands: [dialoguesFile = '', derivedFile = ''] } = readCommandLine(
  'node load/negotiation-check.ts',
  'Holds what was derived from negotiation dialogues against what the people pressed.',
  {},
  [
    { name: 'dialogues', about: 'JSON lines of dialogues' },
    { name: 'derived', about: 'output of `parley dev --input ... --json`' },
  ],
);
const dialogues = readLines<Dialogue>(dialoguesFile);
const accepted = new Map<string, number | null>();
for (const { channel, record } of readLines<Line>(derivedFile)) {
  if (channel !== 'derived' || record.type !== 'offer_accepted') continue;
  accepted.set(record.subject, record.data.amount ?? null);
}
const counts = { right: 0, otherPrice: 0, noneDerived: 0, falseAlarm: 0, rightlySilent: 0 };
for (const { id, outcome } of dialogues) {
  const amount = accepted.get(id);
  if (!outcome.agreed) counts[amount === undefined ? 'rightlySilent' : 'falseAlarm']++;
  else if (amount === undefined) counts.noneDerived++;
  else if (Math.abs((amount ?? -1) - (outcome.price ?? -2)) <= 0.5) counts.right++;
  else counts.otherPrice++;
}
const inText = dialogues.filter(({ outcome }) => outcome.agreed && outcome.price_in_text === true);
console.log(`${dialogues.length} dialogues, ${inText.length} agreed on a figure that stands in the text`);
console.log(JSON.stringify(counts));

function readLines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T);
}
