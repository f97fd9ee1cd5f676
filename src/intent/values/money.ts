import type { MoneyMention } from '../mentions.ts';
import { as, isLink, type Atom } from './atom.ts';

export interface MoneySetting {
  readonly country: string;
  readonly listingPrice: number | null;
}

/** Smaller units: how many make one of the currency they belong to. */
const SMALL: Readonly<Record<string, readonly [number, string | null]>> = {
  CENT: [100, null],
  PENNY: [100, 'GBP'],
  KURUS: [100, 'TRY'],
  NICKEL: [20, 'USD'],
  DIME: [10, 'USD'],
  KOPEK: [100, 'UAH'],
};

const DOLLAR_COUNTRIES: ReadonlyMap<string, string> = new Map([
  ['CA', 'CAD'],
  ['AU', 'AUD'],
  ['NZ', 'NZD'],
  ['MX', 'MXN'],
  ['AR', 'ARS'],
  ['CL', 'CLP'],
  ['CO', 'COP'],
  ['SG', 'SGD'],
  ['HK', 'HKD'],
]);

const EURO_COUNTRIES: ReadonlySet<string> = new Set([
  'AT',
  'BE',
  'BG',
  'CY',
  'DE',
  'EE',
  'ES',
  'FI',
  'FR',
  'GR',
  'HR',
  'IE',
  'IT',
  'LT',
  'LU',
  'LV',
  'MT',
  'NL',
  'PT',
  'SI',
  'SK',
]);

/** The currency people of a country mean when they say none; null where the table has none. */
export function currencyOf(country: string): string | null {
  if (country === 'US') return 'USD';
  if (country === 'TR') return 'TRY';
  if (country === 'GB') return 'GBP';
  return EURO_COUNTRIES.has(country) ? 'EUR' : (DOLLAR_COUNTRIES.get(country) ?? null);
}

/** ISO code of what the table calls a currency; null for those without one there. */
function codeOf(name: string, country: string): string | null {
  if (name === '$') return DOLLAR_COUNTRIES.get(country) ?? 'USD';
  if (name === 'CENT') return EURO_COUNTRIES.has(country) ? 'EUR' : codeOf('$', country);
  return name === 'OTHER' ? null : (SMALL[name]?.[1] ?? name);
}

export interface Amount {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** "40", "2.5 million", "half a million", "10 grand". */
export function amountAt(atoms: readonly Atom[], i: number): Amount | null {
  const atom = atoms[i];
  if (atom === undefined) return null;
  let value = 0;
  let to = i;
  if (atom.role === 'number') {
    value = atom.value;
    to = i + 1;
  } else {
    const fraction = as(atom, 'fraction');
    if (fraction === null || as(atoms[i + 1], 'multiple') === null) return null;
    value = fraction.value;
    to = i + 1;
  }
  for (let step = 0; step < 2; step += 1) {
    const multiple = as(atoms[to], 'multiple');
    if (multiple === null) break;
    value *= multiple.value;
    to += 1;
  }
  const half = as(atoms[to], 'fraction');
  if (half?.name === 'and-half') {
    const scale = value >= 1e6 ? 1e6 : value >= 1000 ? 1000 : 1;
    return { value: value + scale / 2, from: i, to: to + 1 };
  }
  return { value, from: i, to };
}

interface Sign {
  readonly name: string;
  readonly to: number;
}

function signAt(atoms: readonly Atom[], i: number): Sign | null {
  const atom = atoms[i];
  const currency = as(atom, 'currency');
  if (atom === undefined || currency === null) return null;
  const beside = atoms[i + 1];
  const sign = as(beside, 'currency');
  // "MXN$ 15", "15 $ USD", "20€ euros": sign and code of one amount.
  const isDouble =
    sign !== null && (sign.name === '$' || sign.name === currency.name || currency.name === '$');
  if (isDouble && sign !== null && beside?.glued === (sign.name === '$')) {
    return { name: currency.name === '$' ? sign.name : currency.name, to: i + 2 };
  }
  return { name: currency.name, to: i + 1 };
}

/** Marked money that starts at atom `i`: a sign, code or word stands before or behind the amount. */
function moneyAt(
  atoms: readonly Atom[],
  i: number,
  country: string,
): { readonly money: Money; readonly to: number } | null {
  const before = signAt(atoms, i);
  if (before !== null) {
    const amount = amountAt(atoms, before.to);
    if (amount === null || isDashed(atoms, amount.from)) return null;
    const last = atoms[amount.to];
    const doubled = signAt(atoms, amount.to);
    const isSame =
      doubled !== null
      && (doubled.name === before.name || before.name === '$')
      && (last?.digits ?? 0) === 0
      && !isNumberAt(atoms, doubled.to);
    const name = isSame && doubled !== null ? doubled.name : before.name;
    if (atoms[i]?.entry?.weak === true && atoms[i]?.entry?.role !== 'currency') return null;
    return small(
      atoms,
      {
        name,
        value: amount.value,
        from: i,
        to: isSame && doubled !== null ? doubled.to : amount.to,
      },
      country,
    );
  }
  const amount = amountAt(atoms, i);
  if (amount === null) return null;
  const hyphen = atoms[amount.to]?.text === '-' && atoms[amount.to + 1]?.glued === true ? 1 : 0;
  const after = signAt(atoms, amount.to + hyphen);
  if (after !== null && hyphen === 1 && (atoms[amount.to + 1]?.text.length ?? 0) < 3) return null;
  if (after === null) {
    const grand = atoms[amount.to - 1]?.text === 'grand' || endsInGrand(atoms, amount);
    return grand ? small(atoms, { name: '$', ...amount }, country) : null;
  }
  // "12 $40": the sign belongs to the number behind it where it is glued to that only.
  const gluedNext =
    atoms[after.to]?.role === 'number'
    && atoms[after.to]?.glued === true
    && atoms[amount.to]?.glued !== true;
  if (gluedNext) return null;
  const multiple = as(atoms[after.to], 'multiple');
  if (multiple !== null && multiple.value >= 1e6) {
    return small(
      atoms,
      { name: after.name, value: amount.value * multiple.value, from: i, to: after.to + 1 },
      country,
    );
  }
  return small(atoms, { name: after.name, value: amount.value, from: i, to: after.to }, country);
}

function isDashed(atoms: readonly Atom[], i: number): boolean {
  return atoms[i]?.role === 'id';
}

function isNumberAt(atoms: readonly Atom[], i: number): boolean {
  return atoms[i]?.role === 'number' && atoms[i]?.glued === true;
}

function endsInGrand(atoms: readonly Atom[], amount: Amount): boolean {
  const atom = atoms[amount.from];
  return atom?.role === 'number' && atom.value >= 1000 && atom.grand === true;
}

interface Money {
  readonly name: string;
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** Adds "50 cents", "con 99 céntimos", "17 USD 25" behind an amount, and counts small units. */
function small(
  atoms: readonly Atom[],
  money: Money,
  country: string,
): { readonly money: Money; readonly to: number } {
  const own = SMALL[money.name];
  if (own !== undefined) {
    const value = Math.round((money.value / own[0]) * 1e6) / 1e6;
    return {
      money: { ...money, name: codeOf(money.name, country) ?? 'OTHER', value },
      to: money.to,
    };
  }
  const joins = isLink(atoms[money.to], 'and', 'with');
  const k = joins ? money.to + 1 : money.to;
  const number = atoms[k];
  if (number?.role === 'number' && number.value > 0 && number.value < 100 && !number.decimal) {
    const unit = as(atoms[k + 1], 'currency');
    const value = money.value + number.value / 100;
    if (unit !== null && SMALL[unit.name]?.[0] === 100) {
      return { money: { ...money, value, to: k + 2 }, to: k + 2 };
    }
    const sign = atoms[money.to - 1];
    const wordBefore = as(sign, 'currency') !== null;
    const isCode = wordBefore && sign?.text.length === 3;
    const isCents =
      unit === null
      && !number.glued
      && as(atoms[k + 1], 'unit') === null
      && atoms[k + 1]?.role !== 'thing'
      && (closes(atoms[k + 1]) || (isCode && !joins))
      && (joins ? wordBefore || number.digits === 0 : wordBefore && number.digits === 2);
    if (isCents) return { money: { ...money, value, to: k + 1 }, to: k + 1 };
  }
  return { money, to: money.to };
}

export function closes(atom: Atom | undefined): boolean {
  return atom === undefined || atom.role === 'mark';
}

/** Marked money of a text, in order, with the atoms each takes. */
export interface MoneyFound {
  readonly mention: MoneyMention;
  readonly from: number;
  readonly to: number;
}

export function findMoney(atoms: readonly Atom[], { country }: MoneySetting): MoneyFound[] {
  const found: MoneyFound[] = [];
  let i = 0;
  while (i < atoms.length) {
    const role = (atoms[i] as Atom).role;
    const next =
      role === 'number' || role === 'currency' || role === 'fraction' || role === 'thing'
        ? moneyAt(atoms, i, country)
        : null;
    if (next === null) {
      i += 1;
      continue;
    }
    const currency = codeOf(next.money.name, country);
    const sterling =
      country === 'US' && next.money.name === 'GBP' && atoms[next.to - 1]?.text !== '£';
    const mention = moneyMention(
      atoms,
      next.money.from,
      next.to,
      next.money.value,
      currency,
      sterling ? 0.6 : 0.95,
    );
    const lower = rangeStart(atoms, i, currency);
    if (lower !== null) found.push(lower);
    found.push({ mention, from: i, to: next.to });
    i = next.to;
    const upper = rangeEnd(atoms, i, currency, next.money.name);
    if (upper !== null) {
      found.push(upper);
      i = upper.to;
    }
  }
  return found;
}

function moneyMention(
  atoms: readonly Atom[],
  from: number,
  to: number,
  amount: number,
  currency: string | null,
  confidence: number,
): MoneyMention {
  return {
    kind: 'money',
    start: (atoms[from] as Atom).start,
    end: (atoms[to - 1] as Atom).end,
    amount,
    currency,
    marked: true,
    confidence,
  };
}

/** "40-50 €": the first number of the range has the currency too. */
function rangeStart(atoms: readonly Atom[], i: number, currency: string | null): MoneyFound | null {
  const first = atoms[i - 2];
  const isDash = atoms[i - 1]?.text === '-' && atoms[i]?.role === 'number';
  if (!isDash || first?.role !== 'number' || first.digits === 0) return null;
  if (as(atoms[i - 3], 'currency') !== null) return null;
  return {
    mention: moneyMention(atoms, i - 2, i - 1, first.value, currency, 0.9),
    from: i - 2,
    to: i - 1,
  };
}

/** "$40-50": and so has the second. */
function rangeEnd(
  atoms: readonly Atom[],
  i: number,
  currency: string | null,
  name: string,
): MoneyFound | null {
  const second = atoms[i + 1];
  if (
    atoms[i]?.text !== '-'
    || second?.role !== 'number'
    || second.digits === 0
    || name === 'OTHER'
  )
    return null;
  if (atoms[i - 1]?.role !== 'number' || !second.glued) return null;
  return {
    mention: moneyMention(atoms, i + 1, i + 2, second.value, currency, 0.9),
    from: i + 1,
    to: i + 2,
  };
}
