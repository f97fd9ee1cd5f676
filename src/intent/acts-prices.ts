/** Which of the amounts in a message are prices put on the table, and which price a yes is to. */
import type { Reading } from './acts-features.ts';
import { cueIndex, type Cue } from './acts-cues.ts';
import type { MoneyMention } from './mentions.ts';

export interface Price {
  readonly amount: number;
  readonly currency: string | null;
  readonly start: number;
  readonly end: number;
  /** How much the words around it speak for a price on the table; above 0 it is one. */
  readonly weight: number;
  /** Each, a month: not the price of the whole. */
  readonly per: string | null;
}

const BID = cueIndex('bid');
const ASKING = cueIndex('asking');
const FINAL = cueIndex('final');
const DEAL = cueIndex('deal');
const PAST_PRICE = cueIndex('past-price');
const COMPARE = cueIndex('compare');
const REFUSE = cueIndex('refuse');
const TOO_MUCH = cueIndex('too-much');
const NOT = cueIndex('not');
const MIDDLE = cueIndex('middle');
const LIST_PRICE = cueIndex('list-price');
const DISCOUNT = cueIndex('discount');
const DELIVER = cueIndex('deliver');
const PER = cueIndex('per');

/** The amounts of a message as prices, in order of the text. */
export function weighPrices(reading: Reading): readonly Price[] {
  const money = reading.mentions.filter((one): one is MoneyMention => one.kind === 'money');
  const prices = money.map((one, index) => weigh(one, index === money.length - 1, reading));
  const middle = middlePrice(reading);
  if (middle !== null && prices.every((one) => one.weight <= 0)) return [...prices, middle];
  return prices;
}

function weigh(money: MoneyMention, isLast: boolean, reading: Reading): Price {
  const { words, cues, state, message } = reading;
  const first = wordAt(reading, money.start);
  const after = wordAt(reading, money.end);
  const from = sentenceStart(reading, first);
  let weight = money.marked ? 1 : 0.6;
  let per: string | null = null;
  for (const cue of cues) {
    const gap = first - cue.last;
    const near = gap >= 0 && gap <= 4 && cue.first >= from;
    const follows = cue.first >= after && cue.first - after <= 2;
    if (near) weight += nearWeight(cue, gap, money, state.offer?.amount);
    if (cue.name === PER && follows) {
      per = words.text.slice(words.start[cue.first], words.end[cue.last - 1]).toLowerCase();
    }
    if (cue.name === DISCOUNT && follows && /^(off|less|discount|indirim|de descuento)/i.test(
      words.text.slice(words.start[cue.first], words.end[cue.last - 1]))) weight -= 2;
    if (cue.name === TOO_MUCH && follows) weight -= 1.5;
    if (cue.name === PAST_PRICE && follows) weight -= 0.6;
    if (cue.name === REFUSE && follows && cue.first >= after) weight -= 0.4;
  }
  const listing = message.listing?.price;
  if (listing !== undefined && !plausible(money.amount, listing)) weight -= money.marked ? 0.8 : 1.5;
  if (isLast) weight += 0.1;
  return {
    amount: money.amount, currency: money.currency, start: money.start, end: money.end, weight, per,
  };
}

function nearWeight(cue: Cue, gap: number, money: MoneyMention, standing: number | undefined): number {
  switch (cue.name) {
    case BID: return 0.8;
    case ASKING: return 0.4;
    case FINAL: return 0.5;
    case DEAL: return 0.3;
    case PAST_PRICE: return gap <= 3 ? -1.4 : -0.5;
    case COMPARE: return gap <= 1 ? -0.6 : 0;
    case DELIVER: return gap <= 2 ? -0.4 : 0;
    case REFUSE: return gap <= 3 && money.amount === standing ? -1.5 : gap <= 2 ? -0.5 : 0;
    case NOT: return gap === 0 ? -0.6 : 0;
    default: return 0;
  }
}

/** Within what people ask and offer for a thing listed at `listing`. */
export function plausible(amount: number, listing: number): boolean {
  return amount >= listing * 0.2 && amount <= listing * 1.6;
}

/** "Let us meet in the middle": the mean of the two prices on the table. */
function middlePrice(reading: Reading): Price | null {
  const cue = reading.cues.find((one) => one.name === MIDDLE);
  const { offer, offerBefore } = reading.state;
  if (cue === undefined || offer === null) return null;
  const other = offerBefore?.amount ?? reading.message.listing?.price;
  if (other === undefined || other === offer.amount) return null;
  return {
    amount: Math.round((offer.amount + other) * 50) / 100, currency: offer.currency,
    start: reading.words.start[cue.first] ?? 0, end: reading.words.end[cue.last - 1] ?? 0,
    weight: 0.8, per: null,
  };
}

/** The price that a yes in this message is to, null where none stands. */
export function agreedPrice(
  reading: Reading, prices: readonly Price[],
): { amount: number; currency: string | null } | null {
  const named = prices.findLast((one) => one.weight > 0);
  if (named !== undefined) return named;
  const { state, message } = reading;
  const listing = message.listing;
  const fromListing = listing?.price === undefined ? null
    : { amount: listing.price, currency: listing.currency ?? null };
  if (reading.cues.some((cue) => cue.name === LIST_PRICE) && fromListing !== null) return fromListing;
  return state.offer ?? fromListing;
}

/** Index of the word that begins at or after a place in the text. */
export function wordAt(reading: Reading, offset: number): number {
  const { words } = reading;
  let low = 0;
  let high = words.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words.start[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First word of the sentence that a word stands in. */
export function sentenceStart(reading: Reading, word: number): number {
  const { words } = reading;
  for (let at = word - 1; at >= 0; at--) {
    if (isStop(words.text, words.start[at] ?? 0)) return at + 1;
  }
  return 0;
}

/** One past the last word of the sentence that a word stands in, its mark included. */
export function sentenceEnd(reading: Reading, word: number): number {
  const { words } = reading;
  for (let at = word; at < words.count; at++) {
    if (isStop(words.text, words.start[at] ?? 0)) return at + 1;
  }
  return words.count;
}

function isStop(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit === 0x21 || unit === 0x3f || unit === 0x3b) return true;
  if (unit !== 0x2e) return false;
  // A full stop, not the point of a figure.
  const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 0x20;
  return next < 0x30 || next > 0x39;
}
