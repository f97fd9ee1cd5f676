import type { MoneyMention } from '../mentions.ts';
import { as, isLink, type Atom } from './atom.ts';
import { amountAt, closes, currencyOf, type Amount, type MoneySetting } from './money.ts';

/**
 * Numbers that may be prices though nothing says so. Called with what neither marked money nor a
 * time has taken; confidence says how near the asking price and how price-like the words are.
 */
export function findBareMoney(
  atoms: readonly Atom[],
  isTaken: (atom: Atom) => boolean,
  { country, listingPrice }: MoneySetting,
): MoneyMention[] {
  const found: MoneyMention[] = [];
  for (let i = 0; i < atoms.length; i += 1) {
    const atom = atoms[i] as Atom;
    if (atom.role !== 'number' || atom.entry?.weak === true || isTaken(atom)) continue;
    const amount = amountAt(atoms, i);
    if (amount === null) continue;
    const confidence = bareConfidence(atoms, i, amount, listingPrice);
    if (confidence === 0) continue;
    found.push({
      kind: 'money',
      start: atom.start,
      end: (atoms[amount.to - 1] as Atom).end,
      amount: amount.value,
      currency: currencyOf(country),
      marked: false,
      confidence,
    });
    i = amount.to - 1;
  }
  return found;
}

function bareConfidence(
  atoms: readonly Atom[],
  i: number,
  amount: Amount,
  listingPrice: number | null,
): number {
  const atom = atoms[i] as Atom;
  if (isQuantity(atoms, i, amount.to) || amount.value <= 0) return 0;
  const isOffered =
    isLink(atoms[i - 1], 'for', 'offer', 'at', 'around')
    || isLink(atoms[i - 2], 'offer')
    || isLink(atoms[amount.to], 'offer')
    || as(atoms[i - 1], 'relative')?.name === 'last'
    || as(atoms[amount.to], 'relative')?.name === 'last'
    || atom.case === 'dat'
    || atom.case === 'abl';
  const ends = closes(atoms[amount.to]) || isLink(atoms[amount.to], 'and');
  const isAlone = ends && (i === 0 || closes(atoms[i - 1]));
  const isYear = atom.digits === 4 && amount.value >= 1950 && amount.value <= 2035 && !atom.decimal;
  const isWord = atom.digits === 0;
  const words = isOffered || isAlone;
  if (listingPrice !== null && listingPrice > 0) {
    const ratio = amount.value / listingPrice;
    if (ratio >= 0.45 && ratio <= 1.15)
      return isWord && amount.value < 20 ? 0.6 : words ? 0.9 : 0.8;
    if (isYear) return 0.1;
    if (ratio >= 0.25 && ratio <= 1.6) return words ? 0.7 : 0.5;
    return words ? 0.3 : 0.15;
  }
  if (isYear || (isWord && amount.value < 20)) return 0.1;
  if (amount.value < 3) return 0.1;
  return words ? 0.6 : 0.3;
}

const STREETS: ReadonlySet<string> = new Set([
  'street',
  'st',
  'avenue',
  'ave',
  'road',
  'rd',
  'blvd',
]);

/** Counted, weighed or measured, a rate, a house or model number: never a price. */
function isQuantity(atoms: readonly Atom[], i: number, to: number): boolean {
  const after = atoms[to];
  const before = atoms[i - 1];
  if (after !== undefined) {
    if (after.role === 'thing' || as(after, 'unit') !== null || as(after, 'thing') !== null)
      return true;
    if (isLink(after, 'percent') || after.text === '"' || (after.text === "'" && after.glued))
      return true;
    if (after.glued && (after.text === '/' || after.text === '*' || after.text === '%'))
      return true;
    if (after.text === '-' && after.glued && atoms[to + 1]?.role === 'thing') return true;
    if (after.text === '-' && after.glued && as(atoms[to + 1], 'unit') !== null) return true;
    const street = atoms[to + 1];
    if (after.role === 'word' && street?.role === 'thing' && STREETS.has(street.text)) return true;
    if ((after.text === 'x' || after.text === '×') && atoms[to + 1]?.role === 'number') return true;
  }
  if (before === undefined) return false;
  return (
    before.text === '#'
    || (before.text === '/' && before.glued)
    || isLink(before, 'percent')
    || before.role === 'thing'
  );
}
