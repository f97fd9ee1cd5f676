import { readFileSync } from 'node:fs';
import type { Event } from '../src/event/event.ts';
import type { Frame } from '../src/expression/expression.ts';
import { loadFiles } from '../src/pattern/load-files.ts';
import { buildTypeIndex } from '../src/pattern/type-index.ts';
import { SCOPE, compiled } from '../test/expression/support.ts';
import { OPEN, pattern } from '../test/pattern/support.ts';
import { readCommandLine } from './command-line.ts';

/**
 * How fast the language is, in figures for people: `npm run bench:files`. One core; the
 * times are CPU time of this process, so that a busy machine does not show.
 */

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function event(data: Event['data'], type = 'price_offer'): Event {
  return { id: 'e', type, time: 0, family: 'chat', data };
}

function clauses(): void {
  const offers = Array.from({ length: 64 }, (_, i) => {
    return event({ amount: i, category: i % 3 ? 'sofa' : 'table', urgent: i % 2 === 0 });
  });
  const captures = [offers[5]!, [offers[6]!, offers[7]!]];
  for (const source of [
    'event.category == "sofa"',
    'event.amount > 30',
    'event.amount > opening.amount',
    'event.category == "sofa" && event.amount > 30 && event.urgent == true',
    'event.category == "sofa" && event.amount >= 0.8 * opening.amount && event.category in ["sofa", "x"]',
    'event.amount > (size(raises) == 0 ? opening.amount : last(raises).amount)',
    'event.category.contains("sof")',
    'raises.exists(r, r.amount == event.amount)',
  ]) {
    const expression = compiled(source, SCOPE);
    const frame: Frame = { event: null, captures, now: 0 };
    const run = (count: number): void => {
      for (let i = 0; i < count; i++) {
        frame.event = offers[i & 63]!;
        expression.test(frame);
      }
    };
    run(500_000);
    const count = 5_000_000;
    const rate = count / cpuMs(() => run(count)) / 1_000;
    console.log(`${rate.toFixed(1).padStart(8)} M/s  ${source}`);
  }
}

const SHIPPED = ['meeting-unanswered', 'haggling', 'keen-buyer', 'offer-accepted', 'asked-around'];

function loading(withTests: boolean): void {
  const texts = SHIPPED.map((name) => {
    const text = readFileSync(new URL(`../../patterns/${name}.yaml`, import.meta.url), 'utf8');
    return withTests ? text : text.replace(/^tests:[\s\S]*$/m, '');
  });
  const files = Array.from({ length: 1_000 }, (_, i) => {
    const source = texts[i % texts.length]!.replace(/^id: (.*)$/m, `id: $1-${i}`);
    return { file: `${i}.yaml`, source };
  });
  const size = files.reduce((sum, { source }) => sum + source.length, 0) / files.length;
  for (const what of ['first', 'again']) {
    const catalogue = { types: new Map(), common: new Map() };
    const begin = performance.now();
    const ms = cpuMs(() => void loadFiles(files, { catalogue, functions: OPEN.functions }));
    const wall = performance.now() - begin;
    console.log(
      `${ms.toFixed(0).padStart(8)} ms   1,000 files of ${size.toFixed(0)} characters, ${what} ` +
        `(${wall.toFixed(0)} ms by the clock)`,
    );
  }
}

function index(): void {
  for (const count of [1, 10, 100, 1_000]) {
    const definitions = Array.from({ length: count }, (_, i) => {
      const step = `{on: price_offer, where: event.category == "c${i}"}`;
      return pattern(`id: p${i}\nkey: k\nwithin: 1h\nsteps: [${step}]\nemit: x\n`);
    });
    const types = buildTypeIndex(definitions, (definition) => definition);
    const events = Array.from({ length: 256 }, (_, i) =>
      event({ category: `c${(i * 7) % count}` }),
    );
    let found = 0;
    const run = (times: number): void => {
      for (let i = 0; i < times; i++) found += types.concerned(events[i & 255]!).length;
    };
    run(200_000);
    const times = 5_000_000;
    const ns = (cpuMs(() => run(times)) * 1_000_000) / times;
    const each = (found / 5_200_000).toFixed(2);
    console.log(
      `${ns.toFixed(0).padStart(8)} ns   an event among ${count} patterns, ${each} concerned`,
    );
  }
}

readCommandLine('npm run bench:files --', 'How fast files load, clauses run and events find patterns.', {});
loading(false);
loading(true);
clauses();
index();
