/**
 * Rules for the plain cases. Each says of a message that it looks like one head; the model starts from
 * trusting them and learns from the data where they fail.
 */
import { cueIndex, type CueName } from './acts-cues.ts';
import type { Reading } from './acts-features.ts';
import { wordAt, type Price } from './acts-prices.ts';
import { HEADS, type Head } from './heads.ts';

/** What the rules ask about a message. */
interface Look {
  readonly has: (name: CueName) => boolean;
  /** The cue stands in a sentence that is no question. */
  readonly says: (name: CueName) => boolean;
  /** The cue stands in a question; where people leave out question marks, in what a buyer writes. */
  readonly asksWith: (name: CueName) => boolean;
  /** "40 it is", "40 works": the words after an amount agree to it. */
  readonly agreesToPrice: boolean;
  /** A cue of a question that has a head of its own, of a meeting or of an offer. */
  readonly hasOtherQuestion: boolean;
  /** The cue begins the message, a greeting aside, or a sentence that is no question. */
  readonly opens: (name: CueName) => boolean;
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
  availability_question: (l) => l.asksWith('available') && !l.price,
  negotiability_question: (l) => l.asksWith('negotiable') && !l.newPrice,
  condition_question: (l) => l.asksWith('condition') && !l.price,
  price_question: (l) => l.has('ask-price') && !l.price && !l.has('negotiable') && !l.isSeller,
  detail_question: (l) => l.asksWith('ask-detail')
    || (l.asks && !l.isSeller && !l.price && !l.hasOtherQuestion),
  price_offer: (l) => l.price && (l.newPrice || !l.has('deal')),
  final_price: (l) => l.price && l.has('final'),
  accept: (l) => l.agreesToPrice || !l.newPrice && !l.has('refuse') && !l.has('too-much')
    && (l.says('deal') || l.says('take') || (l.offerFresh && (l.opens('yes') || l.opens('fine')))),
  reject: (l) => !l.has('deal') && (l.has('too-much')
    || (l.offerFresh && (l.says('refuse') || l.opens('no') || l.has('no-interest')))),
  meeting_proposal: (l) => !l.meetingStands && (l.isAgreed && !l.price && (l.time || l.place)
    || (l.has('meet') || l.has('come') || l.has('when') || (l.has('where') && l.isAgreed))
    && (l.time || l.place || l.asks || l.isAgreed)),
  meeting_change: (l) => l.meetingStands && (l.time || l.place),
  meeting_accept: (l) => l.meetingFresh && !l.has('cannot') && !l.has('busy')
    && (l.opens('yes') || l.opens('fine') || l.has('will-be-there') || l.has('deal')),
  meeting_reject: (l) => l.meetingOpen && (l.has('cannot') || l.has('busy') || l.opens('no')),
  delivery: (l) => l.has('deliver'),
  payment: (l) => l.has('pay'),
  contact_share: (l) => l.has('contact') || l.phone,
  greeting: (l) => l.opens('greet'),
  closing: (l) => (l.has('bye') || l.has('thanks')) && !l.asks && !l.opens('greet') && l.count <= 8,
};

const RULE_LIST: readonly (Rule | undefined)[] = HEADS.map((head) => RULES[head]);
const GREET = cueIndex('greet');

/** Bit by bit of `HEADS`, which rules hold. */
export function rulesThatHold(reading: Reading, prices: readonly Price[]): number {
  const look = lookAt(reading, prices);
  let bits = 0;
  for (let head = 0; head < RULE_LIST.length; head++) {
    if (RULE_LIST[head]?.(look) === true) bits |= 1 << head;
  }
  return bits;
}

const AGREES = cueIndex('agrees');
const OTHER_QUESTIONS: readonly CueName[] = [
  'available', 'negotiable', 'condition', 'ask-price', 'bid', 'meet', 'come', 'when', 'where', 'deliver',
  'pay', 'contact', 'final',
];

function agreesToPrice(reading: Reading, prices: readonly Price[]): boolean {
  const { cues, sentences } = reading;
  return cues.some((cue) => cue.name === AGREES
    && sentences.asks[sentences.of[cue.first] ?? 0] !== true
    && prices.some((price) => {
      const gap = cue.first - wordAt(reading, price.end);
      return gap >= 0 && gap <= 1;
    }));
}

function lookAt(reading: Reading, prices: readonly Price[]): Look {
  const { sentences, cues, mentions, state, view, message, words } = reading;
  let low = 0;
  let high = 0;
  let greeted = 0;
  for (const cue of cues) {
    if (cue.name < 32) low |= 1 << cue.name;
    else high |= 1 << (cue.name - 32);
    if (cue.name === GREET && cue.first <= greeted + 1) greeted = Math.max(greeted, cue.last);
  }
  const has = (name: CueName): boolean => {
    const index = cueIndex(name);
    return ((index < 32 ? low >> index : high >> (index - 32)) & 1) === 1;
  };
  const isAsked = (word: number): boolean => sentences.asks[sentences.of[word] ?? 0] === true;
  const opens = (name: CueName): boolean => {
    const index = cueIndex(name);
    return cues.some((cue) => cue.name === index && (cue.first <= 1 || cue.first <= greeted + 1
      || (cue.first === sentences.first[sentences.of[cue.first] ?? 0] && !isAsked(cue.first))));
  };
  const says = (name: CueName): boolean => {
    const index = cueIndex(name);
    return cues.some((cue) => cue.name === index && !isAsked(cue.first));
  };
  const hasMark = sentences.asks.includes(true);
  const asksWith = (name: CueName): boolean => {
    const index = cueIndex(name);
    return cues.some((cue) => cue.name === index
      && (hasMark ? isAsked(cue.first) : message.role !== 'seller'));
  };
  const named = prices.filter((price) => price.weight > 0);
  return {
    has, says, opens, asksWith, asks: hasMark,
    agreesToPrice: agreesToPrice(reading, prices), hasOtherQuestion: OTHER_QUESTIONS.some(has),
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
