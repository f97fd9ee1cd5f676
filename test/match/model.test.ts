import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/event/errors.ts';
import type { Event } from '../../src/event/event.ts';
import type { Matcher, MatchNote, MatchSink } from '../../src/match/contract.ts';
import { LinearMatcher } from '../../src/match/linear-matcher.ts';
import { compileMatcher } from '../../src/match/matcher.ts';
import { planOf } from '../../src/match/plan.ts';
import { ProcessMatcher } from '../../src/match/process-matcher.ts';
import { definitionOf } from './definition-of.ts';

const DAY = 86_400_000;

function matcherOf(file: object): Matcher {
  const definition = definitionOf({ id: 'p', key: 'k', emit: 'matched', ...file });
  if (definition === null) throw new Error('the pattern is refused');
  return compileMatcher(definition);
}

/** `a1 b2@5`: type and id, and the time in ms where it is not the position. */
function eventsOf(text: string): Event[] {
  return text.split(' ').map((word, i): Event => {
    const [id = '', at] = word.split('@');
    return { id, type: id.replace(/\d+$/, ''), time: Number(at ?? i), family: 'domain', data: { k: 'x', v: i } };
  });
}

interface Played {
  readonly matches: string[];
  readonly timeouts: string[];
  readonly notes: MatchNote[];
  readonly runs: unknown;
}

function played(matcher: Matcher, text: string, until = -Infinity): Played {
  const matches: string[] = [];
  const timeouts: string[] = [];
  const notes: MatchNote[] = [];
  const sink: MatchSink = {
    output: ({ kind, at, deadline, evidence }) => {
      const taken = evidence.map(({ event }) => event.id).join(' ');
      (kind === 'match' ? matches : timeouts).push(deadline === null ? taken : `${taken} @${at}`);
    },
    note: (note) => notes.push(note),
  };
  const runs = matcher.empty();
  for (const event of eventsOf(text)) {
    matcher.advance(runs, event.time, sink);
    if (matcher.types.has(event.type)) matcher.accept(runs, event, event.time, sink, true);
  }
  matcher.advance(runs, until, sink);
  return { matches, timeouts, notes, runs };
}

describe('contiguity and skip, as the table of the README says', () => {
  const table: [string, string, string[]][] = [
    ['none', 'strict', ['a2 b1']], ['none', 'relaxed', ['a1 b1', 'a2 b1']],
    ['none', 'any', ['a1 b1', 'a2 b1', 'a1 b2', 'a2 b2']],
    ['to-next', 'strict', ['a2 b1']], ['to-next', 'relaxed', ['a1 b1', 'a2 b1']],
    ['to-next', 'any', ['a1 b1', 'a2 b1']],
    ['past-last', 'strict', ['a2 b1']], ['past-last', 'relaxed', ['a1 b1']], ['past-last', 'any', ['a1 b1']],
    ['first-wins', 'strict', ['a2 b1']], ['first-wins', 'relaxed', ['a1 b1']], ['first-wins', 'any', ['a1 b1']],
  ];

  it.each(table)('skip %s, contiguity %s', (skip, contiguity, expected) => {
    const steps = [{ as: 'one', on: 'a' }, { as: 'two', on: 'b', contiguity }];
    expect(played(matcherOf({ skip, steps }), 'a1 a2 b1 x b2').matches).toEqual(expected);
  });
});

describe('which matcher takes a pattern', () => {
  it('gives what is frequent to the fast one', () => {
    const fast = (file: object): boolean => matcherOf(file) instanceof LinearMatcher;
    expect(fast({ steps: ['a', 'b'], within: '1h' })).toBe(true);
    expect(fast({ steps: ['a', { not: ['b', 'c'], for: '1h' }] })).toBe(true);
    expect(fast({ steps: ['a', { not: 'c' }, 'b'], skip: 'past-last', within: '1h' })).toBe(true);
    const loop = { as: 'l', on: 'b', times: '2..5', contiguity: 'strict', inner: 'strict', greedy: true };
    expect(fast({ steps: ['a', loop, 'c'], within: '1h' })).toBe(true);
    expect(fast({ steps: ['a', { on: 'b', contiguity: 'any' }] })).toBe(false);
    expect(fast({ steps: [{ all: ['a', 'b'] }, 'c'], within: '1h' })).toBe(false);
  });
});

describe('a key', () => {
  const pair = matcherOf(
    { steps: [{ as: 'one', on: 'a' }, { as: 'two', on: 'b' }], skip: 'none', within: '1h' },
  );

  it('tells whether an event changed it', () => {
    const runs = pair.empty();
    const silent: MatchSink = { output: () => undefined, note: () => undefined };
    const [a, b] = eventsOf('a1 b1') as [Event, Event];
    expect(pair.accept(runs, b, 0, silent, true)).toBe(false);
    expect(pair.accept(runs, a, 0, silent, false)).toBe(false);
    expect(pair.accept(runs, a, 0, silent, true)).toBe(true);
    expect(pair.size(runs)).toBe(1);
    expect(pair.due(runs)).toBe(3_600_000);
    expect(pair.accept(runs, b, 1, silent, false)).toBe(true);
    expect(pair.isEmpty(runs)).toBe(true);
    expect(pair.due(runs)).toBe(null);
  });

  it('is asked before it is loaded whether an event can begin a run of it', () => {
    const [a, b] = eventsOf('a1 b1') as [Event, Event];
    expect([pair.canBegin(a), pair.canBegin(b)]).toEqual([true, false]);
    const choosy = matcherOf(
      { steps: [{ as: 'one', on: 'a', where: 'event.v > 0' }, 'b'], within: '1h' },
    );
    expect(choosy.canBegin(a)).toBe(false);
  });

  it('ends its oldest runs above its bounds, and says so', () => {
    const few = matcherOf({
      steps: [{ as: 'one', on: 'a' }, { as: 'two', on: 'b' }], skip: 'none', within: '1h', limits: { runs: 2 },
    });
    const { matches, notes } = played(few, 'a1 a2 a3 b1');
    expect(matches).toEqual(['a2 b1', 'a3 b1']);
    expect(notes.map((note) => (note.kind === 'ended' ? note.reason : note.kind))).toEqual(['bound', 'capped']);
  });

  it('applies the bound to what is stored, too', () => {
    const small = matcherOf({
      steps: [{ as: 'one', on: 'a' }, { as: 'two', on: 'b' }], skip: 'none', within: '1h', limits: { runs: 200, bytes: 1_024 },
    });
    const { notes, runs } = played(small, Array.from({ length: 120 }, (_, i) => `a${i}`).join(' '));
    expect(notes.some((note) => note.kind === 'bound' && note.bound === 'bytes')).toBe(true);
    expect(small.encode(runs).length).toBeLessThanOrEqual(1_024 + 24);
    expect(small.size(runs)).toBeGreaterThan(30);
    expect(small.size(runs)).toBeLessThan(120);
  });

  it('stays within its bounds when time alone makes more of it', () => {
    const doubling = matcherOf({
      starts: 'once', steps: [{ every: [{ every: [{ wait: '2ms' }] }] }, { as: 'one', on: 'a' }], limits: { runs: 50 },
    });
    const { runs } = played(doubling, 'a1');
    const notes: MatchNote[] = [];
    const largest = Array.from({ length: 100 }, (_, i) => {
      doubling.advance(runs, 10_000 + i, { output: () => undefined, note: (note) => notes.push(note) });
      return doubling.size(runs);
    }).reduce((most, size) => Math.max(most, size));
    expect(largest).toBeLessThanOrEqual(50);
    expect(notes.some(({ kind }) => kind === 'bound')).toBe(true);
  });

  it('keeps the fields that are read later, and no others', () => {
    const reads = matcherOf({
      steps: [{ as: 'one', on: 'a' }, { as: 'two', on: 'b', where: 'event.v > one.v' }], within: '1h',
    });
    const { runs } = played(reads, 'a1');
    expect(reads.explain(runs)[0]?.evidence[0]?.event.data).toEqual({ v: 0 });
  });

  it('refuses state of another definition, of another matcher, and what is no state', () => {
    const { runs } = played(pair, 'a1');
    const bytes = pair.encode(runs);
    const other = matcherOf(
      { steps: [{ as: 'one', on: 'a' }, { as: 'two', on: 'c' }], within: '1h' },
    );
    const process = new ProcessMatcher(planOf(pair.definition));
    for (const read of [
      () => other.decode(bytes), () => process.decode(bytes),
      () => pair.decode(bytes.slice(0, -3)), () => pair.decode(new Uint8Array([1, 2, 3])),
    ]) expect(read).toThrow(ParleyError);
    expect(pair.size(pair.decode(bytes))).toBe(1);
  });
});

describe('time', () => {
  it('is over at the end of a window, and an absence is true at its deadline', () => {
    const absence = matcherOf(
      { steps: [{ as: 'one', on: 'a' }, { not: 'b', for: '10ms' }], skip: 'none' },
    );
    expect(played(absence, 'a1@0 b1@10').matches).toEqual(['a1 @10']);
    expect(played(absence, 'a1@0 b1@9', 99).matches).toEqual([]);
    const window = matcherOf({
      steps: [{ as: 'one', on: 'a' }, { as: 'two', on: 'b' }], within: '10ms', timeout: 'late',
    });
    expect(played(window, 'a1@0 b1@9').matches).toEqual(['a1 b1']);
    expect(played(window, 'a1@0 b1@10')).toMatchObject({ matches: [], timeouts: ['a1 @10'] });
  });

  it('ends the memory of a key that began once', () => {
    const once = matcherOf(
      { starts: 'once', steps: [{ as: 'one', on: 'a' }], limits: { idle: '1d' } },
    );
    expect(played(once, 'a1 a2').matches).toEqual(['a1']);
    expect(played(once, `a1@0 a2@${3 * DAY}`).matches).toEqual(['a1', 'a2']);
    const { runs } = played(once, 'a1');
    expect(once.isEmpty(runs)).toBe(false);
    expect(once.due(runs)).toBeGreaterThanOrEqual(DAY);
    expect(once.due(runs)).toBeLessThan(1.02 * DAY);
  });

  it('counts the deadlines of a late event from its own time', () => {
    const absence = matcherOf(
      { steps: [{ as: 'one', on: 'a' }, { not: 'b', for: '10ms' }], skip: 'none' },
    );
    const runs = absence.empty();
    const outputs: string[] = [];
    const sink: MatchSink = { output: ({ at }) => outputs.push(String(at)), note: () => undefined };
    const [late] = eventsOf('a1@100') as [Event];
    absence.accept(runs, late, 105, sink, true);
    absence.advance(runs, 109, sink);
    expect(outputs).toEqual([]);
    absence.advance(runs, 110, sink);
    expect(outputs).toEqual(['110']);
  });
});

describe('`else: stop`', () => {
  const silence = { not: 'b', for: '10ms', else: 'stop' };

  it('after an every ends what began with that round, inside it all rounds', () => {
    const after = matcherOf({ starts: 'once', steps: [{ every: 'a' }, silence] });
    expect(played(after, 'a1@0 b1@5 a2@20', 99).matches).toEqual(['a2 @30']);
    const inside = matcherOf({ starts: 'once', steps: [{ every: ['a', silence] }] });
    expect(played(inside, 'a1@0 b1@5 a2@20', 99).matches).toEqual([]);
  });
});

describe('explain', () => {
  it('says for each partial match what it took, what it waits for, and until when', () => {
    const matcher = matcherOf({
      steps: [{ as: 'one', on: 'a' }, { all: [{ as: 'two', on: 'b' }, { as: 'three', on: 'c' }] }],
      skip: 'none', within: '1h',
    });
    const { runs } = played(matcher, 'a1 b1');
    expect(matcher.explain(runs).map(({ evidence, waitsFor, deadline }) => ({
      evidence: evidence.map(({ step, event }) => `${step} ${event.id}`), waitsFor, deadline,
    }))).toEqual([{ evidence: ['one a1', 'two b1'], waitsFor: ['three'], deadline: 3_600_000 }]);
  });
});
