/**
 * Rules for the plain cases. Each says of a message that it looks like one head; the model starts
 * from trusting them and learns from the data where they fail.
 */
import { CUE, CUE_NAMES, type Cue } from './acts-cues.ts';
import type { Reading } from './acts-features.ts';
import { wordAt } from './acts-prices.ts';
import { HashFilter } from './hash-filter.ts';
import { HEADS, type Head } from './heads.ts';
import type { Sentences } from './language.ts';
import { readWords } from './scan.ts';

const ANYWHERE = 1;
const ASKED = 2;
const SAID = 4;
const OPENING = 8;

/**
 * Where each cue stands in the message under look, as bits of the above; reused from message to
 * message (single-threaded, no re-entry).
 */
const CUE_PLACES = new Uint8Array(CUE_NAMES.length);
/** The place that makes a cue a question. */
let questionPlace = 0;

function has(cue: number): boolean {
  return CUE_PLACES[cue] !== 0;
}

/** The cue stands in a sentence that is no question. */
function says(cue: number): boolean {
  return (CUE_PLACES[cue]! & SAID) !== 0;
}

/** The cue begins the message, a greeting aside, or a sentence that is no question. */
function opens(cue: number): boolean {
  return (CUE_PLACES[cue]! & OPENING) !== 0;
}

/** The cue stands in a question; where people leave out question marks, in what a buyer writes. */
function asksWith(cue: number): boolean {
  return (CUE_PLACES[cue]! & questionPlace) !== 0;
}

/** What the rules ask about a message beside its cues. */
interface Look {
  /** "40 it is", "40 works": the words after an amount agree to it. */
  readonly agreesToPrice: boolean;
  /** A cue of a question that has a head of its own, of a meeting or of an offer. */
  readonly hasOtherQuestion: boolean;
  readonly asks: boolean;
  readonly isSeller: boolean;
  readonly price: boolean;
  /** A price that is neither the one on the table nor one that the other side has put before. */
  readonly newPrice: boolean;
  readonly time: boolean;
  readonly place: boolean;
  readonly offerOpen: boolean;
  readonly offerFresh: boolean;
  /** The other one has just said what they want. */
  readonly wishFresh: boolean;
  /** The other one has just accepted and wants nothing else: a yes only confirms. */
  readonly isAcknowledged: boolean;
  readonly meetingOpen: boolean;
  readonly meetingFresh: boolean;
  readonly meetingStands: boolean;
  readonly count: number;
  /** A price is agreed: what is left is to meet. */
  readonly isAgreed: boolean;
  readonly phone: boolean;
  /** "I cannot offer more than 90": how far one goes, which is an offer rather than a no. */
  readonly isBound: boolean;
}

type Rule = (look: Look) => boolean;

/** Beside one of these a yes is no plain yes: a delay, a condition, a no. */
const TURNS_A_YES: readonly number[] = [CUE.wait, CUE.if, CUE.no, CUE.refuse, CUE['too-much']];

const RULES: Readonly<Partial<Record<Head, Rule>>> = {
  availability_question: (l) => asksWith(CUE.available) && !l.price,
  negotiability_question: (l) => asksWith(CUE.negotiable) && !l.newPrice,
  condition_question: (l) => asksWith(CUE.condition) && !l.price,
  price_question: (l) => has(CUE['ask-price']) && !l.price && !has(CUE.negotiable) && !l.isSeller,
  detail_question: (l) => asksWith(CUE['ask-detail'])
    || (l.asks && !l.isSeller && !l.price && !l.hasOtherQuestion),
  price_offer: (l) => l.price && (l.newPrice || !has(CUE.deal)),
  final_price: (l) => l.price && has(CUE.final),
  accept: (l) => l.agreesToPrice || (l.wishFresh && !l.price && says(CUE.agrees) && !has(CUE.refuse))
    || !l.newPrice && !l.isAcknowledged && !TURNS_A_YES.some(has)
    && (says(CUE.deal) || says(CUE.take)
      || ((l.offerFresh || l.wishFresh) && (opens(CUE.yes) || opens(CUE.fine)))),
  reject: (l) => !has(CUE.deal) && (has(CUE['too-much'])
    || ((l.offerFresh || l.wishFresh)
      && (says(CUE.refuse) && !l.isBound || opens(CUE.no) || has(CUE['no-interest'])))),
  meeting_proposal: (l) => !l.meetingStands && (l.isAgreed && !l.price && (l.time || l.place)
    || (has(CUE.meet) || has(CUE.come) || has(CUE.when) || (has(CUE.where) && l.isAgreed))
    && (l.time || l.place || l.asks || l.isAgreed)),
  meeting_change: (l) => l.meetingStands && (l.time || l.place),
  meeting_accept: (l) => l.meetingFresh && !has(CUE.cannot) && !has(CUE.busy)
    && (opens(CUE.yes) || opens(CUE.fine) || has(CUE['will-be-there']) || has(CUE.deal)),
  meeting_reject: (l) => l.meetingOpen && (has(CUE.cannot) || has(CUE.busy) || opens(CUE.no)),
  delivery: () => has(CUE.deliver),
  payment: () => has(CUE.pay),
  contact_share: (l) => has(CUE.contact) || l.phone,
  greeting: () => opens(CUE.greet),
  closing: (l) => (has(CUE.bye) || has(CUE.thanks)) && !l.asks && !opens(CUE.greet) && l.count <= 8,
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

function hashesOf(text: string): readonly number[] {
  const { hash, count } = readWords(text);
  return Array.from(hash.subarray(0, count));
}

/** Words of someone who puts forward what they want, in the hashes that the state keeps. */
const WISHES: readonly number[] = hashesOf(
  'want wants would like expecting demand willing need prefer request'
  + ' quiero quisiera gustaria necesito pido prefiero espero'
  + ' istiyorum isterim lazim tercih talep',
);
const MAY_WISH = new HashFilter(1 << 11);
for (const word of WISHES) MAY_WISH.add(word);

function isWish(word: number): boolean {
  return MAY_WISH.mayHave(word) && WISHES.includes(word);
}

const OTHER_QUESTIONS: readonly number[] = [
  CUE.available, CUE.negotiable, CUE.condition, CUE['ask-price'], CUE.bid, CUE.meet, CUE.come, CUE.when,
  CUE.where, CUE.deliver, CUE.pay, CUE.contact, CUE.final,
];

function agreesToPrice({ prices, cues, sentences, words }: Reading): boolean {
  if (prices.length === 0 || !has(CUE.agrees)) return false;
  for (const cue of cues) {
    if (cue.name !== CUE.agrees || sentences.asks[sentences.of[cue.first] ?? 0] === true) continue;
    for (const price of prices) {
      const gap = cue.first - wordAt({ words }, price.end);
      if (gap >= 0 && gap <= 1) return true;
    }
  }
  return false;
}

function placeCues(cues: readonly Cue[], sentences: Sentences): void {
  CUE_PLACES.fill(0);
  let greeted = 0;
  for (let at = 0; at < cues.length; at++) {
    const { name, first, last } = cues[at]!;
    if (name === CUE.greet && first <= greeted + 1) greeted = Math.max(greeted, last);
  }
  for (let at = 0; at < cues.length; at++) {
    const { name, first } = cues[at]!;
    const sentence = sentences.of[first] ?? 0;
    const isAsked = sentences.asks[sentence] === true;
    const opens = first <= 1 || first <= greeted + 1
      || (!isAsked && first === (sentences.first[sentence] ?? 0));
    CUE_PLACES[name]! |= ANYWHERE | (isAsked ? ASKED : SAID) | (opens ? OPENING : 0);
  }
}

function lookAt(reading: Reading): Look {
  const { prices, sentences, cues, mentions, state, view, message, words } = reading;
  placeCues(cues, sentences);
  const hasMark = sentences.asks.includes(true);
  questionPlace = hasMark ? ASKED : message.role === 'seller' ? 0 : ANYWHERE;
  const before = state.offerBefore;
  let price = false;
  let newPrice = false;
  for (const { weight, amount } of prices) {
    if (weight <= 0) continue;
    price = true;
    // What the other side has asked before is none of its own: "2100 is a good price, I agree".
    const isTheirs = before?.amount === amount && before.speaker !== message.speaker;
    newPrice ||= amount !== state.offer?.amount && !isTheirs;
  }
  let time = false;
  let place = false;
  for (const { kind } of mentions) {
    time ||= kind === 'time';
    place ||= kind === 'place';
  }
  const wishFresh = view.lastWords.some(isWish);
  return {
    asks: hasMark,
    agreesToPrice: agreesToPrice(reading), hasOtherQuestion: OTHER_QUESTIONS.some(has),
    isSeller: message.role === 'seller', price, newPrice, time, place,
    offerOpen: view.offer === 'fresh' || view.offer === 'theirs',
    offerFresh: view.offer === 'fresh',
    wishFresh,
    isAcknowledged: view.before.includes('accept') && !wishFresh && view.offer === 'agreed',
    meetingOpen: view.meeting === 'fresh' || view.meeting === 'theirs',
    meetingFresh: view.meeting === 'fresh',
    meetingStands: state.meeting !== null
      && (state.meeting.date !== null || state.meeting.locationName !== null),
    count: words.count,
    isAgreed: view.offer === 'agreed',
    phone: reading.phone !== null,
    isBound: reading.echo.ownNumbers > 0 && (has(CUE.final) || has(CUE.compare)),
  };
}
