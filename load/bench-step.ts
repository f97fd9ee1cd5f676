/**
 * Microseconds an event by stage of the pure steps, on one core: decode and forward (level 0), then
 * dedupe, matching, segments, emission and encoding of state (level 1 and 2), without a log or
 * store. 500-byte events of 600 types; `--interest` of them concern a definition.
 *
 *     node load/bench-step.ts
 */
import { readdirSync, readFileSync } from 'node:fs';
import { latin1, viewOf } from '../src/event/bytes.ts';
import { defaultConfiguration } from '../src/event/configuration.ts';
import { STANDARD_FUNCTIONS } from '../src/expression/functions.ts';
import { EMPTY_CATALOGUE } from '../src/expression/scope.ts';
import { understand } from '../src/intent/extract.ts';
import type { LogRecord } from '../src/ports/event-log.ts';
import type { DueTimer, StateChange } from '../src/ports/state-store.ts';
import type { KeyMemory, RoutedRecord, StateSlot, StepOutcome } from '../src/task/contract.ts';
import { compileDefinitions } from '../src/task/load-definitions.ts';
import type { DefinitionSource } from '../src/task/load-definitions.ts';
import { createPrograms } from '../src/task/programs.ts';
import { stateDue } from '../src/task/state-value.ts';
import { number, readCommandLine, text } from './command-line.ts';

const { options } = readCommandLine(
  'node load/bench-step.ts',
  'Microseconds an event of the pure steps.',
  {
    events: number(400_000, 'events of the run', 1),
    batch: number(1_000, 'events of a step', 1),
    users: number(20_000, 'users they come from', 1),
    interest: number(0.3, 'share of the events that concern a definition'),
    seed: number(1, 'of the events'),
    patterns: text('folder', 'pattern and segment files (default: patterns)'),
  },
);

const TYPES = 600;
const EVENT_BYTES = 500;
const START = Date.UTC(2026, 0, 5);
const configuration = defaultConfiguration();

/** Mulberry32 (T. Ettinger, public domain). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function readSources(folder: string): DefinitionSource[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name, index) => ({
      source: readFileSync(`${folder}/${name}`, 'utf8'),
      entry: {
        id: /^id: *(\S+)/m.exec(readFileSync(`${folder}/${name}`, 'utf8'))?.[1] ?? name,
        kind: name.endsWith('.segment.yaml') ? ('segment' as const) : ('pattern' as const),
        digest: index.toString(16).padStart(16, '0'),
        enabled: true,
        since: 0,
      },
    }));
}

interface Generator {
  batch(size: number): LogRecord[];
}

/** `wanted` types share the interesting part of the events evenly; the rest is other types. */
function generator(wanted: readonly string[], seed: number): Generator {
  const next = random(seed);
  const users = options.users;
  const interest = options.interest;
  const pad = 'x'.repeat(EVENT_BYTES);
  let offset = 0;
  const one = (): LogRecord => {
    const time = START + offset;
    const known = next() < interest;
    const type = known
      ? (wanted[Math.floor(next() * wanted.length)] as string)
      : `other_event_${Math.floor(next() * (TYPES - wanted.length))}`;
    // A few users and conversations are busy, most are not.
    const who = Math.floor(users * next() ** 2);
    const text = JSON.stringify({
      event_id: `0b1f6f8e-1c2d-4b6f-9d0e-${String(offset).padStart(12, '0')}`,
      type,
      time,
      conversation_id: `c${Math.floor(users * next() ** 2)}`,
      user_id: `u${who}`,
      recipient_id: `u${(who * 7) % users}`,
      listing_id: `l${Math.floor(next() * 100_000)}`,
      category: next() < 0.2 ? 'sofa' : 'bike',
      amount: Math.floor(next() * 200),
      currency: 'USD',
      lat: 42.33,
      lon: -83.05,
      platform: 'ios',
      language: 'en',
    });
    const value = Buffer.from(`${text.slice(0, -1)},"pad":"${pad.slice(text.length + 9)}"}`);
    return { offset: offset++, timestamp: time, key: null, value, headers: null };
  };
  return { batch: (size) => Array.from({ length: size }, one) };
}

class Memory implements KeyMemory {
  readonly keys = new Map<string, Map<string, StateSlot>>();
  private readonly timers = new Map<number, DueTimer[]>();
  private fired = Math.floor(START / 1000) - 1;

  slots(key: string): Map<string, StateSlot> {
    let slots = this.keys.get(key);
    if (slots === undefined) this.keys.set(key, (slots = new Map()));
    return slots;
  }

  changed(changes: readonly StateChange[]): void {
    for (const { key, owner, value } of changes) {
      const slot = this.keys.get(key)?.get(owner);
      if (slot !== undefined) slot.value = value && latin1(value);
      const due = value === null ? null : stateDue(value);
      if (due === null) continue;
      const second = Math.max(this.fired + 1, Math.ceil(due / 1000));
      const known = this.timers.get(second);
      if (known === undefined) this.timers.set(second, [{ due, key, owner }]);
      else known.push({ due, key, owner });
    }
  }

  /** Timers of whole seconds up to `time`; those that moved meanwhile included. */
  due(time: number): DueTimer[] {
    const due: DueTimer[] = [];
    for (; this.fired < Math.floor(time / 1000); this.fired++) {
      due.push(...(this.timers.get(this.fired + 1) ?? []));
      this.timers.delete(this.fired + 1);
    }
    return due;
  }
}

function asLog(records: readonly RoutedRecord[], role: string): LogRecord[] {
  return records.flatMap(({ role: own, key, value }) =>
    own === role
      ? [{ offset: 0, timestamp: 0, key: viewOf(key), value: viewOf(value ?? ''), headers: null }]
      : [],
  );
}

const sources = readSources(options.patterns ?? 'patterns');
const set = compileDefinitions(sources, {
  revision: 1,
  catalogue: EMPTY_CATALOGUE,
  functions: STANDARD_FUNCTIONS,
  chatTypes: configuration.events.chat,
  previous: null,
});
for (const { entry, problems } of set.refused) {
  console.log(`refused: ${entry.id}: ${problems.map(({ message }) => message).join(' ')}`);
}
const { definitions } = set;
const [zero, one, two] = createPrograms(configuration, { places: null, understand });
const derivedTypes = new Set(
  definitions.patterns.flatMap(({ definition }) =>
    [...definition.emit, ...definition.timeout].map(({ type }) => type),
  ),
);
const chat = new Set(configuration.events.chat);
const wanted = [...definitions.routes.keys()].filter((t) => !derivedTypes.has(t) && !chat.has(t));

/** CPU time of this thread: what other programs take from the core does not count. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const spent = new Map<string, number>();
function timed<T>(stage: string, work: () => T): T {
  const before = threadMs();
  const result = work();
  spent.set(stage, (spent.get(stage) ?? 0) + threadMs() - before);
  return result;
}

const events = options.events;
const size = options.batch;
const make = generator(wanted, options.seed);
const memories = { 1: new Memory(), 2: new Memory() };
const totals = { forwarded: 0, changes: 0, changeBytes: 0, derived: 0, onward: 0 };
let watermark = START;

function keyed(level: 1 | 2, records: LogRecord[], next: number): StepOutcome {
  const program = level === 1 ? one : two;
  const memory = memories[level];
  const at = { topic: `keyed.${level}`, partition: 0 };
  const batch = timed(`level ${level} prepare`, () => program.prepare(records, at, next, definitions));
  const timers = memory.due(next);
  const moment = { watermark: next, watermarkBefore: watermark, wall: next };
  const outcome = timed(`level ${level} step`, () =>
    program.step(memory, batch, timers, moment, definitions),
  );
  memory.changed(outcome.changes);
  totals.changes += outcome.changes.length;
  for (const { value } of outcome.changes) totals.changeBytes += value?.length ?? 0;
  totals.derived += outcome.records.filter(({ role }) => role === 'derived').length;
  return outcome;
}

function round(): void {
  const records = make.batch(size);
  const at = { topic: 'marketplace.events', partition: 0 };
  const wall = (records.at(-1)?.timestamp ?? 0) + 1;
  const batch = timed('level 0 prepare', () => zero.prepare(records, at, wall, definitions));
  const moment = { watermark, watermarkBefore: watermark, wall };
  const forwarded = timed('level 0 step', () =>
    zero.step(memories[1], batch, [], moment, definitions),
  ).records;
  const next = Math.max(watermark, (batch.greatestTime ?? 0) - configuration.time.allowedLateness);
  totals.forwarded += forwarded.length;
  const first = keyed(1, asLog(forwarded, 'keyed.1'), next);
  const second = [...asLog(forwarded, 'keyed.2'), ...asLog(first.records, 'keyed.2')];
  totals.onward += second.length;
  keyed(2, second, next);
  watermark = next;
}

for (let done = 0; done < events / 4; done += size) round();
spent.clear();
for (const name of Object.keys(totals)) totals[name as keyof typeof totals] = 0;
for (let done = 0; done < events; done += size) round();

const micros = (ms: number) => ((ms * 1000) / events).toFixed(2);
let sum = 0;
for (const [stage, ms] of spent) {
  console.log(`${stage.padEnd(18)} ${micros(ms)} us/event`);
  sum += ms;
}
console.log(`${'all stages'.padEnd(18)} ${micros(sum)} us/event = ${Math.round((events / sum) * 1000)} events/s`);
const per = (count: number) => (count / events).toFixed(3);
console.log(
  `per event: ${per(totals.forwarded)} forwarded, ${per(totals.onward)} on level 2, ` +
    `${per(totals.changes)} state changes of ${Math.round(totals.changeBytes / totals.changes)} bytes, ` +
    `${per(totals.derived)} derived; ${definitions.patterns.length} patterns, ` +
    `${definitions.segments.length} segments, ${memories[1].keys.size + memories[2].keys.size} keys`,
);
