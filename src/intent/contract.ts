/**
 * The contract of this folder with the task step: one chat message and what the dialogue before it
 * left behind go in, intents and the new dialogue state come out. Pure: the same arguments give the
 * same answer, so a replay gives the same intents with the same ids.
 */
import type { Language } from './mentions.ts';

/** Event types an intent read from text can have; patterns listen to these names. */
export const INTENT_TYPES = [
  'availability_question', 'negotiability_question', 'condition_question', 'price_question',
  'detail_question', 'price_offer', 'counter_offer', 'final_price', 'accept', 'reject',
  'meeting_proposal', 'meeting_change', 'meeting_accept', 'meeting_reject', 'delivery', 'payment',
  'contact_share', 'greeting', 'closing',
] as const;

export type IntentType = (typeof INTENT_TYPES)[number];

export type Role = 'buyer' | 'seller' | 'unknown';

/** Degrees, WGS 84. */
export interface Coordinates {
  readonly lat: number;
  readonly lon: number;
}

/** What an attribute of an intent can be: flat, but for the coordinates of `geo`. */
export type PropertyValue = string | number | boolean | null | Coordinates;

export type Properties = Readonly<Record<string, unknown>>;

/**
 * What the chat event already says (a button, a card): passes through untouched, wins over text.
 */
export interface StructuredIntent {
  readonly type: string;
  readonly properties: Properties;
}

export interface Listing {
  readonly id: string | null;
  /** Asking price in `currency`. */
  readonly price?: number;
  /** ISO 4217 */
  readonly currency?: string;
}

export interface ChatMessage {
  readonly id: string;
  /** Conversation id. */
  readonly conversation: string;
  readonly speaker: string;
  readonly recipient: string | null;
  /** Role of the speaker. */
  readonly role: Role;
  readonly text: string | null;
  readonly structured: StructuredIntent | null;
  /** Event time, ms since 1970 UTC: the reference of "tomorrow". */
  readonly at: number;
  /** Language of the user's settings; the text can overrule it. */
  readonly language?: Language;
  /** IANA zone of the speaker; else by country. */
  readonly zone?: string;
  /** ISO 3166 alpha-2 */
  readonly country?: string;
  readonly listing?: Listing;
}

/** What is configured or injected, the same for every message of a task. */
export interface UnderstandContext {
  /**
   * Coordinates of a named place of the geo pack, the nearest one to `near` where several bear the
   * name.
   */
  readonly resolvePlace?: (name: string, near?: Coordinates) => Coordinates | null;
  /** Where neither message nor country says: `en`, `US`, `UTC` unless set. */
  readonly language?: Language;
  readonly country?: string;
  readonly zone?: string;
}

/** Part of the text, UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Intent {
  /** `<message id>#<ordinal>`: derived, so a replay gives the same one. */
  readonly id: string;
  /** An `IntentType`, or whatever type a structured intent carries. */
  readonly type: string;
  /**
   * By type. `price_offer`, `counter_offer`, `final_price`: `amount`, `currency` (ISO 4217 or
   * null), `per`? `accept`, `reject`: `of` (`price` | `item` | `request`), `amount`? and
   * `currency`? of what is answered. `meeting_proposal`, `meeting_change`, `meeting_accept`,
   * `meeting_reject`: `meeting_id`, `location_name`?, `geo`? {lat, lon}, `date`? (epoch ms as a
   * decimal string), `date_local`? (`YYYY-MM-DD` or `YYYY-MM-DDTHH:MM` in the speaker's zone),
   * `date_grain`? (`minute`, `hour`, `daypart`, `day`, ...). An hour that was not said is not
   * there: `date` is then the start of the day, week or part of the day and `date_grain` says so.
   * Questions: `question` (the words). `contact_share`: `channel`. Structured intents: exactly
   * what the event carried.
   */
  readonly properties: Properties;
  /** Where in the text; null for a structured intent. */
  readonly span: Span | null;
  /** 0 to 1; 1 for a structured intent. */
  readonly confidence: number;
  readonly speaker: string;
  readonly recipient: string | null;
  readonly listing: string | null;
  /** Id of the message it answers, null where it opens something. */
  readonly answers: string | null;
}

/** One of the last messages, as much of it as later ones may need. */
export interface Turn {
  readonly id: string;
  readonly speaker: string;
  readonly types: readonly string[];
  /**
   * Hashes of its telling words and numbers, at most `TURN_WORDS_MAX`: shows what an answer
   * repeats.
   */
  readonly words: readonly number[];
}

export interface StandingOffer {
  /** Message id. */
  readonly turn: string;
  readonly speaker: string;
  readonly amount: number;
  readonly currency: string | null;
  /** The other side said yes. */
  readonly accepted: boolean;
}

export type MeetingStatus = 'open' | 'accepted' | 'rejected';

export interface StandingMeeting {
  readonly turn: string;
  readonly speaker: string;
  readonly meetingId: string;
  readonly locationName: string | null;
  readonly geo: Coordinates | null;
  /** Epoch ms. */
  readonly date: number | null;
  /** Wall clock of who proposed it, `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`. */
  readonly dateLocal: string | null;
  readonly dateGrain: string | null;
  /** A rejected one is kept: what comes next changes it. */
  readonly status: MeetingStatus;
}

/** Key state of a conversation: small, bounded, replaced (never changed) by `understand`. */
export interface DialogueState {
  /** Language of the last message that showed one. */
  readonly language: Language | null;
  /** The last few messages, newest last; at most `TURNS_MAX`. */
  readonly turns: readonly Turn[];
  /** The price on the table. */
  readonly offer: StandingOffer | null;
  /** The price that `offer` answered, of the other one of the two; or the agreed one it would change. */
  readonly offerBefore: StandingOffer | null;
  readonly meeting: StandingMeeting | null;
}

/** Messages the state remembers. */
export const TURNS_MAX = 4;

/** Words the state remembers of a message. */
export const TURN_WORDS_MAX = 12;

export const EMPTY_DIALOGUE: DialogueState = {
  language: null, turns: [], offer: null, offerBefore: null, meeting: null,
};

export interface Understood {
  readonly state: DialogueState;
  /**
   * In order of where they stand in the text. Empty: nothing was meant (`none` of the taxonomy).
   */
  readonly intents: readonly Intent[];
}

/**
 * Reads one message. Total: any text gives an answer, in time linear in its length (a bound on what
 * is read of a text is `TEXT_UNITS_MAX` of `language.ts`). Implemented in `extract.ts`.
 */
export type Understand = (
  state: DialogueState, message: ChatMessage, context: UnderstandContext,
) => Understood;
