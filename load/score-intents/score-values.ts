/** Scores of the value tasks: dates, times, money, places. */
import type {
  CurrencyCase, DatetimeCase, PredictedSpan, SgdCase, SpanPrediction, XsidCase,
} from './gold.ts';
import { overlaps, pairByOverlap, Tally, type Extent, type Scores } from './figures.ts';

type Predictions<P> = ReadonlyMap<string, P>;

/** Counts found, exact span and right value of one pair in every group. */
function countPair(
  tally: Tally, groups: readonly string[], gold: Extent, pred: PredictedSpan | null, isRight: boolean,
): void {
  const found = pred === null ? 0 : 1;
  const exact = pred !== null && pred.start === gold.start && pred.end === gold.end ? 1 : 0;
  for (const group of groups) {
    tally.add(group, 'detect', found, 1, found);
    tally.add(group, 'exact_span', exact, 1, found);
    tally.add(group, 'value', isRight ? 1 : 0, 1, found);
  }
}

function countExtra(tally: Tally, groups: readonly string[], extra: number): void {
  for (const group of groups) {
    for (const measure of ['detect', 'exact_span', 'value']) tally.add(group, measure, 0, 0, extra);
  }
}

function sourceOf(one: { source: string; lang: string }): string {
  return `${one.lang}/${one.source.split(' ')[0] ?? ''}`;
}

export function scoreDatetime(
  gold: readonly DatetimeCase[], predictions: Predictions<SpanPrediction>,
): Scores {
  const tally = new Tally();
  for (const one of gold) {
    const source = sourceOf(one);
    const groups = ['all', one.lang, source];
    const { pairs, extra } = pairByOverlap(one.expected, predictions.get(one.id)?.spans ?? []);
    for (const [expected, pred] of pairs) {
      const isPoint = !expected.kind.endsWith('range');
      const own = isPoint ? ['points', `points/${one.lang}`, `points/${source}`] : [];
      const isRight = pred !== null && isRightTime(expected.kind, expected.values, pred);
      countPair(tally, [...groups, `kind:${expected.kind}`, ...own], expected, pred, isRight);
    }
    if (one.complete === false) continue;
    countExtra(tally, groups, extra.length);
    if (one.expected.length === 0) tally.check('no_false_alarm', extra.length === 0);
  }
  return tally.scores('datetime', gold.length);
}

/** The start is right at the grain of the gold, for any one of its values. */
function isRightTime(
  kind: string, values: readonly { readonly start: string }[], pred: PredictedSpan,
): boolean {
  return values.some(({ start }) => {
    const isClock = /^\d\d:/.test(start);
    const [day, clock] = start.includes('T') ? start.split('T') : isClock ? [null, start] : [start, null];
    if (day !== null && pred.date !== day) return false;
    if (clock === null || clock === undefined || kind === 'date' || kind === 'daterange') return true;
    return pred.time === clock.slice(0, 5);
  });
}

export function scoreCurrency(
  gold: readonly CurrencyCase[], predictions: Predictions<SpanPrediction>,
): Scores {
  const tally = new Tally();
  for (const one of gold) {
    const groups = ['all', one.lang, sourceOf(one)];
    const { pairs, extra } = pairByOverlap(one.expected, predictions.get(one.id)?.spans ?? []);
    for (const [expected, pred] of pairs) {
      const own = expected.market ? ['market', `market/${one.lang}`] : [];
      const isRight = pred !== null && isRightMoney(expected, pred);
      countPair(tally, [...groups, ...own], expected, pred, isRight);
    }
    if (one.complete === false) continue;
    countExtra(tally, groups, extra.length);
    if (one.expected.length === 0) tally.check('no_false_alarm', extra.length === 0);
  }
  return tally.scores('currency', gold.length);
}

/** What a bare `$` may be read as. */
const DOLLARS = ['$', 'USD', 'MXN', 'CAD', 'AUD'];

function isRightMoney(gold: CurrencyCase['expected'][number], pred: PredictedSpan): boolean {
  if (pred.amount === undefined || Math.abs(pred.amount - gold.amount) >= 0.005) return false;
  if (gold.currency !== null) return pred.currency === gold.currency;
  if (gold.symbol_class !== '$') return true;
  return pred.currency === null || pred.currency === undefined || DOLLARS.includes(pred.currency);
}

export function scoreSgd(
  gold: readonly SgdCase[], predictions: Predictions<SpanPrediction>,
): Scores {
  const tally = new Tally();
  for (const one of gold) {
    const spans = predictions.get(one.id)?.spans ?? [];
    for (const slot of one.slots) {
      const near = spans.filter((span) =>
        overlaps(slot, span) && (slot.kind === 'location') === (span.kind === 'location'));
      if (slot.kind === 'location') {
        tally.add('recall', 'location', near.length > 0 ? 1 : 0, 1, 1);
        tally.check('location_exact_span', near.some((span) =>
          span.start === slot.start && span.end === slot.end));
      } else if (slot.value !== null && slot.value !== '') {
        const part = slot.kind;
        tally.check(`${part}_value`, near.some((span) => span[part] === slot.value));
      }
    }
  }
  return tally.scores('sgd', gold.length);
}

export function scoreXsid(
  gold: readonly XsidCase[], predictions: Predictions<SpanPrediction>,
): Scores {
  const tally = new Tally();
  for (const one of gold) {
    for (const label of ['datetime', 'location'] as const) {
      const wanted = one.spans.filter((span) =>
        span.label === label || (label === 'datetime' && span.label === 'recurring_datetime'));
      const given = (predictions.get(one.id)?.spans ?? [])
        .filter((span) => (span.kind ?? 'datetime') === label);
      const { pairs, extra } = pairByOverlap(wanted, given);
      for (const group of [label, `${label}/${one.lang}`]) {
        for (const [expected, pred] of pairs) {
          const found = pred === null ? 0 : 1;
          const isExact = pred?.start === expected.start && pred.end === expected.end;
          tally.add(group, 'detect', found, 1, found);
          tally.add(group, 'exact_span', isExact ? 1 : 0, 1, found);
        }
        tally.add(group, 'detect', 0, 0, extra.length);
        tally.add(group, 'exact_span', 0, 0, extra.length);
      }
    }
  }
  return tally.scores('xsid', gold.length);
}
