import { within } from './distance.ts';

/**
 * Two users near each other within a time: pure, state is a flat list, kept per group of users (a
 * conversation, say).
 *
 * Two points meet when they are of different users, less than `withinMs` apart in event time and at
 * most `withinM` metres apart in space. Order of arrival does not matter for that: a late point is
 * compared with everything that is still kept. A pair that met is reported once; it can be reported
 * again after a later point has shown it further than `partM` apart.
 */

export interface MeetingRule {
  readonly withinM: number;
  /** At least `withinM`: hysteresis. */
  readonly partM: number;
  readonly withinMs: number;
  /** How much later than newer points one may come and still be compared, ms. */
  readonly latenessMs: number;
}

export interface Meeting {
  /** The two users in order of their names. */
  readonly users: readonly [string, string];
  /** Event time of the later of the two points. */
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
}

export interface UserPoint {
  readonly user: string;
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
}

export interface MeetingState {
  /** By time, oldest first. */
  readonly points: readonly UserPoint[];
  /** `[user, user, met at]` of pairs that have met and not parted. */
  readonly met: readonly (readonly [string, string, number])[];
}

export const NO_MEETING_STATE: MeetingState = { points: [], met: [] };

/** Points kept at most; the oldest go first. */
export const MEETING_POINTS_MAX = 64;

export interface MeetingStep {
  readonly state: MeetingState;
  readonly meetings: readonly Meeting[];
}

/** Takes one point of one user. Points with invalid coordinates change nothing. */
export function stepMeeting(rule: MeetingRule, state: MeetingState, point: UserPoint): MeetingStep {
  if (!(Math.abs(point.lat) <= 90 && Math.abs(point.lon) <= 180)) return { state, meetings: [] };
  const meetings: Meeting[] = [];
  let met = state.met;
  const near = state.points.filter(
    (other) => other.user !== point.user && Math.abs(other.at - point.at) < rule.withinMs,
  );
  for (const user of new Set(near.map((other) => other.user))) {
    const others = near.filter((other) => other.user === user);
    const users = point.user < user ? [point.user, user] as const : [user, point.user] as const;
    const known = met.find(([a, b]) => a === users[0] && b === users[1]);
    const close = others.find((other) => isWithin(rule.withinM, other, point));
    if (close && !known) {
      const at = Math.max(close.at, point.at);
      meetings.push({ users, at, lat: point.lat, lon: point.lon });
      met = [...met, [...users, at]];
    } else if (known && point.at > known[2]) {
      if (others.some((other) => isWithin(rule.partM, other, point))) continue;
      met = met.filter((pair) => pair !== known);
    }
  }
  return { state: { points: keep(rule, state.points, point), met }, meetings };
}

function isWithin(metres: number, a: UserPoint, b: UserPoint): boolean {
  return within(metres, a.lat, a.lon, b.lat, b.lon);
}

function keep(rule: MeetingRule, points: readonly UserPoint[], point: UserPoint): UserPoint[] {
  const all = [...points, point].sort((a, b) => a.at - b.at || (a.user < b.user ? -1 : 1));
  const oldest = all.at(-1)!.at - rule.withinMs - rule.latenessMs;
  return all.filter((each) => each.at > oldest).slice(-MEETING_POINTS_MAX);
}

