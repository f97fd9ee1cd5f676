import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event/event.ts';
import type { Matcher, MatchSink } from '../../src/match/contract.ts';
import { planOf } from '../../src/match/plan.ts';
import { ProcessMatcher } from '../../src/match/process-matcher.ts';
import { anyFile, orderedStream } from './arbitrary.ts';
import { runs } from '../properties.ts';
import { definitionOf } from './definition-of.ts';
import { play } from './play.ts';
import { referenceMatches } from './reference.ts';

/** Far enough for every window of these patterns to end. */
function horizonOf(events: readonly Event[]): number {
  return (events.at(-1)?.time ?? 0) + 40;
}

/** Matches as the reference tells them; null where a bound bit. */
function matchesOf(matcher: Matcher, events: readonly Event[]): string[] | null {
  const lines: string[] = [];
  let bounded = false;
  const sink: MatchSink = {
    output: ({ kind, at, evidence }) => {
      if (kind === 'match') lines.push(`${evidence.map(({ event }) => event.id).join(' ')} at ${at}`);
    },
    note: ({ kind }) => {
      bounded ||= kind === 'bound';
    },
  };
  const runs = matcher.empty();
  for (const event of events) {
    matcher.advance(runs, event.time, sink);
    if (matcher.types.has(event.type)) matcher.accept(runs, event, event.time, sink, true);
  }
  matcher.advance(runs, horizonOf(events), sink);
  return bounded ? null : lines.sort();
}

describe('the processes', () => {
  it('mean what the reference says, for any pattern', () => {
    let compared = 0;
    let matched = 0;
    fc.assert(fc.property(anyFile(), fc.array(orderedStream(), { minLength: 1, maxLength: 3 }), (file, streams) => {
      const definition = definitionOf(file);
      if (definition === null) return;
      const matcher = new ProcessMatcher(planOf(definition)) as Matcher;
      for (const events of streams) {
        const own = events.filter(({ type }) => matcher.types.has(type));
        const actual = matchesOf(matcher, own);
        if (actual === null) return;
        const reference = referenceMatches(definition, own, horizonOf(own));
        if (reference === null) return;
        const expected = reference
          .map((match) => `${match.events.join(' ')} at ${match.at}`).sort();
        expect(actual).toEqual(expected);
        compared++;
        matched += actual.length;
      }
    }), { numRuns: runs(1_500) });
    expect(compared).toBeGreaterThan(300);
    expect(matched).toBeGreaterThan(300);
  });

  it('go on after a restart at any point as if there had been none', () => {
    let compared = 0;
    fc.assert(fc.property(anyFile(), orderedStream(), (file, events) => {
      const definition = definitionOf(file);
      if (definition === null) return;
      const matcher = new ProcessMatcher(planOf(definition)) as Matcher;
      expect(play(matcher, events, { restart: true })).toEqual(play(matcher, events));
      compared++;
    }), { numRuns: runs(700) });
    expect(compared).toBeGreaterThan(100);
  });
});
