import { describe, expect, test } from 'vitest';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { MemoryStoreServer } from '../../src/adapters/memory/store-server.ts';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { steadyClock } from '../../src/engine/steady-clock.ts';
import {
  afterEvents,
  atPosition,
  leastAbove,
  watermarkAt,
  withCandidate,
} from '../../src/engine/watermark.ts';
import { runHistory } from '../simulation/history.ts';
import { type Plan, planFromSeed, type PlannedFault, WALL_START } from '../simulation/plan.ts';
import { NO_FAULTS } from '../simulation/process.ts';
import type { TestEvent } from '../simulation/program.ts';
import { prepareLog, SOURCE, testConfig, testEngine } from './harness.ts';

/** `0.5 ask k1; 2 answer k1`: seconds, kind, key; the wait is 3 s, the allowed lateness 0.5 s. */
function timeline(text: string): TestEvent[] {
  return text.split(';').map((part, i): TestEvent => {
    const [at = '0', kind = 'note', key = 'k', sent] = part.trim().split(/\s+/);
    const event = {
      id: `e${i}`,
      kind: kind as TestEvent['kind'],
      key,
      other: 'o',
      time: WALL_START + Number(at) * 1_000,
    };
    return sent === undefined ? event : { ...event, sent: Number(sent) * 1_000 };
  });
}

function plan(events: string, faults: readonly PlannedFault[], more: Partial<Plan> = {}): Plan {
  return {
    ...planFromSeed(1),
    processes: 1,
    events: timeline(events),
    logFaults: NO_FAULTS,
    storeFaults: NO_FAULTS,
    markerDelayMs: 3,
    notifyDelayMs: 3,
    memoryBytes: 1_000_000,
    healAt: 5_000,
    faults,
    ...more,
  };
}

/** Stops everything until all deadlines are over by the wall clock. */
const outage: PlannedFault = { at: 900, kind: 'kill', a: 0, b: 700 };

describe('time over the whole road', () => {
  test('a backlog after an outage fires no false time-out on any level', async () => {
    const notes = Array.from({ length: 60 }, (_, i) => `${1 + i / 50} note k1`).join(';');
    const events = `0.5 ask k1; ${notes}; 3 answer k1`;
    // A backlog of many small fetches: time is looked at before the answer was read.
    const slow = plan(events, [outage], { fetchBytes: 150 });
    expect((await runHistory(slow)).problems).toEqual([]);
    // It is the caught-up rule that does it.
    const { problems } = await runHistory(slow, { alwaysCaughtUp: true });
    expect(problems.join()).toContain('never due: unanswered k1');
  });

  test('a real time-out that fell due in the outage comes out once, at its own time', async () => {
    expect((await runHistory(plan('0.5 ask k1; 2 note k1', [outage]))).problems).toEqual([]);
  });

  test('silent keys on idle partitions time out by the wall clock', async () => {
    expect((await runHistory(plan('0.5 ask k1', []))).problems).toEqual([]);
  });

  test('an event dated far ahead does not move the time of others', async () => {
    const events = '0.5 ask k1; 90000 note k2 1; 3 answer k1';
    expect((await runHistory(plan(events, []))).problems).toEqual([]);
  });

  test('a wall clock that is set a day ahead fires nothing', async () => {
    const jump: PlannedFault = { at: 1_000, kind: 'jump', a: 1, b: 0 };
    const events = '0.5 ask k1; 2.5 answer k1';
    const steady = plan(events, [jump], { steadyClocks: true });
    expect((await runHistory(steady)).problems).toEqual([]);
    // Without the steady clock the deadline fires before the answer.
    const { problems } = await runHistory({ ...steady, steadyClocks: false });
    expect(problems.join()).toContain('never due: unanswered k1');
  });
});

describe('a service that is not there', () => {
  const events = '0.3 ask k1; 0.6 note k2; 1 answer k1; 1.5 ask k2; 2 note k1; 2.2 answer k2';
  for (const kind of ['store-down', 'log-down'] as const) {
    for (const memoryBytes of [1, 1_000_000]) {
      test(`${kind} for two seconds, ${memoryBytes} bytes of memory: goes on by itself`, async () => {
        const down: PlannedFault = { at: 800, kind, a: 0, b: 100 };
        expect((await runHistory(plan(events, [down], { memoryBytes }))).problems).toEqual([]);
      });
    }
  }
});

describe('sources in event-time order', () => {
  test('one that is far ahead of the slowest waits for it', async () => {
    const clock = systemClock();
    const cluster = new MemoryCluster({ clock });
    const log = connectMemoryLog(cluster);
    const store = connectMemoryStore(new MemoryStoreServer());
    const defaults = testConfig();
    const config = {
      ...defaults,
      sources: [{ topic: SOURCE, order: 'event-time', start: 'earliest' } as const],
      // A few records at a time.
      limits: { ...defaults.limits, fetchBytes: 500 },
    };
    await prepareLog(log, config);
    const begin = Date.now() - 7_200_000;
    const append = async (partition: number, minute: number): Promise<void> => {
      const time = begin + minute * 60_000;
      const event: TestEvent = { id: `p${partition}m${minute}`, kind: 'note', key: 'k', other: 'o', time };
      const value = Buffer.from(JSON.stringify(event));
      const records = [{ key: null, value, headers: null, timestamp: time }];
      await log.append([{ topic: SOURCE, partition, records }]);
    };
    for (let minute = 0; minute < 60; minute++) await append(0, minute);
    await append(1, 0);
    // What is pending on it keeps it from having read everything.
    const producer = log.openProducer('other', 60_000);
    await producer.init();
    const pending = { key: null, value: Buffer.from('x'), headers: null, timestamp: begin };
    await producer.append([{ topic: SOURCE, partition: 1, records: [pending] }]);
    const { engine } = await testEngine(log, store, clock, config);
    await engine.start();
    const position = (): number =>
      engine.status().tasks.find(({ topic, partition }) => topic === SOURCE && partition === 0)
        ?.position ?? -1;
    await expect.poll(position).toBeGreaterThan(10);
    for (let round = 0; round < 5; round++) {
      await clock.sleep(60);
      expect(position()).toBeLessThan(20);
    }
    await producer.end('abort');
    await expect.poll(position).toBe(60);
    await engine.stop();
  });
});

describe('watermark', () => {
  test('a candidate counts only when what stood in the input was read', () => {
    const mark = withCandidate(watermarkAt(100), 500, 20);
    expect(atPosition(mark, 19).value).toBe(100);
    expect(atPosition(mark, 20)).toEqual({ value: 500, candidate: null });
  });

  test('it never goes back', () => {
    const mark = watermarkAt(100);
    expect(afterEvents(mark, 90, 5).value).toBe(100);
    expect(afterEvents(mark, 200, 5).value).toBe(195);
    expect(withCandidate(mark, 90, 0)).toBe(mark);
    expect(atPosition({ value: 300, candidate: { value: 200, end: 1 } }, 1).value).toBe(300);
  });

  test('a later level waits for the slowest task above, and for one that never spoke', () => {
    const marks = new Map([
      ['a', 5],
      ['b', 3],
    ]);
    const of = (task: string): number | null => marks.get(task) ?? null;
    expect(leastAbove(['a', 'b'], of)).toBe(3);
    expect(leastAbove(['a', 'b', 'c'], of)).toBeNull();
    expect(leastAbove([], of)).toBeNull();
  });
});

describe('steady clock', () => {
  test('moves with the monotonic clock and is drawn to the wall by a tenth', () => {
    let wall = 1_000_000;
    let monotonic = 0;
    const clock = steadyClock({
      now: () => wall,
      monotonic: () => monotonic,
      sleep: () => Promise.resolve(),
    });
    const pass = (ms: number): number => {
      wall += ms;
      monotonic += ms;
      return clock.now();
    };
    expect(pass(1_000)).toBe(1_001_000);
    wall += 3_600_000;
    expect(pass(1_000)).toBe(1_002_100);
    wall -= 7_200_000;
    expect(pass(1_000)).toBe(1_003_000);
    for (let i = 0; i < 100_000; i++) pass(1_000);
    expect(clock.now()).toBe(wall);
  });
});
