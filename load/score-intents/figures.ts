/**
 * Counting for the scores: precision, recall, F1 and accuracy, as the evaluation data define them.
 */

export interface Figure {
  readonly p: number | null;
  readonly r: number | null;
  readonly f1: number | null;
  readonly gold: number;
  readonly pred: number;
}

export interface Scores {
  readonly task: string;
  readonly n: number;
  /** Group (all, a language, an act) to measure to figure. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  readonly accuracy: Readonly<Record<string, { readonly accuracy: number | null; readonly n: number }>>;
}

/** Rounded to three places; null where nothing was counted. */
export function round3(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1000) / 1000 : null;
}

interface Count {
  right: number;
  gold: number;
  pred: number;
}

export class Tally {
  readonly #counts = new Map<string, Map<string, Count>>();
  readonly #accuracy = new Map<string, { right: number; n: number }>();

  /** Adds to the counts of one measure of one group. */
  add(group: string, measure: string, right: number, gold: number, pred: number): void {
    let measures = this.#counts.get(group);
    if (measures === undefined) this.#counts.set(group, measures = new Map());
    let count = measures.get(measure);
    if (count === undefined) measures.set(measure, count = { right: 0, gold: 0, pred: 0 });
    count.right += right;
    count.gold += gold;
    count.pred += pred;
  }

  /** One case of an accuracy. */
  check(name: string, isRight: boolean): void {
    let count = this.#accuracy.get(name);
    if (count === undefined) this.#accuracy.set(name, count = { right: 0, n: 0 });
    count.n++;
    if (isRight) count.right++;
  }

  /** One label of one case: wanted, given. */
  label(group: string, measure: string, isGold: boolean, isPred: boolean): void {
    this.add(group, measure, isGold && isPred ? 1 : 0, isGold ? 1 : 0, isPred ? 1 : 0);
  }

  scores(task: string, n: number): Scores {
    const groups: Record<string, Record<string, Figure>> = {};
    for (const [group, measures] of this.#counts) {
      const figures: Record<string, Figure> = {};
      for (const [measure, count] of measures) figures[measure] = figureOf(count);
      groups[group] = figures;
    }
    const accuracy: Record<string, { accuracy: number | null; n: number }> = {};
    for (const [name, { right, n: cases }] of this.#accuracy) {
      accuracy[name] = { accuracy: round3(right / cases), n: cases };
    }
    return { task, n, groups, accuracy };
  }
}

function figureOf({ right, gold, pred }: Count): Figure {
  const p = right / pred;
  const r = right / gold;
  return { p: round3(p), r: round3(r), f1: round3(2 * p * r / (p + r) || 0), gold, pred };
}

export interface Extent {
  readonly start: number;
  readonly end: number;
}

export function overlaps(a: Extent, b: Extent): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Each gold span with the unused prediction that overlaps it most, in order of the gold. */
export function pairByOverlap<G extends Extent, P extends Extent>(
  gold: readonly G[], pred: readonly P[],
): { readonly pairs: readonly (readonly [G, P | null])[]; readonly extra: readonly P[] } {
  const used = new Set<P>();
  const pairs = gold.map((one): readonly [G, P | null] => {
    let best: P | null = null;
    let most = 0;
    for (const other of pred) {
      const shared = Math.min(one.end, other.end) - Math.max(one.start, other.start);
      if (!used.has(other) && shared > most) [best, most] = [other, shared];
    }
    if (best !== null) used.add(best);
    return [one, best];
  });
  return { pairs, extra: pred.filter((one) => !used.has(one)) };
}
