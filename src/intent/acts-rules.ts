/**
 * Rules for the plain cases. Each says of a message that it looks like one head; the model starts
 * from trusting them and learns from the data where they fail.
 */
import { CUE } from './acts-cues.ts';
import type { Reading } from './acts-features.ts';
import { wordAt } from './acts-prices.ts';
import { HEADS, type Head } from './heads.ts';

/** What the rules ask about a message. */
interface Look {
  readonly has: (index: number) => boolean;
  /** The cue stands in a sentence that is no question. */
  readonly says: (index: number) => boolean;
  /**
   * The cue stands in a question; where people leave out question marks, in what a buyer writes.
   */
  readonly asksWith: (index: number) => boolean;
  /** "40 it is", "40 works": the words after an amount agree to it. */
  readonly agreesToPrice: boolean;
  /** A cue of a question that has a head of its own, of a meeting or of an offer. */
  readonly hasOtherQuestion: boolean;
  /** The cue begins the message, a greeting aside, or a sentence that is no question. */
  readonly opens: (index: number) => boolean;
  readonly asks: boolean;
  readonly isSeller: boolean;
  readonly price: boolean;
  /** A price that is not the one on the table. */
  readonly newPrice: boolean;
  readonly time: boolean;
  readonly place: boolean;
  readonly offerOpen: boolean;
  readonly offerFresh: boolean;
  readonly meetingOpen: boolean;
  readonly meetingFresh: boolean;
  readonly meetingStands: boolean;
  readonly count: number;
  /** A price is agreed: what is left is to meet. */
  readonly isAgreed: boolean;
  readonly phone: boolean;
}

type Rule = (look: Look) => boolean;

const RULES: Readonly<Partial<Record<Head, Rule>>> = {
  availability_question: (l) => l.asksWith(CUE.available) && !l.price,
  negotiability_question: (l) => l.asksWith(CUE.negotiable) && !l.newPrice,
  condition_question: (l) => l.asksWith(CUE.condition) && !l.price,
  price_question: (l) => l.has(CUE['ask-price']) && !l.price && !l.has(CUE.negotiable) && !l.isSeller,
  detail_question: (l) => l.asksWith(CUE['ask-detail'])
    || (l.asks && !l.isSeller && !l.price && !l.hasOtherQuestion),
  price_offer: (l) => l.price && (l.newPrice || !l.has(CUE.deal)),
  final_price: (l) => l.price && l.has(CUE.final),
  accept: (l) => l.agreesToPrice || !l.newPrice && !l.has(CUE.refuse) && !l.has(CUE['too-much'])
    && (l.says(CUE.deal) || l.says(CUE.take) || (l.offerFresh && (l.opens(CUE.yes) || l.opens(CUE.fine)))),
  reject: (l) => !l.has(CUE.deal) && (l.has(CUE['too-much'])
    || (l.offerFresh && (l.says(CUE.refuse) || l.opens(CUE.no) || l.has(CUE['no-interest'])))),
  meeting_proposal: (l) => !l.meetingStands && (l.isAgreed && !l.price && (l.time || l.place)
    || (l.has(CUE.meet) || l.has(CUE.come) || l.has(CUE.when) || (l.has(CUE.where) && l.isAgreed))
    && (l.time || l.place || l.asks || l.isAgreed)),
  meeting_change: (l) => l.meetingStands && (l.time || l.place),
  meeting_accept: (l) => l.meetingFresh && !l.has(CUE.cannot) && !l.has(CUE.busy)
    && (l.opens(CUE.yes) || l.opens(CUE.fine) || l.has(CUE['will-be-there']) || l.has(CUE.deal)),
  meeting_reject: (l) => l.meetingOpen && (l.has(CUE.cannot) || l.has(CUE.busy) || l.opens(CUE.no)),
  delivery: (l) => l.has(CUE.deliver),
  payment: (l) => l.has(CUE.pay),
  contact_share: (l) => l.has(CUE.contact) || l.phone,
  greeting: (l) => l.opens(CUE.greet),
  closing: (l) => (l.has(CUE.bye) || l.has(CUE.thanks)) && !l.asks && !l.opens(CUE.greet) && l.count <= 8,
};

const RULE_LIST: readonly (Rule | undefined)[] = HEADS.map((head) => RULES[head]);

/** Bit by bit of `HEADS`, which rules hold. */
export function rulesThatHold(reading: Reading): number {
  const look = lookAt(reading);
  let bits = 0;
  for (let head = 0; head < RULE_LIST.length; head++) {
    if (RULE_LIST[head]?.(look) === true) bits |= 1 << head;
  }
  return bits;
}

const OTHER_QUESTIONS: readonly number[] = [
  CUE.available, CUE.negotiable, CUE.condition, CUE['ask-price'], CUE.bid, CUE.meet, CUE.come, CUE.when,
  CUE.where, CUE.deliver, CUE.pay, CUE.contact, CUE.final,
];

function agreesToPrice(reading: Reading): boolean {
  const { prices, cues, sentences } = reading;
  return cues.some((cue) => cue.name === CUE.agrees
    && sentences.asks[sentences.of[cue.first] ?? 0] !== true
    && prices.some((price) => {
      const gap = cue.first - wordAt(reading, price.end);
      return gap >= 0 && gap <= 1;
    }));
}

function lookAt(reading: Reading): Look {
  const { prices, sentences, cues, mentions, state, view, message, words } = reading;
  let low = 0;
  let high = 0;
  let greeted = 0;
  for (const cue of cues) {
    if (cue.name < 32) low |= 1 << cue.name;
    else high |= 1 << (cue.name - 32);
    if (cue.name === CUE.greet && cue.first <= greeted + 1) greeted = Math.max(greeted, cue.last);
  }
  const has = (index: number): boolean => {
    return ((index < 32 ? low >> index : high >> (index - 32)) & 1) === 1;
  };
  const isAsked = (word: number): boolean => sentences.asks[sentences.of[word] ?? 0] === true;
  const opens = (index: number): boolean => {
    return cues.some((cue) => cue.name === index && (cue.first <= 1 || cue.first <= greeted + 1
      || (cue.first === sentences.first[sentences.of[cue.first] ?? 0] && !isAsked(cue.first))));
  };
  const says = (index: number): boolean => {
    return cues.some((cue) => cue.name === index && !isAsked(cue.first));
  };
  const hasMark = sentences.asks.includes(true);
  const asksWith = (index: number): boolean => {
    return cues.some((cue) => cue.name === index
      && (hasMark ? isAsked(cue.first) : message.role !== 'seller'));
  };
  const named = prices.filter((price) => price.weight > 0);
  return {
    has, says, opens, asksWith, asks: hasMark,
    agreesToPrice: agreesToPrice(reading), hasOtherQuestion: OTHER_QUESTIONS.some(has),
    isSeller: message.role === 'seller', price: named.length > 0,
    newPrice: named.some((price) => price.amount !== state.offer?.amount),
    time: mentions.some((mention) => mention.kind === 'time'),
    place: mentions.some((mention) => mention.kind === 'place'),
    offerOpen: view.offer === 'fresh' || view.offer === 'theirs',
    offerFresh: view.offer === 'fresh',
    meetingOpen: view.meeting === 'fresh' || view.meeting === 'theirs',
    meetingFresh: view.meeting === 'fresh',
    meetingStands: state.meeting !== null
      && (state.meeting.date !== null || state.meeting.locationName !== null),
    count: words.count,
    isAgreed: view.offer === 'agreed',
    phone: reading.phone !== null,
  };
}
