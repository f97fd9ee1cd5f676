import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distance } from '../../src/geo/distance.ts';
import {
  type Meeting,
  MEETING_POINTS_MAX,
  type MeetingRule,
  NO_MEETING_STATE,
  stepMeeting,
  type UserPoint,
} from '../../src/geo/meeting.ts';

const RULE: MeetingRule = { withinM: 100, partM: 150, withinMs: 60_000, latenessMs: 300_000 };

/** A point so many metres north of the plaza. */
function at(user: string, seconds: number, north: number): UserPoint {
  return { user, at: seconds * 1000, lat: 42.33 + north / 111_080, lon: -83.05 };
}

function run(points: readonly UserPoint[], rule = RULE): Meeting[] {
  let state = NO_MEETING_STATE;
  return points.flatMap((point) => {
    const step = stepMeeting(rule, state, point);
    state = step.state;
    return step.meetings;
  });
}

test('two users near each other within the time meet once', () => {
  const met = run([at('ann', 0, 0), at('bob', 30, 80), at('ann', 40, 0), at('bob', 50, 70)]);
  expect(met).toMatchObject([{ users: ['ann', 'bob'], at: 30_000 }]);
});

test('too far, too long ago (the end is open), or the same user: no meeting', () => {
  expect(run([at('ann', 0, 0), at('bob', 30, 120)])).toEqual([]);
  expect(run([at('ann', 0, 0), at('bob', 60, 0)])).toEqual([]);
  expect(run([at('ann', 0, 0), at('ann', 30, 0)])).toEqual([]);
});

test('they meet again after they have parted, not after a step aside', () => {
  const aside = [at('ann', 0, 0), at('bob', 10, 0), at('bob', 20, 120), at('bob', 30, 90)];
  expect(run(aside)).toHaveLength(1);
  const parted = [at('ann', 0, 0), at('bob', 10, 0), at('bob', 20, 400), at('bob', 30, 90)];
  expect(run(parted)).toMatchObject([{ at: 10_000 }, { at: 30_000 }]);
});

test('a late point still makes a meeting, at its own time', () => {
  const met = run([at('ann', 0, 0), at('ann', 90, 500), at('bob', 95, 900), at('bob', 20, 50)]);
  expect(met).toMatchObject([{ users: ['ann', 'bob'], at: 20_000 }]);
});

test('whether a pair ever met does not depend on the order of arrival', () => {
  const point = fc.record({
    user: fc.constantFrom('ann', 'bob', 'cem'),
    seconds: fc.integer({ min: 0, max: 200 }),
    north: fc.integer({ min: 0, max: 600 }),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (list, keys) => {
      const points = list.map(({ user, seconds, north }) => at(user, seconds, north));
      const shuffled = points
        .map((each) => ({ each, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ each }) => each);
      const expected = new Set<string>();
      for (const a of points) {
        for (const b of points) {
          if (a.user >= b.user || Math.abs(a.at - b.at) >= RULE.withinMs) continue;
          if (distance(a.lat, a.lon, b.lat, b.lon) <= RULE.withinM) expected.add(`${a.user} ${b.user}`);
        }
      }
      expect(new Set(run(shuffled).map(({ users }) => users.join(' ')))).toEqual(expected);
    }),
  );
});

test('the state is bounded, plain JSON, and forgets what is too old', () => {
  let state = NO_MEETING_STATE;
  for (let i = 0; i < 200; i++) state = stepMeeting(RULE, state, at(`u${i}`, i / 10, i * 500)).state;
  expect(state.points).toHaveLength(MEETING_POINTS_MAX);
  state = stepMeeting(RULE, state, at('late', 10_000, 0)).state;
  expect(state.points).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});

test('invalid coordinates change nothing', () => {
  const bad = { user: 'ann', at: 0, lat: 91, lon: 0 };
  expect(stepMeeting(RULE, NO_MEETING_STATE, bad)).toEqual({ state: NO_MEETING_STATE, meetings: [] });
});
