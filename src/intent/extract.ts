/** One chat message into intents: words, values, cues, model, dialogue. */
import { readMentions } from './find-mentions.ts';
import { lookUp } from './first-look.ts';
import weightFile from './data/act-weights.json' with { type: 'json' };
import { collectFeatures, Features, type Reading } from './acts-features.ts';
import { echoOf, tellingWords } from './acts-echo.ts';
import { cueNames, decide, type Draft } from './acts.ts';
import { findCues } from './acts-cues.ts';
import { bareHour } from './acts-hours.ts';
import { findPhone, settleMoney } from './acts-money.ts';
import { weighPrices } from './acts-prices.ts';
import { meetingDetails } from './acts-meetings.ts';
import { advance, viewOf } from './dialogue.ts';
import {
  EMPTY_DIALOGUE, type ChatMessage, type DialogueState, type Intent, type Understand,
  type UnderstandContext, type Understood,
} from './contract.ts';
import {
  countryOfLanguage, detectLanguage, languageOfCountry, readSentences, zoneOfCountry,
} from './language.ts';
import type { Language, Mention } from './mentions.ts';
import { HEADS } from './heads.ts';
import { chanceOf, readModel, scoreHeads, type Model } from './model.ts';
import { scan, TEXT_UNITS_MAX } from './scan.ts';

const NOTHING: readonly Mention[] = [];
const MODEL: Model = readModel(weightFile);
const FEATURES = new Features();
const ODDS = new Float64Array(HEADS.length);

/** Reads one message with the shipped model. */
export const understand: Understand = understandBy(MODEL);

/** The same with another model: for training and cross-validation. */
export function understandBy(model: Model): Understand {
  return (state, message, context) => {
    if (message.structured !== null) return passThrough(state, message, context);
    if (message.text === null || message.text.trim() === '') return { state, intents: [] };
    const reading = readMessage(state, message, context);
    const drafts = interpret(reading, context, model);
    const intents = drafts.map((draft, ordinal) => intentOf(message, ordinal, state, draft));
    const words = tellingWords(reading.words);
    return { intents, state: advance(state, message, intents, words, reading.language) };
  };
}

/** What the event already says is what it means; the text beside it is not read. */
function passThrough(
  state: DialogueState, message: ChatMessage, context: UnderstandContext,
): Understood {
  const { type = '', properties = {} } = message.structured ?? {};
  const intent = intentOf(message, 0, state, { type, properties, confidence: 1, span: null });
  const language = languageBefore(state, message, context);
  return { intents: [intent], state: advance(state, message, [intent], [], language) };
}

/** A message taken apart: what the model and the decisions look at. */
export function readMessage(
  state: DialogueState, message: ChatMessage, context: UnderstandContext,
): Reading {
  const text = (message.text ?? '').slice(0, TEXT_UNITS_MAX);
  const { words, tokens } = scan(text);
  const language = detectLanguage(words, languageBefore(state, message, context));
  const country = message.country ?? context.country ?? countryOfLanguage(language);
  const listingPrice = message.listing?.price;
  const found = !lookUp(text, tokens, language) ? NOTHING : readMentions(text, tokens, {
    language, at: message.at, zone: zoneOf(message, context), country, listingPrice,
  });
  const phone = findPhone(words);
  const prices = settleMoney(text, found, {
    listing: listingPrice, standing: state.offer?.amount, isAgreed: state.offer?.accepted === true, phone,
  });
  const hour = bareHour(words, prices, state.meeting);
  const mentions = hour === null ? prices : [...prices, hour];
  const view = viewOf(state, message.speaker);
  const sentences = readSentences(words);
  const cues = findCues(words);
  return {
    message, state, view, words, sentences, cues, echo: echoOf(words, sentences, view), mentions,
    prices: weighPrices({ message, state, view, words, sentences, cues, mentions }), phone, language,
  };
}

/** What the message means by `model`. */
export function interpret(
  reading: Reading, context: UnderstandContext, model: Model,
): readonly Draft[] {
  collectFeatures(reading, FEATURES);
  scoreHeads(model, FEATURES, ODDS);
  return decide(reading, ODDS, () =>
    meetingDetails(reading, zoneOf(reading.message, context), context));
}

function languageBefore(
  state: DialogueState, message: ChatMessage, context: UnderstandContext,
): Language {
  return state.language ?? message.language ?? languageOfCountry(message.country)
    ?? context.language ?? languageOfCountry(context.country) ?? 'en';
}

function zoneOf(message: ChatMessage, context: UnderstandContext): string {
  return message.zone ?? zoneOfCountry(message.country) ?? context.zone
    ?? zoneOfCountry(context.country) ?? 'UTC';
}

interface Said {
  readonly type: string;
  readonly properties: Intent['properties'];
  readonly confidence: number;
  readonly span: Intent['span'];
}

function intentOf(message: ChatMessage, ordinal: number, state: DialogueState, said: Said): Intent {
  return {
    id: `${message.id}#${ordinal}`,
    type: said.type,
    properties: said.properties,
    span: said.span,
    confidence: Math.round(said.confidence * 1000) / 1000,
    speaker: message.speaker,
    recipient: message.recipient,
    listing: message.listing?.id ?? null,
    answers: answered(said.type, message, state),
  };
}

/**
 * The turn an intent answers: what it accepts, refuses or changes; else the other one's last turn.
 */
function answered(type: string, message: ChatMessage, state: DialogueState): string | null {
  const last = state.turns.findLast((turn) => turn.speaker !== message.speaker)?.id ?? null;
  const { offer, meeting } = state;
  switch (type) {
    case 'accept': case 'reject': case 'counter_offer':
      return offer !== null && offer.speaker !== message.speaker ? offer.turn : last;
    case 'meeting_accept': case 'meeting_reject': case 'meeting_change':
      return meeting === null ? last : meeting.turn;
    default:
      return state.turns.at(-1)?.speaker === message.speaker ? null : last;
  }
}

export interface ExplainOptions {
  readonly language?: Language;
  /** Reference time, ms since 1970 UTC. */
  readonly at: number;
  readonly zone?: string;
  readonly country?: string;
  readonly listingPrice?: number;
  readonly state?: DialogueState;
  readonly context?: UnderstandContext;
}

export interface ExtractionExplanation {
  readonly text: string;
  readonly language: Language;
  readonly zone: string;
  readonly mentions: readonly Mention[];
  /** Phrases that were recognised. */
  readonly cues: readonly string[];
  /** Probability of everything the model tells apart, greatest first. */
  readonly chances: readonly { readonly head: string; readonly chance: number }[];
  readonly intents: readonly Intent[];
  readonly state: DialogueState;
}

/** What is found in a text and why, for `parley extract`. Pure. */
export function explainExtraction(text: string, options: ExplainOptions): ExtractionExplanation {
  const { at, language, zone, country, listingPrice, state = EMPTY_DIALOGUE, context = {} } = options;
  const home = country ?? (language === undefined ? undefined : countryOfLanguage(language));
  const message: ChatMessage = {
    id: 'text', conversation: 'text', speaker: 'speaker', recipient: null, role: 'unknown', text,
    structured: null, at,
    ...(language === undefined ? {} : { language }),
    ...(zone === undefined ? {} : { zone }),
    ...(home === undefined ? {} : { country: home }),
    ...(listingPrice === undefined ? {} : { listing: { id: null, price: listingPrice } }),
  };
  const understood = understand(state, message, context);
  const reading = readMessage(state, message, context);
  collectFeatures(reading, FEATURES);
  scoreHeads(MODEL, FEATURES, ODDS);
  const chances = HEADS.map((head, index) => ({ head, chance: chanceOf(ODDS[index]!) }))
    .sort((a, b) => b.chance - a.chance);
  return {
    text, language: reading.language, zone: zoneOf(message, context), mentions: reading.mentions,
    cues: cueNames(reading), chances, intents: understood.intents, state: understood.state,
  };
}
