/**
 * Enter, exit and dwell of one user over any number of fences, in event time. Pure; the state is
 * plain JSON, kept under the user's key like any other state.
 *
 * Order. Points wait in the state until the watermark reaches them and are then taken in order of
 * time (at equal times by coordinates), whatever order they came in. A point at or before the
 * watermark is late: counted, and changes nothing. So any order of arrival that the watermark
 * allows gives the same transitions, and a phantom entry by a delayed fix cannot happen.
 *
 * Hysteresis. A user enters within a circle's enter radius and exits beyond its exit radius;
 * between them nothing changes, so a fix that jitters on the edge does not flicker.
 *
 * Fences may change at any time; a point meets the fences as they are when it is taken. A fence
 * that is gone is exited with the next point.
 */

/** Answers which fences a point is in: `LiveFences`, or `regionFence` for a region of a layer. */
export interface FenceLookup {
  at(lat: number, lon: number): FenceHits;
}

export interface FenceHits {
  /** Ids of fences the point is inside of (circles: within the enter radius), ascending. */
  readonly inside: readonly string[];
  /** Ids of circles with the point between enter and exit radius, ascending. */
  readonly between: readonly string[];
}

export interface FenceRule {
  /** Time inside after which `dwell` comes, ms; null: never. */
  readonly dwellMs: number | null;
  /** Without a point for this long a user is taken to have left, ms; null: stays. */
  readonly silenceMs: number | null;
}

export interface FenceTransition {
  readonly fence: string;
  readonly kind: 'enter' | 'exit' | 'dwell';
  /** Event time: of the point, or of the deadline (`dwell`, and `exit` by silence). */
  readonly at: number;
}

/** Time in ms, latitude and longitude. */
export type FencePoint = readonly [at: number, lat: number, lon: number];

/** A fence the user is inside of: since when, and whether its dwell has come. */
export type FenceVisit = readonly [fence: string, since: number, dwelled: boolean];

export interface FenceState {
  /** The watermark so far, ms; null before the first. */
  readonly clock: number | null;
  /** Time of the last point taken, ms. */
  readonly lastAt: number | null;
  /** Points not yet reached by the watermark, in order. */
  readonly waiting: readonly FencePoint[];
  readonly visits: readonly FenceVisit[];
  /** Points that came too late, and points that were taken early because too many waited. */
  readonly late: number;
  readonly forced: number;
}

export const NO_FENCE_STATE: FenceState = {
  clock: null,
  lastAt: null,
  waiting: [],
  visits: [],
  late: 0,
  forced: 0,
};

/** Points that wait; beyond that the oldest is taken early and counted. */
export const FENCE_WAITING_MAX = 64;

export interface FenceStep {
  readonly state: FenceState;
  /** In order of time. */
  readonly transitions: readonly FenceTransition[];
}

/**
 * Adds a point, if there is one, and takes everything up to the watermark: deadlines before the
 * points that reach them. Invalid coordinates change nothing.
 */
export function stepFences(
  fences: FenceLookup,
  rule: FenceRule,
  state: FenceState,
  point: FencePoint | null,
  watermark: number,
): FenceStep {
  const transitions: FenceTransition[] = [];
  let { clock, lastAt, visits, late, forced } = state;
  let waiting = state.waiting;
  if (point !== null && isValid(point)) {
    if (clock !== null && point[0] <= clock) late++;
    else waiting = waiting.length === 0 ? [point] : insert(waiting, point);
  }
  let taken = 0;
  for (const [at, lat, lon] of waiting) {
    if (at > watermark) {
      if (waiting.length - taken <= FENCE_WAITING_MAX) break;
      forced++;
    }
    visits = fireDeadlines(rule, visits, lastAt, at, transitions);
    visits = meet(fences.at(lat, lon), visits, at, transitions);
    lastAt = at;
    clock = at;
    taken++;
  }
  visits = fireDeadlines(rule, visits, lastAt, watermark, transitions);
  clock = clock === null ? watermark : Math.max(clock, watermark);
  const left = taken === 0 ? waiting : taken === waiting.length ? NONE : waiting.slice(taken);
  return { state: { clock, lastAt, waiting: left, visits, late, forced }, transitions };
}

const NONE: readonly FencePoint[] = [];

function isValid([, lat, lon]: FencePoint): boolean {
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
}

function insert(waiting: readonly FencePoint[], point: FencePoint): readonly FencePoint[] {
  const place = waiting.findLastIndex((other) => comparePoints(other, point) <= 0) + 1;
  return waiting.toSpliced(place, 0, point);
}

function comparePoints(a: FencePoint, b: FencePoint): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Time at which `stepFences` would next do something by itself; null: only a new point can. */
export function fencesDueAt(rule: FenceRule, state: FenceState): number | null {
  const waiting = state.waiting[0]?.[0] ?? Infinity;
  const due = Math.min(waiting, firstDeadline(rule, state.visits, state.lastAt));
  return due === Infinity ? null : due;
}

/** What a point changes: fences left, fences entered, the others stay. */
function meet(
  { inside, between }: FenceHits,
  visits: readonly FenceVisit[],
  at: number,
  transitions: FenceTransition[],
): readonly FenceVisit[] {
  if (visits.length === 0 && inside.length === 0) return visits;
  const stay = visits.filter(([fence]) => inside.includes(fence) || between.includes(fence));
  for (const [fence] of visits) {
    if (!stay.some((visit) => visit[0] === fence)) transitions.push({ fence, kind: 'exit', at });
  }
  for (const fence of inside) {
    if (visits.some((visit) => visit[0] === fence)) continue;
    stay.push([fence, at, false]);
    transitions.push({ fence, kind: 'enter', at });
  }
  return stay;
}

/** Fires the deadlines up to a time, in order; at one time in order of the visits. */
function fireDeadlines(
  rule: FenceRule,
  visits: readonly FenceVisit[],
  lastAt: number | null,
  until: number,
  transitions: FenceTransition[],
): readonly FenceVisit[] {
  if (visits.length === 0 || firstDeadline(rule, visits, lastAt) > until) return visits;
  const exitAt = silenceEnds(rule, lastAt);
  const fired: FenceTransition[] = [];
  const left: FenceVisit[] = [];
  for (const visit of visits) {
    const [fence, since] = visit;
    const dwellAt = dwellEnds(rule, visit);
    const dwells = dwellAt <= Math.min(exitAt, until);
    if (dwells) fired.push({ fence, kind: 'dwell', at: dwellAt });
    if (exitAt <= until) fired.push({ fence, kind: 'exit', at: exitAt });
    else left.push(dwells ? [fence, since, true] : visit);
  }
  transitions.push(...fired.sort((a, b) => a.at - b.at));
  return left;
}

function firstDeadline(
  rule: FenceRule,
  visits: readonly FenceVisit[],
  lastAt: number | null,
): number {
  let first = visits.length === 0 ? Infinity : silenceEnds(rule, lastAt);
  for (const visit of visits) first = Math.min(first, dwellEnds(rule, visit));
  return first;
}

/** When a visit's dwell comes, ms; infinite if never or already. */
function dwellEnds(rule: FenceRule, [, since, dwelled]: FenceVisit): number {
  return dwelled || rule.dwellMs === null ? Infinity : since + rule.dwellMs;
}

/** When silence ends all visits, ms. */
function silenceEnds(rule: FenceRule, lastAt: number | null): number {
  return rule.silenceMs === null || lastAt === null ? Infinity : lastAt + rule.silenceMs;
}
