import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event/event.ts';
import type { Matcher, MatchSink } from '../../src/match/contract.ts';
import { compileMatcher } from '../../src/match/matcher.ts';
import { planOf } from '../../src/match/plan.ts';
import { ProcessMatcher } from '../../src/match/process-matcher.ts';
import { definitionOf } from './definition-of.ts';
import { referenceMatches } from './reference.ts';

/** What a `not` forbids, and until when, beside steps of more than one event. */

const HORIZON = 1_000;

/** Matches of the matcher, which the reference gives as well; a restart after every event changes nothing. */
function matches(steps: readonly unknown[], text: string, more: object = {}): string[] {
  const definition = definitionOf(
    { id: 'p', key: 'none', skip: 'none', steps, emit: 'matched', ...more },
  );
  if (definition === null) throw new Error('the pattern is refused');
  const events = text.split(' ').map((word, i): Event => {
    const [id = '', at] = word.split('@');
    return { id, type: id.replace(/\d+$/, ''), time: Number(at ?? i), family: 'domain', data: {} };
  });
  const matcher = new ProcessMatcher(planOf(definition)) as Matcher;
  const own = events.filter(({ type }) => matcher.types.has(type));
  const found: string[] = [];
  const sink: MatchSink = {
    output: ({ kind, evidence }) => {
      if (kind === 'match') found.push(evidence.map(({ event }) => event.id).join(' '));
    },
    note: () => undefined,
  };
  let runs = matcher.empty();
  for (const event of own) {
    matcher.advance(runs, event.time, sink);
    matcher.accept(runs, event, event.time, sink, true);
    runs = matcher.decode(matcher.encode(runs));
  }
  matcher.advance(runs, HORIZON, sink);
  const reference = referenceMatches(definition, own, HORIZON)?.map(({ events }) => events.join(' '));
  expect(found.sort()).toEqual(reference?.sort());
  return found;
}

describe('a `not` before alternatives', () => {
  const steps = ['a', { not: 'x' }, { any: [{ group: ['b', 'c'] }, 'd'] }];

  it('holds for each alternative until that one takes an event', () => {
    expect(matches(steps, 'a1 b1 x1 c1')).toEqual(['a1 b1 c1']);
    expect(matches(steps, 'a1 b1 x1 d1')).toEqual([]);
    expect(matches(steps, 'a1 b1 d1')).toEqual(['a1 d1']);
  });

  it('goes on for what follows an alternative that took nothing', () => {
    const waits = [
      'a', { not: 'x' }, { any: [{ wait: '5ms' }, { on: 'b', contiguity: 'any' }] }, 'c',
    ];
    expect(matches(waits, 'a1@0 b1@1 c1@2 x1@3 c2@9')).toEqual(['a1 b1 c1']);
    expect(matches(waits, 'a1@0 c1@6')).toEqual(['a1 c1']);
    expect(matches(waits, 'a1@0 x1@6 c1@7')).toEqual([]);
  });
});

describe('a `not` before `every`', () => {
  it('holds for each instance until that one takes an event, and none begins after it', () => {
    const steps = ['a', { not: 'x' }, { every: 'b' }];
    const once = { starts: 'once' };
    expect(matches(steps, 'a1 b1 b2', once)).toEqual(['a1 b1', 'a1 b2']);
    expect(matches(steps, 'a1 b1 x1 b2', once)).toEqual(['a1 b1']);
    const pairs = ['a', { not: 'x' }, { every: { group: ['b', 'c'] } }];
    expect(matches(pairs, 'a1 b1 x1 c1 b2 c2', once)).toEqual(['a1 b1 c1']);
  });
});

describe('a `not` before `all`', () => {
  it('is over when one of its operands takes an event', () => {
    const steps = ['a', { not: 'x' }, { all: ['b', 'c'] }];
    expect(matches(steps, 'a1 b1 x1 c1')).toEqual(['a1 b1 c1']);
    expect(matches(steps, 'a1 x1 b1 c1')).toEqual([]);
  });
});

describe('what an operand of `all` leaves forbidden', () => {
  it('ends that result from the moment at which it came true', () => {
    const steps = [{ all: [{ group: ['a', { not: 'x' }, { wait: '5ms' }] }, 'b'] }, 'c'];
    expect(matches(steps, 'a1@0 b1@9 c1@10', { starts: 'once' })).toEqual(['a1 b1 c1']);
    expect(matches(steps, 'a1@0 x1@7 b1@9 c1@10', { starts: 'once' })).toEqual([]);
    expect(matches(steps, 'a1@0 b1@9 x1@10 c1@11', { starts: 'once' })).toEqual([]);
  });

  it('is, for a greedy loop, an event that still fits it', () => {
    const steps = [{ all: [{ as: 'l', on: 'a', times: '1+', greedy: true }, 'b'] }];
    expect(matches(steps, 'a1 a2 b1', { starts: 'once' })).toEqual(['a1 a2 b1']);
    const lazy = [{ all: [{ as: 'l', on: 'a', times: '1+' }, 'b'] }];
    expect(matches(lazy, 'a1 a2 b1', { starts: 'once' })).toEqual(['a1 a2 b1', 'a1 b1']);
  });
});

describe('a `not` before a loop of groups', () => {
  it('is over when the first round takes its first event', () => {
    const steps = ['a', { not: 'x' }, { group: ['b', 'c'], times: '1..2' }, 'd'];
    expect(matches(steps, 'a1 b1 x1 c1 d1')).toEqual(['a1 b1 c1 d1']);
    expect(matches(steps, 'a1 x1 b1 c1 d1')).toEqual([]);
  });

  it('is passed on by a loop that is left out', () => {
    const steps = ['a', { not: 'x' }, { group: ['b', 'c'], optional: true }, 'd'];
    expect(matches(steps, 'a1 x1 d1')).toEqual([]);
    expect(matches(steps, 'a1 b1 x1 d1')).toEqual([]);
    expect(matches(steps, 'a1 b1 x1 c1 d1')).toEqual(['a1 b1 c1 d1']);
  });
});

describe('more `not`s than the fast matcher has bits for', () => {
  it('are told apart all the same', () => {
    const nots = Array.from({ length: 33 }, (_, i) => `x${i}x`);
    const definition = definitionOf({
      id: 'p', key: 'none', steps: ['a', ...nots.map((not) => ({ not })), 'b'], emit: 'matched',
    });
    if (definition === null) throw new Error('the pattern is refused');
    const matcher = compileMatcher(definition);
    const ended: (string | null)[] = [];
    const sink: MatchSink = {
      output: () => undefined,
      note: (note) => {
        if (note.kind === 'ended') ended.push(note.step);
      },
    };
    for (const type of nots) {
      const runs = matcher.empty();
      for (const [time, one] of ['a', type].entries()) {
        const event: Event = { id: one, type: one, time, family: 'domain', data: {} };
        matcher.accept(runs, event, time, sink, true);
      }
    }
    expect(ended).toEqual(nots.map((_, i) => `steps[${i + 1}]`));
  });
});
