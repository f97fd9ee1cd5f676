import { within } from './distance.ts';

/**
 * Enter, exit and dwell of one user and one fence, in event time. Pure, and its state is a short list
 * of numbers, so that it can be kept under the key (user, fence) like any other state.
 *
 * Order. Points wait in the state until the watermark reaches them and are then taken in order of
 * their time, whatever order they came in; at equal times inside before between before outside. A
 * point at or before the watermark is late: counted, and changes nothing. So any order of
 * arrival that the watermark allows gives the same transitions.
 *
 * Hysteresis. A user enters within the enter radius and exits beyond the exit radius; between them
 * nothing changes, so a fix that jitters on the edge does not flicker.
 */

/** Where a point lies: beyond the exit radius, between the radii, within the enter radius. */
export const ZONE = { outside: 0, between: 1, inside: 2 } as const;
export type Zone = (typeof ZONE)[keyof typeof ZONE];

export interface CircleFence {
  readonly lat: number;
  readonly lon: number;
  readonly enterM: number;
  /** At least `enterM`. */
  readonly exitM: number;
}

export interface FenceRule {
  /** Time inside after which `dwell` comes, ms; null: never. */
  readonly dwellMs: number | null;
  /** Without a point for this long a user is taken to have left, ms; null: stays. */
  readonly silenceMs: number | null;
}

export interface FenceTransition {
  readonly kind: 'enter' | 'exit' | 'dwell';
  /** Event time: of the point, or of the deadline (`dwell`, and `exit` by silence). */
  readonly at: number;
}

/**
 * `[inside since, time of the last point taken, watermark, whether dwell came, late points, forced
 * points, then time and zone of each waiting point in order]`. Times are ms, `NEVER` for none.
 */
export type FenceState = readonly number[];

const NEVER = Number.MIN_SAFE_INTEGER;

export const NO_FENCE_STATE: FenceState = [NEVER, NEVER, NEVER, 0, 0, 0];

/** Points that wait; beyond that the oldest is taken early and counted. */
export const FENCE_WAITING_MAX = 64;

const SINCE = 0;
const LAST = 1;
const CLOCK = 2;
const DWELLED = 3;
const LATE = 4;
const FORCED = 5;
const WAITING = 6;

export interface FenceStep {
  readonly state: FenceState;
  readonly transitions: readonly FenceTransition[];
}

/** Zone of a point; null for invalid coordinates, which change nothing. */
export function circleZone(fence: CircleFence, lat: number, lon: number): Zone | null {
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return null;
  if (within(fence.enterM, fence.lat, fence.lon, lat, lon)) return ZONE.inside;
  return within(fence.exitM, fence.lat, fence.lon, lat, lon) ? ZONE.between : ZONE.outside;
}

/** Puts a point among those that wait. */
export function addFencePoint(state: FenceState, at: number, zone: Zone): FenceState {
  if (at <= state[CLOCK]!) return state.with(LATE, state[LATE]! + 1);
  let place = state.length;
  while (place > WAITING && isAfter(state[place - 2]!, state[place - 1]!, at, zone)) place -= 2;
  return [...state.slice(0, place), at, zone, ...state.slice(place)];
}

function isAfter(at: number, zone: number, otherAt: number, otherZone: number): boolean {
  return at > otherAt || (at === otherAt && zone < otherZone);
}

/** Takes everything up to the watermark: deadlines before the points that reach them. */
export function advanceFence(rule: FenceRule, state: FenceState, watermark: number): FenceStep {
  const machine = new Machine(rule, state);
  let next = WAITING;
  while (next < state.length) {
    const waiting = (state.length - next) / 2;
    const forced = waiting > FENCE_WAITING_MAX && state[next]! > watermark;
    if (state[next]! > watermark && !forced) break;
    if (forced) machine.forced++;
    machine.take(state[next]!, state[next + 1]!);
    next += 2;
  }
  machine.moveTo(watermark);
  return { state: [...machine.head(), ...state.slice(next)], transitions: machine.transitions };
}

/** Time at which `advanceFence` would next do something; null: only a new point can. */
export function fenceDueAt(rule: FenceRule, state: FenceState): number | null {
  const due = Math.min(nextDeadline(rule, state).at, state[WAITING] ?? Infinity);
  return due === Infinity ? null : due;
}

function nextDeadline(rule: FenceRule, state: FenceState): FenceTransition {
  const since = state[SINCE]!;
  const inside = since !== NEVER;
  const dwell = inside && state[DWELLED] === 0 && rule.dwellMs !== null ? since + rule.dwellMs : Infinity;
  const exit = inside && rule.silenceMs !== null ? state[LAST]! + rule.silenceMs : Infinity;
  return dwell <= exit ? { kind: 'dwell', at: dwell } : { kind: 'exit', at: exit };
}

/** One advance under way. */
class Machine {
  readonly transitions: FenceTransition[] = [];
  forced: number;
  readonly #rule: FenceRule;
  readonly #state: number[];

  constructor(rule: FenceRule, state: FenceState) {
    this.#rule = rule;
    this.#state = state.slice(0, WAITING);
    this.forced = state[FORCED]!;
  }

  head(): number[] {
    return this.#state.with(FORCED, this.forced);
  }

  take(at: number, zone: number): void {
    this.moveTo(at);
    const inside = this.#state[SINCE] !== NEVER;
    if (!inside && zone === ZONE.inside) this.#change({ kind: 'enter', at });
    if (inside && zone === ZONE.outside) this.#change({ kind: 'exit', at });
    this.#state[LAST] = at;
  }

  /** Fires the deadlines up to that time. */
  moveTo(time: number): void {
    this.#state[CLOCK] = Math.max(this.#state[CLOCK]!, time);
    for (;;) {
      const deadline = nextDeadline(this.#rule, this.#state);
      if (deadline.at > time || deadline.at === Infinity) return;
      this.#change(deadline);
    }
  }

  #change(transition: FenceTransition): void {
    this.transitions.push(transition);
    if (transition.kind === 'dwell') {
      this.#state[DWELLED] = 1;
    } else {
      this.#state[SINCE] = transition.kind === 'enter' ? transition.at : NEVER;
      this.#state[DWELLED] = 0;
    }
  }
}
