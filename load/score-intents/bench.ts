/**
 * Speed of the whole extractor on real chat: `npm run bench:intents`. Dialogues of buyers and
 * sellers are read turn by turn with their state. Rates are by processor time, so that other work
 * on the machine does not count; p50 and p99 are by the wall. chrono-node's dates alone stand
 * beside them.
 */
import * as chrono from 'chrono-node';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { EMPTY_DIALOGUE, type ChatMessage } from '../../src/intent/contract.ts';
import { understand } from '../../src/intent/extract.ts';
import { chatMessage, message, readLines, type ChatDialogue } from '../train-intents-examples.ts';
import type { NegotiationGold } from './gold.ts';

const DATA = fileURLToPath(new URL('../../src/intent/data', import.meta.url));
const ROUNDS = 7;

function negotiations(): ChatMessage[][] {
  return readLines<NegotiationGold>(`${DATA}/evaluation/negotiation.jsonl`).map((one) =>
    one.turns.filter((turn) => turn.act === 'message').map((turn, index) =>
      message(one.id, index, turn.speaker, turn.text ?? '', {
        role: turn.speaker, country: 'US',
        listing: { id: one.id, price: one.listing_price, currency: 'USD' },
      })));
}

function chats(name: string): ChatMessage[][] {
  return readLines<ChatDialogue>(`${DATA}/chat/${name}.jsonl`)
    .map((one) => one.turns.map((_, index) => chatMessage(one, index)));
}

/** Processor time of this process, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function run(name: string, dialogues: readonly ChatMessage[][]): number {
  const count = dialogues.reduce((sum, turns) => sum + turns.length, 0);
  const repeats = Math.max(1, Math.round(8000 / count));
  const rates: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = cpuMs();
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const turns of dialogues) {
        let state = EMPTY_DIALOGUE;
        for (const turn of turns) state = understand(state, turn, {}).state;
      }
    }
    rates.push(count * repeats / (cpuMs() - begun) * 1000);
  }
  for (const turns of dialogues) {
    let state = EMPTY_DIALOGUE;
    for (const turn of turns) {
      const begun = performance.now();
      state = understand(state, turn, {}).state;
      times.push(performance.now() - begun);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(4);
  const rate = median(rates);
  process.stdout.write(`${name.padEnd(14)} ${Math.round(rate).toLocaleString('en-US').padStart(9)} messages/s`
    + `  p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  (${count} messages, spread ${
      Math.round(Math.min(...rates)).toLocaleString('en-US')} to ${
      Math.round(Math.max(...rates)).toLocaleString('en-US')})\n`);
  return rate;
}

const texts = negotiations().flat();
process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n`);
const ours = run('en', negotiations());
run('es', chats('chat-es-tune'));
run('tr', chats('chat-tr-tune'));
const begun = cpuMs();
for (const { text } of texts) chrono.en.parse(text ?? '');
const peer = texts.length / (cpuMs() - begun) * 1000;
process.stdout.write(`chrono-node    ${Math.round(peer).toLocaleString('en-US').padStart(9)} messages/s`
  + `  dates alone; ours is ${(ours / peer).toFixed(2)} times that\n`);
