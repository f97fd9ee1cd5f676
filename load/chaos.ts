/**
 * Faults at random over a running system: `npm run chaos -- --minutes 10 --seed 1`. Two engine
 * processes, a real Kafka and a real Redis behind proxies; every few seconds a row of the failure
 * matrix. At the end what was derived is held against a naive oracle over the whole input.
 */
import { number, readCommandLine } from './command-line.ts';
import { FAULTS } from '../test/e2e/faults.ts';
import { sleep, World } from '../test/e2e/world.ts';

const { options } = readCommandLine(
  'npm run chaos --',
  'Faults at random, held against a naive oracle.',
  {
    minutes: number(10, 'how long'),
    seed: number(1, 'of the choice of faults'),
    rate: number(100, 'events a second', 1),
  },
);
const { minutes, rate } = options;
let state = options.seed;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 4_294_967_296;
};
const world = await World.start({ engines: 2, rate, random });
const names = Object.keys(FAULTS);
const counts = new Map<string, number>();
const end = performance.now() + minutes * 60_000;
const readyMs: number[] = [];
while (performance.now() < end) {
  const name = names[Math.floor(random() * names.length)] ?? '';
  const left = Math.max(0, Math.round((end - performance.now()) / 1_000));
  console.log(`${String(left).padStart(5)} s left: ${name}`);
  await FAULTS[name]?.(world, random);
  counts.set(name, (counts.get(name) ?? 0) + 1);
  const healed = performance.now();
  // Sometimes the next fault comes before the last one is mended.
  if (random() < 0.7) {
    await world.allReady(60_000);
    readyMs.push(performance.now() - healed);
  }
  await sleep(random() * 3_000);
}
await world.allReady(60_000);
const verdict = await world.finish(120_000);
await world.close();
for (const [name, count] of counts) console.log(`${String(count).padStart(5)} ${name}`);
readyMs.sort((a, b) => a - b);
console.log(
  `ready again after a fault: median ${Math.round(readyMs[Math.floor(readyMs.length / 2)] ?? 0)} ms, ` +
    `longest ${Math.round(readyMs.at(-1) ?? 0)} ms`,
);
const { expected, missing, doubled, unexpected, outOfOrder, metaProblems } = verdict;
for (const [what, list] of Object.entries({ missing, doubled, unexpected, outOfOrder, metaProblems })) {
  if (list.length > 0) console.log(`${what}: ${list.slice(0, 20).join(', ')}`);
}
console.log(
  `${world.sent} events; ${expected} expected: ${missing.length} missing, ${doubled.length} doubled, ` +
    `${unexpected.length} unexpected, ${outOfOrder.length} out of order`,
);
const failed =
  missing.length + doubled.length + unexpected.length + outOfOrder.length + metaProblems.length;
console.log(`${expected - missing.length} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
