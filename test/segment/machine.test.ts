import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event/event.ts';
import { STANDARD_FUNCTIONS } from '../../src/expression/functions.ts';
import { EMPTY_CATALOGUE } from '../../src/expression/scope.ts';
import { checkDefinitionFile } from '../../src/pattern/check.ts';
import type { Condition } from '../../src/pattern/segment-definition.ts';
import { backfillTime, compileSegment } from '../../src/segment/machine.ts';
import { PANES } from '../../src/segment/sum.ts';

function segment(member: string) {
  const environment = { catalogue: EMPTY_CATALOGUE, functions: STANDARD_FUNCTIONS, others: [] };
  const checked = checkDefinitionFile(`{id: s, key: user_id, member: ${member}}`, 's', environment);
  if (checked.kind !== 'segment') throw new Error(JSON.stringify(checked.problems));
  return compileSegment(checked.definition);
}

const nobody = () => false;

interface Given {
  readonly time: number;
  readonly value: number;
}

function eventOf({ time, value }: Given): Event {
  const data = { value, kind: value % 2 === 0 ? 'even' : 'odd', amount: value };
  return { id: `${time}/${value}`, type: 'e', time, family: 'tracking', data };
}

/** The slow, obvious twin: looks at all events there ever were. */
function naive(condition: Condition, seen: readonly Event[], now: number): boolean {
  const counted = (c: Extract<Condition, { of: { types: readonly string[] } }>, within: number | null) =>
    seen.filter(
      (event) =>
        c.of.types.includes(event.type) &&
        (within === null || now - event.time < within) &&
        (c.of.where === null || c.of.where.test({ event, captures: [], now })),
    );
  switch (condition.kind) {
    case 'all':
      return condition.of.every((part) => naive(part, seen, now));
    case 'any':
      return condition.of.some((part) => naive(part, seen, now));
    case 'not':
      return !naive(condition.of, seen, now);
    case 'segment':
      return false;
    case 'count':
      return counted(condition, condition.within).length >= condition.atLeast;
    case 'distinct': {
      const values = counted(condition, condition.within).map(({ data }) => data[condition.field]);
      return new Set(values).size >= condition.atLeast;
    }
    case 'sum': {
      const amounts = counted(condition, condition.within).map(({ data }) => Number(data[condition.field]));
      return amounts.reduce((a, b) => a + b, 0) >= condition.atLeast;
    }
    case 'latest': {
      const last = counted(condition, null).toSorted((a, b) => a.time - b.time).at(-1);
      if (last === undefined || (condition.within !== null && now - last.time >= condition.within)) return false;
      if (condition.stays !== null) throw new Error('the twin has no hysteresis');
      return condition.holds.test({ event: last, captures: [], now });
    }
  }
}

/** Ascending times with ties and jumps. */
const stream = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 3, 10, 25, 60), fc.integer({ min: 0, max: 5 })), { maxLength: 40 })
  .map((steps) => {
    let time = 1_000;
    return steps.map(([gap, value]): Given => ({ time: (time += gap), value }));
  });

/** Plays a stream, with time moving between the events, and compares at every moment. */
function compare(member: string, given: readonly Given[], restart: boolean): void {
  const machine = segment(member);
  let state = machine.empty();
  const seen: Event[] = [];
  const check = (now: number) => {
    const found = machine.holds(state, now, nobody);
    expect(found, `${member} at ${now}`).toBe(naive(machine.definition.member, seen, now));
  };
  const moveTo = (time: number) => {
    for (let due = machine.due(state); due !== null && due <= time; due = machine.due(state)) {
      machine.advance(state, due);
      check(due);
    }
    check(time);
  };
  for (const one of given) {
    moveTo(one.time);
    machine.accept(state, eventOf(one), one.time);
    seen.push(eventOf(one));
    check(one.time);
    if (restart) state = machine.decode(JSON.parse(JSON.stringify(machine.encode(state))));
  }
  moveTo((given.at(-1)?.time ?? 1_000) + 500);
}

describe('conditions hold exactly when all events there ever were say so', () => {
  it.each([
    '{on: e, within: 50ms, atLeast: 3}',
    '{on: e, where: event.value > 2, within: 30ms}',
    '{on: e, distinct: value, within: 40ms, atLeast: 3}',
    '{on: e, latest: kind, is: even}',
    '{on: e, latest: kind, is: even, within: 20ms}',
    '{any: [{on: e, within: 9ms}, {on: e, distinct: kind, within: 60ms, atLeast: 2}]}',
    '{all: [{on: e, within: 80ms, atLeast: 2}, {not: {on: e, where: event.value == 5, within: 30ms}}]}',
  ])('%s', (member) => {
    fc.assert(
      fc.property(stream, fc.boolean(), (given, restart) => compare(member, given, restart)),
      { numRuns: 200 },
    );
  });

  it('without a timer nothing changes: between two due times the answer stays', () => {
    fc.assert(
      fc.property(stream, (given) => {
        const machine = segment('{all: [{on: e, within: 50ms, atLeast: 3}, {on: e, latest: kind, is: odd, within: 30ms}]}');
        const state = machine.empty();
        given.forEach((one, i) => {
          machine.accept(state, eventOf(one), one.time);
          const next = given[i + 1]?.time ?? one.time + 200;
          const until = Math.min(next, machine.due(state) ?? Infinity) - 1;
          const before = machine.holds(state, one.time, nobody);
          if (until > one.time) expect(machine.holds(state, until, nobody)).toBe(before);
          machine.advance(state, next);
        });
      }),
    );
  });
});

describe('sums', () => {
  const WITHIN = 6_000;
  const width = WITHIN / PANES;

  it('leave at most a sixtieth of the window late, never early', () => {
    const times = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 9_000 }), (steps, later) => {
        const machine = segment(`{on: e, sum: amount, within: 6s, atLeast: 20}`);
        const state = machine.empty();
        let time = 10_000;
        const given = steps.map(([gap, value]): Given => ({ time: (time += gap), value }));
        for (const one of given) machine.accept(state, eventOf(one), one.time);
        const now = time + later;
        machine.advance(state, now);
        const total = (within: number) =>
          given.filter((one) => now - one.time < within).reduce((sum, { value }) => sum + value, 0);
        const found = machine.holds(state, now, nobody);
        if (total(WITHIN) >= 20) expect(found).toBe(true);
        if (total(WITHIN + width) < 20) expect(found).toBe(false);
      }),
    );
  });

  it('keep at most 61 panes', () => {
    const machine = segment('{on: e, sum: amount, within: 6s, atLeast: 20}');
    const state = machine.empty();
    for (let time = 0; time < 60_000; time += 7) {
      machine.advance(state, time);
      machine.accept(state, eventOf({ time, value: 1 }), time);
    }
    expect((machine.encode(state)[0] as number[]).length / 2).toBeLessThanOrEqual(PANES + 1);
  });

  it('count by panes where k is large', () => {
    const machine = segment('{on: e, within: 1h, atLeast: 1000}');
    const state = machine.empty();
    for (let i = 0; i < 999; i++) machine.accept(state, eventOf({ time: i, value: 0 }), i);
    expect(machine.holds(state, 999, nobody)).toBe(false);
    machine.accept(state, eventOf({ time: 999, value: 0 }), 999);
    expect(machine.holds(state, 999, nobody)).toBe(true);
  });
});

describe('late events', () => {
  it('count in the window in which they lie', () => {
    const machine = segment('{on: e, within: 50ms, atLeast: 2}');
    const state = machine.empty();
    machine.accept(state, eventOf({ time: 100, value: 1 }), 100);
    machine.accept(state, eventOf({ time: 70, value: 1 }), 100);
    expect(machine.holds(state, 100, nobody)).toBe(true);
    expect(machine.due(state)).toBe(120);
    machine.accept(state, eventOf({ time: 40, value: 1 }), 100);
    expect(machine.due(state)).toBe(120);
  });

  it('do not replace a later value', () => {
    const machine = segment('{on: e, latest: kind, is: odd}');
    const state = machine.empty();
    machine.accept(state, eventOf({ time: 100, value: 1 }), 100);
    machine.accept(state, eventOf({ time: 90, value: 2 }), 100);
    expect(machine.holds(state, 100, nobody)).toBe(true);
  });
});

describe('who has left', () => {
  const HOUR = 3_600_000;
  const left = () => {
    const machine = segment('{on: e, latest: kind, is: odd}');
    const state = machine.empty();
    machine.accept(state, eventOf({ time: 100, value: 1 }), 100);
    machine.accept(state, eventOf({ time: 200, value: 2 }), 200);
    return { machine, state };
  };

  it('does not come back by an event of before, across a restart', () => {
    const { machine, state } = left();
    machine.accept(state, eventOf({ time: 300, value: 2 }), 300);
    const restored = machine.decode(JSON.parse(JSON.stringify(machine.encode(state))));
    expect(machine.accept(restored, eventOf({ time: 250, value: 1 }), 300)).toBe(false);
    expect(machine.holds(restored, 300, nobody)).toBe(false);
  });

  it('is forgotten after an hour', () => {
    const { machine, state } = left();
    expect(machine.isEmpty(state)).toBe(false);
    expect(machine.due(state)).toBe(200 + HOUR);
    machine.advance(state, 200 + HOUR);
    expect(machine.isEmpty(state)).toBe(true);
    expect(machine.due(state)).toBeNull();
  });

  it('was never kept where nothing held', () => {
    const machine = segment('{on: e, latest: kind, is: odd}');
    const state = machine.empty();
    expect(machine.accept(state, eventOf({ time: 100, value: 2 }), 100)).toBe(false);
    expect(machine.isEmpty(state)).toBe(true);
  });
});

describe('what a segment needs', () => {
  it('says how long it is backfilling: its longest window', () => {
    const time = (member: string) => backfillTime(segment(member).definition.member);
    expect(time('{all: [{on: e, within: 1h}, {not: {on: f, within: 30d}}]}')).toBe(30 * 86_400_000);
    expect(time('{any: [{on: e, within: 1h}, {on: e, latest: kind, is: odd}]}')).toBe(3_600_000);
  });

  it('explains itself in order of the file', () => {
    const machine = segment('{all: [{on: e, within: 1m, atLeast: 2}, {not: {on: f, within: 1m}}]}');
    const state = machine.empty();
    machine.accept(state, eventOf({ time: 5, value: 1 }), 5);
    expect(machine.reasons(state, 6, nobody)).toEqual([
      { path: 'member.all[0]', holds: false, text: '1 of e in 1m, at least 2', times: [5] },
      { path: 'member.all[1].not', holds: false, text: '0 of f in 1m, at least 1', times: [] },
    ]);
  });
});
