/** Which of the amounts in a message are prices put on the table, and which price a yes is to. */
import type { Reading } from './acts-features.ts';
import { CUE, type Cue } from './acts-cues.ts';
import { plausible } from './acts-money.ts';
import type { Words } from './scan.ts';
import type { MoneyMention } from './mentions.ts';

/** What an amount is weighed by. */
type Unpriced = Pick<Reading, 'message' | 'state' | 'view' | 'words' | 'sentences' | 'cues' | 'mentions'>;

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

const BID = CUE.bid;
const ASKING = CUE.asking;
const FINAL = CUE.final;
const DEAL = CUE.deal;
const PAST_PRICE = CUE['past-price'];
const COMPARE = CUE.compare;
const REFUSE = CUE.refuse;
const TOO_MUCH = CUE['too-much'];
const NOT = CUE.not;
const MIDDLE = CUE.middle;
const LIST_PRICE = CUE['list-price'];
const DISCOUNT = CUE.discount;
const DELIVER = CUE.deliver;
const PER = CUE.per;
const UNIT = CUE.unit;
const SAID_AGAIN = 0.7;

/**
 * The price a message puts on the table: of several the one that the words around it speak for
 * most.
 */
export function pricePut(prices: readonly Price[]): Price | undefined {
  let best: Price | undefined;
  for (const price of prices) {
    if (price.weight > 0 && (best === undefined || price.weight >= best.weight)) best = price;
  }
  return best;
}

const NONE: readonly Price[] = [];

/** The amounts of a message as prices, in order of the text. */
export function weighPrices(reading: Unpriced): readonly Price[] {
  if (reading.mentions.length === 0 && reading.state.offer === null) return NONE;
  const money = reading.mentions.filter((one): one is MoneyMention => one.kind === 'money');
  const prices = money.map((one, index) => weigh(one, index === money.length - 1, money.length === 1, reading));
  const middle = middlePrice(reading);
  return middle !== null && prices.length === 0 ? [middle] : prices;
}

function weigh(
  money: MoneyMention, isLast: boolean, isOnly: boolean, reading: Unpriced,
): Price {
  const { words, cues, state, message } = reading;
  const first = wordAt(reading, money.start);
  const after = wordAt(reading, money.end);
  const from = reading.sentences.first[reading.sentences.of[first] ?? 0] ?? 0;
  let weight = money.marked ? 1 : isYear(money.amount) ? -0.3 : 0.6;
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
    if (cue.name === UNIT && !money.marked && cue.first - after <= 1 && cue.first >= after) weight -= 2.5;
    if (cue.name === BID && follows) weight += 0.6;
    if (cue.name === FINAL && follows) weight += 0.4;
    if (cue.name === TOO_MUCH && follows) weight -= 1.5;
    if (cue.name === PAST_PRICE && follows) weight -= 1.2;
    if (cue.name === REFUSE && follows && cue.first >= after) weight -= 0.4;
  }
  const listing = message.listing?.price;
  if (listing !== undefined && !plausible(money.amount, listing)) weight -= 2.5;
  // Where another amount stands beside it, the one already known is what is left behind.
  if (!isOnly && (money.amount === listing || money.amount === state.offer?.amount)) weight -= 0.6;
  // The price of the other side, said again, is taken up or turned down: it is not put on the table.
  if (money.amount === state.offer?.amount) {
    if (reading.view.offer === 'fresh') weight -= 1.5;
    // Later it may be put again, with other terms.
    else if (reading.view.offer === 'theirs') weight -= SAID_AGAIN;
  }
  if (isGap(money.amount, reading)) weight -= 2;
  if (reading.view.before.includes('delivery') && listing !== undefined
    && money.amount < listing / 2) weight -= 1.2;
  if (isLast) weight += 0.1;
  return {
    amount: money.amount, currency: money.currency, start: money.start, end: money.end, weight, per,
  };
}

/** "I can get the other 30": what lies between one's own price and the other side's is no price of its own. */
function isGap(amount: number, { state, message, view }: Unpriced): boolean {
  const { offer, offerBefore } = state;
  if (offer === null || offerBefore === null || view.offer === 'agreed') return false;
  const areOwnAndTheirs = offer.speaker !== message.speaker && offerBefore.speaker === message.speaker;
  return areOwnAndTheirs && Math.abs(offer.amount - offerBefore.amount) === amount
    && amount < Math.min(offer.amount, offerBefore.amount) / 2;
}

/** A bare figure that is more often a year than a price. */
function isYear(amount: number): boolean {
  return amount >= 1990 && amount <= 2035 && amount % 50 !== 0;
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

/** "Let us meet in the middle": the mean of the two prices on the table. */
function middlePrice(reading: Unpriced): Price | null {
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
  reading: Reading,
): { amount: number; currency: string | null } | null {
  const named = pricePut(reading.prices);
  if (named !== undefined) return named;
  const { state, message } = reading;
  const listing = message.listing;
  const fromListing = listing?.price === undefined ? null
    : { amount: listing.price, currency: listing.currency ?? null };
  if (reading.cues.some((cue) => cue.name === LIST_PRICE) && fromListing !== null
    && reading.view.offer !== 'fresh') return fromListing;
  const { offer, offerBefore } = state;
  // "How about 1700?", and then, with no answer yet, "ok, deal": to what the other side has put before.
  const isToBefore = offer?.speaker === message.speaker && !offer.accepted && !reading.view.answering
    && offerBefore !== null && offerBefore.speaker !== message.speaker;
  return isToBefore ? offerBefore : offer ?? fromListing;
}

/** Index of the word that begins at or after a place in the text. */
export function wordAt({ words }: { readonly words: Words }, offset: number): number {
  let low = 0;
  let high = words.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words.start[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
