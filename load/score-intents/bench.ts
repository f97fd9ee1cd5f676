/**
 * Speed of the whole extractor on real chat: `npm run bench:intents`. Dialogues of buyers and
 * sellers are read turn by turn with their state. Rates are by processor time, so that other work
 * on the machine does not count; p50 and p99 are by the wall. chrono-node's English dates alone stand
 * beside them.
 */
import * as chrono from 'chrono-node';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { EMPTY_DIALOGUE, type ChatMessage } from '../../src/intent/contract.ts';
import { understand } from '../../src/intent/extract.ts';
import { readCommandLine } from '../command-line.ts';
import { chatMessage, message, readLines, type ChatDialogue } from '../train-intents-examples.ts';
import type { NegotiationGold } from './gold.ts';

const DATA = fileURLToPath(new URL('../../src/intent/data', import.meta.url));
const ROUNDS = 9;
/** Until the compiler has settled; a service runs for days. */
const WARMUPS = 16;

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

/** Reads every dialogue once, turn by turn. */
function readAll(dialogues: readonly ChatMessage[][]): void {
  for (const turns of dialogues) {
    let state = EMPTY_DIALOGUE;
    for (const turn of turns) state = understand(state, turn, {}).state;
  }
}

/** Messages per second of processor time, once over `texts` messages. */
function rateOf(texts: number, work: () => void): number {
  const begun = cpuMs();
  work();
  return texts / (cpuMs() - begun) * 1000;
}

/** Times of single messages by the wall, ms, in order of size; each text has as many as it was read. */
function timesOf(dialogues: readonly ChatMessage[][], repeats: number): readonly number[] {
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const turns of dialogues) {
      let state = EMPTY_DIALOGUE;
      for (const turn of turns) {
        const begun = performance.now();
        state = understand(state, turn, {}).state;
        times.push(performance.now() - begun);
      }
    }
  }
  return times.sort((a, b) => a - b);
}

const figure = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Prints one line; chrono-node reads the same texts in turn with us, both warmed up. */
function run(name: string, dialogues: readonly ChatMessage[][]): void {
  const texts = dialogues.flat().map((turn) => turn.text ?? '');
  const repeats = Math.max(1, Math.round(8000 / texts.length));
  const read = (): void => {
    for (let repeat = 0; repeat < repeats; repeat++) readAll(dialogues);
  };
  const parse = (): void => {
    for (let repeat = 0; repeat < repeats; repeat++) for (const text of texts) chrono.en.parse(text);
  };
  for (let round = 0; round < WARMUPS; round++) read();
  for (let round = 0; round < WARMUPS / 4; round++) parse();
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(rateOf(texts.length * repeats, read));
    peer.push(rateOf(texts.length * repeats, parse));
  }
  // Of 156 texts alone the p99 would be the second slowest, which is whatever interrupted it.
  const times = timesOf(dialogues, repeats);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(4);
  process.stdout.write(`${name}  ${figure(median(ours)).padStart(8)} messages/s (${
    figure(Math.min(...ours))} to ${figure(Math.max(...ours))})  p50 ${at(0.5)} ms  p99 ${
    at(0.99)} ms  ${texts.length} messages; chrono-node ${figure(median(peer))}, ours is ${
    (median(ours) / median(peer)).toFixed(2)} times that\n`);
}

readCommandLine('npm run bench:intents --', 'Messages a second of the extractor on real chat.', {});
process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n`);
run('en', negotiations());
run('es', chats('chat-es-tune'));
run('tr', chats('chat-tr-tune'));
