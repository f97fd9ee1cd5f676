import type { Event } from '../../src/event/event.ts';
import type { Expression } from '../../src/expression/expression.ts';
import type {
  AllStep, AnyStep, Contiguity, NotStep, OnStep, PatternDefinition, Step,
} from '../../src/pattern/definition.ts';

/**
 * What a pattern means, slowly and obviously: a step is a function from where it starts to all the
 * points at which it comes true, found by looking at the whole stream at once. No state, no
 * increments, nothing shared with the matcher but the checked definition. Times must not descend.
 */
export interface Reference {
  /** Ids of the events of each match, in the order in which they were taken, with its time. */
  readonly events: readonly string[];
  readonly at: number;
}

/** After `seen` events, at `time`. A deadline comes before the events of its own time. */
interface Point {
  readonly seen: number;
  readonly time: number;
}

interface Taken {
  readonly path: string;
  readonly slot: number | null;
  readonly index: number;
}

interface Result {
  readonly taken: readonly Taken[];
  readonly at: Point;
  /** First point at which something comes that is still forbidden. */
  readonly forbidden: Point | null;
}

interface Course {
  readonly results: readonly Result[];
  /** Point from which it can no longer come true; null: never. */
  readonly end: Point | null;
  /** Points at which an event was taken inside, whatever came of it; the earliest first. */
  readonly touched: readonly Point[];
}

interface Start {
  readonly at: Point;
  readonly taken: readonly Taken[];
  readonly contiguity: Contiguity | null;
  readonly forbidden: Point | null;
  /** Events taken before the loop that the step repeats in. */
  readonly base: number;
}

const NOTHING: Course = { results: [], end: null, touched: [] };

/**
 * Matches up to the time `horizon`. Null where it would look at too much, and where the order decides what is skipped and is open: two
 * ways to take the same events, under a strategy that asks which step took them.
 */
export function referenceMatches(
  definition: PatternDefinition, events: readonly Event[], horizon: number,
): Reference[] | null {
  try {
    return new Meaning(definition, events, horizon).matches();
  } catch (error) {
    if (error instanceof TooMuch) return null;
    throw error;
  }
}

/** Whole histories of nested `every` and `all` multiply. */
class TooMuch extends Error {}

const WORK_MAX = 30_000;

class Meaning {
  private work = 0;
  private readonly definition: PatternDefinition;
  private readonly events: readonly Event[];
  private readonly horizon: number;
  private windowEnd = Infinity;

  constructor(definition: PatternDefinition, events: readonly Event[], horizon: number) {
    this.horizon = horizon;
    this.definition = definition;
    this.events = events;
  }

  matches(): Reference[] | null {
    const { starts, skip } = this.definition;
    if (starts.mode === 'once') return this.once().map((result) => this.told(result));
    const all = this.events.flatMap((_, index) => this.beginningAt(index));
    if ('step' in skip
      && all.some((one, i) => all.slice(0, i).some((other) => sameWay(one.result, other.result)))) {
      return null;
    }
    return this.skipped(all).map(({ result }) => this.told(result));
  }

  private told({ taken, at }: Result): Reference {
    return { events: taken.map(({ index }) => this.events[index]?.id ?? ''), at: at.time };
  }

  private once(): readonly Result[] {
    const [first] = this.events;
    if (first === undefined) return [];
    const { steps, within } = this.definition;
    const start = begin({ seen: 0, time: first.time });
    const course = this.sequence(steps, start);
    const [taken] = course.touched;
    if (within === null || taken === undefined) return course.results;
    return cut(course, this.tick(taken.time + within, start.at)).results;
  }

  private beginningAt(index: number): { start: number; result: Result }[] {
    const event = this.events[index];
    if (event === undefined) return [];
    const { within, steps } = this.definition;
    const before = { seen: index, time: event.time };
    this.windowEnd = within === null ? Infinity : event.time + within;
    const course = this.sequence(steps, begin(before));
    const end = within === null ? null : this.tick(
      this.windowEnd, { seen: index + 1, time: event.time },
    );
    const last = steps.at(-1);
    const closes = last?.kind === 'not' && last.for === null;
    return course.results
      .filter(({ taken }) => taken.some((one) => one.index === index))
      .filter(({ at }) => end === null || compare(at, end) < 0 || (closes && compare(at, end) === 0))
      .map((result) => ({ start: index, result }));
  }

  private skipped(all: { start: number; result: Result }[]): { start: number; result: Result }[] {
    const { skip } = this.definition;
    if (skip.strategy === 'none') return all;
    const byTime = skip.strategy === 'first-wins';
    all.sort((a, b) => {
      const [time, order] = [compare(a.result.at, b.result.at), a.start - b.start];
      return (byTime ? time || order : order || time) || lexical(a.result.taken, b.result.taken);
    });
    let from = 0;
    const kept: typeof all = [];
    for (const match of all) {
      if (match.start < from) continue;
      kept.push(match);
      const indices = match.result.taken.map(({ index }) => index);
      if (byTime) from = match.result.at.seen;
      else if (skip.strategy === 'to-next') from = match.start + 1;
      else if (skip.strategy === 'past-last') from = Math.max(...indices) + 1;
      else if ('step' in skip) {
        const own = match.result.taken.filter(
          ({ slot }) => slot === skip.step).map(({ index }) => index,
        );
        const to = skip.strategy === 'to-first' ? own[0] : own.at(-1);
        from = Math.max(from, to ?? 0);
      }
    }
    return kept;
  }

  // --- steps ---------------------------------------------------------------------------------

  private sequence(steps: readonly Step[], start: Start): Course {
    const results: Result[] = [];
    const courses: Course[] = [];
    const enter = (index: number, result: Result, contiguity: Contiguity | null): void => {
      let at = index;
      let forbidden = result.forbidden;
      for (let step = steps[at]; step?.kind === 'not' && step.for === null && !this.closes(steps, at); step = steps[++at]) {
        forbidden = earliest(forbidden, this.violation(step, result));
      }
      const step = steps[at];
      if (step === undefined) {
        results.push({ ...result, forbidden });
        return;
      }
      const course = this.modified(step, { ...start, at: result.at, taken: result.taken, contiguity, forbidden }, steps.slice(at + 1));
      courses.push(course);
      for (const next of course.results) enter(at + 1, next, null);
    };
    enter(0, { taken: start.taken, at: start.at, forbidden: start.forbidden }, start.contiguity);
    return { results, ...spanned(courses) };
  }

  private closes(steps: readonly Step[], index: number): boolean {
    return steps === this.definition.steps && index === steps.length - 1;
  }

  /** Where a `not` between steps is violated. */
  private violation(not: NotStep, after: Result): Point | null {
    const contiguity = not.contiguity === 'strict' ? 'strict' : null;
    return firstOf(
      this.modified(not.of, { ...begin(after.at), taken: after.taken, contiguity }, []),
    );
  }

  /** Modifiers around a step, innermost first: times or until, optional, span, within and atMost. */
  private modified(step: Step, start: Start, after: readonly Step[]): Course {
    if (++this.work > WORK_MAX) throw new TooMuch();
    let course = this.repeated(step, start, after);
    this.work += course.results.length;
    if (step.optional) {
      const greedy = step.greedy && step.times !== null
        ? this.greedy(step, start.at, start.taken, start.taken.length)
        : null;
      const absent = { taken: start.taken, at: start.at, forbidden: earliest(start.forbidden, greedy) };
      const present = course.results.filter((result) => !isEmpty(result, start));
      course = { ...course, results: [absent, ...present] };
    }
    const [first] = course.touched;
    if (step.span !== null && first !== undefined) {
      course = cut(course, this.tick(first.time + step.span, start.at));
    }
    if (step.within !== null) course = cut(course, this.tick(start.at.time + step.within, start.at));
    if (step.atMost !== null && course.results.length >= step.atMost) {
      const results = [...course.results]
        .sort((a, b) => compare(a.at, b.at) || lexical(a.taken, b.taken)).slice(0, step.atMost);
      const end = results.at(-1)?.at ?? start.at;
      course = { results, end, touched: upTo(course.touched, end) };
    }
    return course;
  }

  private repeated(step: Step, start: Start, after: readonly Step[]): Course {
    if (step.until?.kind === 'step') return this.untilStep(step, step.until.step, start);
    return step.times === null ? this.plain(step, start) : this.loop(step, start, after);
  }

  private plain(step: Step, start: Start): Course {
    switch (step.kind) {
      case 'on':
        return this.on(step, start);
      case 'group':
        return this.sequence(step.of, { ...start, contiguity: start.contiguity ?? ownContiguity(step) });
      case 'all':
        return guarded(this.all(step, { ...start, forbidden: null }), start);
      case 'any':
        return this.any(step, start);
      case 'every':
        return this.every(step.of, start);
      case 'wait':
        return this.comesTrue(this.tick(start.at.time + step.for, start.at), start);
      case 'not':
        return this.negation(step, start);
    }
  }

  private on(step: OnStep, start: Start): Course {
    const contiguity = start.contiguity ?? step.contiguity;
    const results: Result[] = [];
    for (let index = start.at.seen; index < this.events.length; index++) {
      const at = this.pointOf(index);
      if (start.forbidden !== null && compare(start.forbidden, at) <= 0) break;
      if (this.fits(step, start.taken, index, start.base)) {
        const taken = [...start.taken, { path: step.path, slot: step.slot ?? this.given.get(step) ?? null, index }];
        results.push({ taken, at, forbidden: null });
        if (contiguity !== 'any') return { results, end: at, touched: [at] };
      } else if (contiguity === 'strict') return { ...NOTHING, end: at };
    }
    return { results, end: start.forbidden, touched: results.map(({ at }) => at) };
  }

  private readonly given = new Map<Step, number | null>();

  private fits(step: Step, taken: readonly Taken[], index: number, base: number): boolean {
    const event = this.events[index];
    if (step.kind !== 'on' || event === undefined || !step.types.includes(event.type)) return false;
    if (!this.holds(step.where, taken, event)) return false;
    const { distinct } = step;
    if (distinct === null) return true;
    const value = event.data[distinct];
    return value !== undefined && !taken.slice(base)
      .some((one) => one.path === step.path && this.events[one.index]?.data[distinct] === value);
  }

  private holds(where: Expression | null, taken: readonly Taken[], event: Event): boolean {
    if (where === null) return true;
    const captures = this.definition.names.map(({ list }, slot) => {
      const own = taken.filter(
        (one) => one.slot === slot).map(({ index }) => this.events[index] as Event,
      );
      return list ? own : own.at(-1);
    });
    return where.test({ event, captures, now: event.time });
  }

  private all(step: AllStep, start: Start): Course {
    const given = start.contiguity ?? step.contiguity;
    const contiguity = given === 'any' ? 'any' : null;
    const courses = step.of.map((of) => this.operand(of, { ...start, contiguity }));
    let fails: Point | null = null;
    courses.forEach(({ results, end }, i) => {
      if (end === null) return;
      const kept = isBareNot(step.of[i]) ? [] : results.map(({ forbidden }) => forbidden);
      if (!kept.includes(null)) fails = earliest(fails, kept.reduce(latest, end));
    });
    const results = courses.reduce<Result[]>((combined, course) => combined.flatMap((one) =>
      course.results.map((other) => ({
        taken: [...one.taken, ...other.taken.slice(start.taken.length)],
        at: compare(one.at, other.at) < 0 ? other.at : one.at,
        forbidden: earliest(one.forbidden, other.forbidden),
      }))), [{ taken: start.taken, at: start.at, forbidden: null }])
      .filter(({ at, forbidden }) => forbidden === null || compare(at, forbidden) < 0);
    const positive = spanned(courses.filter((_, i) => !isBareNot(step.of[i])));
    if (given === 'strict') fails = earliest(fails, this.passed(start.at, positive.touched));
    return cut({ results, ...positive }, fails);
  }

  /** The first event after a point that is none of those taken. */
  private passed(after: Point, touched: readonly Point[]): Point | null {
    for (let index = after.seen; index < this.events.length; index++) {
      const at = this.pointOf(index);
      if (!touched.some((one) => compare(one, at) === 0)) return at;
    }
    return null;
  }

  private any(step: AnyStep, start: Start): Course {
    const contiguity = start.contiguity ?? step.contiguity;
    const inner = { ...start, contiguity: contiguity === 'relaxed' ? null : contiguity };
    const courses = step.of.map((of) => {
      this.given.set(of, step.slot);
      return this.operand(of, inner);
    });
    let decided: { at: Point; by: number } | null = null;
    courses.forEach(({ results, end }, by) => {
      if (end === null || !results.some(({ at }) => compare(at, end) === 0)) return;
      if (decided === null || compare(end, decided.at) < 0) decided = { at: end, by };
    });
    const winner = decided as { at: Point; by: number } | null;
    if (winner === null) return { results: courses.flatMap(({ results }) => results), ...spanned(courses) };
    const results = courses.flatMap((course, i) => course.results.filter(({ at }) => {
      const order = compare(at, winner.at);
      return order < 0 || (order === 0 && i <= winner.by);
    }));
    return { results, end: winner.at, touched: upTo(spanned(courses).touched, winner.at) };
  }

  private operand(step: Step, start: Start): Course {
    if (!isBareNot(step)) return this.modified(step, start, []);
    const { of } = step as NotStep;
    const violated = firstOf(this.modified(of, { ...start, contiguity: null }, []));
    const { taken, at, forbidden } = start;
    return { results: [{ taken, at, forbidden }], end: violated, touched: [] };
  }

  private every(steps: readonly Step[], start: Start): Course {
    const courses: Course[] = [];
    const again = (at: Point, contiguity: Contiguity | null): void => {
      const barred = start.forbidden !== null && compare(start.forbidden, at) <= 0;
      if (at.time > this.horizon || barred) return;
      const course = this.sequence(steps, { ...start, at, contiguity });
      courses.push(course);
      const { results, end } = course;
      for (const result of results) if (compare(result.at, at) > 0) again(result.at, null);
      const fails = end !== null
        && compare(end, at) > 0 && !results.some((one) => compare(one.at, end) === 0);
      if (fails) again(end, null);
    };
    again(start.at, start.contiguity);
    return { results: courses.flatMap(({ results }) => results), ...spanned(courses) };
  }

  private negation(step: NotStep, start: Start): Course {
    const inner = { ...begin(start.at), taken: start.taken };
    const violated = firstOf(this.modified(step.of, inner, []));
    const time = step.for === null ? this.windowEnd : start.at.time + step.for;
    const deadline = time === Infinity ? null : this.tick(time, start.at);
    const { seen } = start.at;
    if (step === this.definition.steps.at(-1) && isBareNot(step) && step.contiguity === 'strict'
      && seen < this.events.length && (deadline === null || compare(this.pointOf(seen), deadline) < 0)) {
      const next = this.pointOf(seen);
      const fits = violated !== null && compare(violated, next) === 0;
      return fits ? { ...NOTHING, end: violated } : this.comesTrue(next, start);
    }
    if (violated === null || (deadline !== null && compare(deadline, violated) < 0)) {
      return deadline === null
        ? { ...NOTHING, end: start.forbidden }
        : this.comesTrue(deadline, start);
    }
    if (start.forbidden !== null
      && compare(start.forbidden, violated) <= 0) return { ...NOTHING, end: start.forbidden };
    if (step.else === 'fail') return { ...NOTHING, end: violated };
    return step.else === 'stop' ? NOTHING : this.negation(step, { ...start, at: violated });
  }

  private comesTrue(at: Point, start: Start): Course {
    const { forbidden, taken } = start;
    if (at.time > this.horizon) return { ...NOTHING, end: forbidden };
    if (forbidden !== null && compare(forbidden, at) <= 0) return { ...NOTHING, end: forbidden };
    return { results: [{ taken, at, forbidden }], end: at, touched: [] };
  }

  // --- again and again -----------------------------------------------------------------------

  private loop(step: Step, start: Start, after: readonly Step[]): Course {
    const { min, max } = step.times ?? { min: 1, max: 1 };
    const base = start.taken.length;
    const results: Result[] = [];
    const courses: Course[] = [];
    const round = (rounds: number, from: Result, contiguity: Contiguity | null): void => {
      const nots = after.slice(0, after.findIndex((next) => !isBareNot(next)) >>> 0)
        .filter((not) => rounds > 0 && (rounds >= min || not.contiguity !== 'strict'));
      const forbidden = nots.reduce(
        (point, not) => earliest(point, this.violation(not as NotStep, from)), from.forbidden,
      );
      let course = this.plain(
        step, { at: from.at, taken: from.taken, contiguity, forbidden, base },
      );
      if (step.gap !== null
        && rounds > 0) course = cut(course, this.tick(from.at.time + step.gap, from.at));
      course = this.stopped(step, course, from, rounds === 0 ? contiguity : null, base);
      courses.push(course);
      for (const result of course.results) {
        // An empty round stands for all that are wanted, and no other follows it.
        const empty = isEmpty(result, from);
        if (empty && rounds >= min) continue;
        if (!empty && (max === null || rounds + 1 < max)) round(rounds + 1, result, step.inner);
        if (!empty && rounds + 1 < min) continue;
        const greedy = step.greedy ? this.greedy(step, result.at, result.taken, base) : null;
        results.push({ ...result, forbidden: earliest(result.forbidden, greedy) });
      }
    };
    round(
      0, { taken: start.taken, at: start.at, forbidden: start.forbidden },
      start.contiguity ?? ownContiguity(step),
    );
    return { results, ...spanned(courses) };
  }

  /**
   * `until` with a condition: takes no more from that event on. A loop of single events that has
   * none yet (`first`: their contiguity) skips the event where it does not fit the loop.
   */
  private stopped(step: Step, course: Course, from: Result, first: Contiguity | null, base: number): Course {
    if (step.until?.kind !== 'condition') return course;
    const { where } = step.until;
    const once = { ...step, times: null } as Step;
    const stops = (index: number): boolean => {
      const event = this.events[index];
      return event !== undefined && this.holds(where, from.taken, event);
    };
    if (step.kind === 'on' && first === 'any') {
      const results = course.results.filter(({ at }) => !stops(at.seen - 1));
      return { ...course, results, touched: results.map(({ at }) => at) };
    }
    const skips = (index: number): boolean =>
      step.kind === 'on' && first === 'relaxed' && !this.fits(once, from.taken, index, base);
    for (let index = from.at.seen; index < this.events.length; index++) {
      if (stops(index) && !skips(index)) return cut(course, this.pointOf(index));
    }
    return course;
  }

  /** Where an event comes that a greedy loop would still take. */
  private greedy(step: Step, after: Point, taken: readonly Taken[], base: number): Point | null {
    for (let index = after.seen; index < this.events.length; index++) {
      const event = this.events[index] as Event;
      if (step.until?.kind === 'condition'
        && this.holds(step.until.where, taken, event)) return null;
      if (this.fits({ ...step, times: null } as Step, taken, index, base)) return this.pointOf(index);
    }
    return null;
  }

  private untilStep(step: Step, stop: Step, start: Start): Course {
    const { min, max } = step.times ?? { min: 1, max: 1 };
    const stops = this.modified(stop, { ...start, contiguity: null, forbidden: null }, []);
    const stopAt = firstOf(stops);
    let [taken, at, rounds] = [start.taken, start.at, 0];
    let contiguity = start.contiguity;
    const touched: Point[] = [];
    let hopeless: Point | null = null;
    while (max === null || rounds < max) {
      const course = this.plain(step, { ...start, at, taken, contiguity, forbidden: null });
      const next = course.results.find((result) => !isEmpty(result, { at }));
      if (next === undefined) {
        hopeless = course.end;
        break;
      }
      if (stopAt !== null && compare(stopAt, next.at) <= 0) break;
      [taken, at, contiguity] = [next.taken, next.at, step.inner];
      touched.push(next.at);
      rounds++;
    }
    const inside = (end: Point | null): readonly Point[] => {
      const all = [...touched, ...stops.touched].sort(compare);
      return end === null ? all : upTo(all, end);
    };
    if (min === max && rounds === max) {
      return guarded({ results: [{ taken, at, forbidden: null }], end: at, touched: inside(at) }, start);
    }
    if (hopeless !== null && (stopAt === null || compare(hopeless, stopAt) < 0)) {
      return guarded({ results: [], end: hopeless, touched: inside(hopeless) }, start);
    }
    if (stopAt === null) return guarded({ results: [], end: null, touched: inside(null) }, start);
    const own = stops.results.filter((result) => compare(result.at, stopAt) === 0);
    const results = rounds < min ? [] : own.map((result) => ({
      taken: [...taken, ...result.taken.slice(start.taken.length)], at: stopAt, forbidden: null,
    }));
    return guarded({ results, end: stopAt, touched: inside(stopAt) }, start);
  }

  // --- points --------------------------------------------------------------------------------

  private pointOf(index: number): Point {
    return { seen: index + 1, time: this.events[index]?.time ?? 0 };
  }

  private tick(time: number, after: Point): Point {
    const seen = this.events.filter((event) => event.time < time).length;
    return { seen: Math.max(seen, after.seen), time };
  }
}

/** Came true at its very start, so it took nothing. */
function isEmpty(result: Result, start: Pick<Start, 'at'>): boolean {
  return compare(result.at, start.at) === 0;
}

function begin(at: Point): Start {
  return { at, taken: [], contiguity: null, forbidden: null, base: 0 };
}

/** What a step says of its first event; a group that says nothing leaves it to its first step. */
function ownContiguity(step: Step): Contiguity | null {
  if (step.kind === 'on') return step.contiguity;
  return step.kind === 'group' && step.contiguity !== 'relaxed' ? step.contiguity : null;
}

function isBareNot(step: Step | undefined): boolean {
  return step?.kind === 'not' && step.for === null;
}

function compare(a: Point, b: Point): number {
  return a.seen - b.seen || a.time - b.time;
}

function earliest(a: Point | null, b: Point | null): Point | null {
  if (a === null || b === null) return a ?? b;
  return compare(a, b) <= 0 ? a : b;
}

function latest(a: Point | null, b: Point | null): Point | null {
  if (a === null || b === null) return null;
  return compare(a, b) >= 0 ? a : b;
}

function firstOf({ results }: Course): Point | null {
  return results.reduce<Point | null>((point, { at }) => earliest(point, at), null);
}

/** The course up to, and without, a point. */
function cut(course: Course, at: Point | null): Course {
  if (at === null) return course;
  return {
    results: course.results.filter((result) => compare(result.at, at) < 0),
    end: earliest(course.end, at),
    touched: course.touched.filter((one) => compare(one, at) < 0),
  };
}

/** A course that ends where something forbidden comes before it has taken anything. */
function guarded(course: Course, { forbidden, taken }: Start): Course {
  if (forbidden === null) return course;
  const [first] = course.touched;
  const carried = {
    ...course,
    results: course.results.map((result) => {
      const over = result.taken.length > taken.length
        || (first !== undefined && compare(first, result.at) < 0);
      return over ? result : { ...result, forbidden: earliest(result.forbidden, forbidden) };
    }),
  };
  return first !== undefined && compare(first, forbidden) < 0
    ? carried
    : cut(carried, forbidden);
}

function upTo(points: readonly Point[], end: Point): readonly Point[] {
  return points.filter((one) => compare(one, end) <= 0);
}

function spanned(courses: readonly Course[]): Omit<Course, 'results'> {
  const ends = courses.map(({ end }) => end);
  const last = ends.reduce<Point | null>((point, end) =>
    (point === null || (end !== null && compare(end, point) > 0) ? end : point), null);
  return {
    end: ends.includes(null) ? null : last,
    touched: courses.flatMap(({ touched }) => touched).sort(compare),
  };
}

function sameWay(a: Result, b: Result): boolean {
  return compare(a.at, b.at) === 0
    && a.taken.length === b.taken.length && lexical(a.taken, b.taken) === 0;
}

function lexical(a: readonly Taken[], b: readonly Taken[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = (a[i]?.index ?? 0) - (b[i]?.index ?? 0);
    if (difference !== 0) return difference;
  }
  return b.length - a.length;
}
