/**
 * The value pass reads a text alone; here its findings meet what is on the table. In "how about
 * 1800?" about a flat at 2,200 the figure is no hour, and "720" about a car at 750,000 is
 * thousands.
 */
import type { Span } from './contract.ts';
import type { Words } from './scan.ts';
import type { Mention, MoneyMention, TimeMention } from './mentions.ts';

/** Least and greatest share of the asking price that people talk about. */
const SHARE_MIN = 0.15;
const SHARE_MAX = 1.6;
/** How many times the price on the table a counter-offer can be, where there is no asking price. */
const COUNTER_TIMES = 6;
/** Without anything to compare with, a bare figure below this confidence is no price. */
const DOUBTFUL = 0.25;

/** Whether people offer or ask this much for a thing at `reference`. */
export function plausible(amount: number, reference: number): boolean {
  return amount >= reference * SHARE_MIN && amount <= reference * SHARE_MAX;
}

const DIGITS = 1;
const PHONE_DIGITS_MIN = 9;
const TELEPHONE = /(?:\d[\s.()-]{0,2}){9,15}/;

/** Nine digits and more in a row, as people write a telephone number. */
export function findPhone({ text, count, kind, start, end }: Words): Span | null {
  let digits = 0;
  for (let at = 0; at < count; at++) {
    if (kind[at] === DIGITS) digits += (end[at] ?? 0) - (start[at] ?? 0);
  }
  if (digits < PHONE_DIGITS_MIN) return null;
  const match = TELEPHONE.exec(text);
  return match === null ? null : { start: match.index, end: match.index + match[0].trimEnd().length };
}

/** What the amounts of a text are read against. */
export interface Table {
  /** Asking price. */
  readonly listing: number | undefined;
  /** Price on the table. */
  readonly standing: number | undefined;
  /** It is agreed: a small figure is an hour sooner than thousands. */
  readonly isAgreed: boolean;
  readonly phone: Span | null;
}

/** The mentions of a text, given the asking price and the price on the table, where there are. */
export function settleMoney(
  text: string, mentions: readonly Mention[], table: Table,
): readonly Mention[] {
  const { listing, standing, isAgreed, phone } = table;
  const reference = listing ?? standing;
  const rent = listing === undefined ? null : rentIn(text, mentions, listing);
  if (mentions.length === 0 && rent === null) return mentions;
  const settled: Mention[] = rent === null ? [] : [rent];
  for (const mention of mentions) {
    if (phone !== null && mention.start < phone.end && mention.end > phone.start) continue;
    if (mention.kind === 'money') {
      const money = reference === undefined || isAgreed ? mention : inThousands(text, mention, reference);
      if (money.marked || fits(money, listing, standing)) settled.push(money);
    } else if (mention.kind === 'time' && reference !== undefined) {
      settled.push(hourOrPrice(text, mention, reference));
    } else settled.push(mention);
  }
  return settled;
}

const RENT = /(?<![\d.,$])(\d{3,5})\/(?:m|w|yr|year)/;

/** "1950/month": a figure that the value pass leaves alone because of its sign. */
function rentIn(
  text: string, mentions: readonly Mention[], listing: number,
): MoneyMention | null {
  if (!text.includes('/')) return null;
  const match = RENT.exec(text);
  if (match === null || !plausible(Number(match[1]), listing)) return null;
  const start = match.index;
  const end = start + (match[1]?.length ?? 0);
  if (mentions.some((one) => one.start < end && one.end > start)) return null;
  return {
    kind: 'money', start, end, amount: Number(match[1]), currency: null, marked: false, confidence: 0.6,
  };
}

function fits(
  money: MoneyMention, listing: number | undefined, standing: number | undefined,
): boolean {
  if (listing !== undefined) return plausible(money.amount, listing);
  if (standing === undefined) return money.confidence >= DOUBTFUL;
  return money.amount * COUNTER_TIMES >= standing && money.amount <= standing * COUNTER_TIMES;
}

function inThousands(text: string, money: MoneyMention, reference: number): MoneyMention {
  const amount = money.amount * 1000;
  // "a" and "one" are no figures.
  const unit = text.charCodeAt(money.start);
  const isShort = !money.marked && unit >= 0x30 && unit <= 0x39
    && money.amount < 1000 && reference >= 2000;
  return isShort && !plausible(money.amount, reference) && plausible(amount, reference)
    ? { ...money, amount } : money;
}

const PLAIN_FIGURE = /^(\d{3,4})(?![\d:.,hH])(?!\s*(?:am|pm|hrs|hours))/i;

/** A time that begins with a plain figure of three or four digits may be a price. */
function hourOrPrice(text: string, time: TimeMention, reference: number): Mention {
  const figure = PLAIN_FIGURE.exec(text.slice(time.start, time.end))?.[1];
  if (figure === undefined || !plausible(Number(figure), reference)) return time;
  return {
    kind: 'money', start: time.start, end: time.start + figure.length, amount: Number(figure),
    currency: null, marked: false, confidence: 0.5,
  };
}
