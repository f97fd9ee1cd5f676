/**
 * What the value pass finds in a text: dates and times, money, places.
 * Offsets are UTF-16 code units of the original text, `end` exclusive.
 */

/** Languages with locale tables. */
export type Language = 'en' | 'es' | 'tr';

/** What the value pass must know beside the text. */
export interface MentionContext {
  readonly language: Language;
  /** Event time of the message, ms since 1970 UTC: the reference for "tomorrow". */
  readonly at: number;
  /** IANA zone of the speaker, for instance `Europe/Istanbul`. */
  readonly zone: string;
  /** ISO 3166 alpha-2: decides the order of day and month and the default currency. */
  readonly country: string;
  /** Asking price of the listing, where an event carries it. */
  readonly listingPrice?: number | undefined;
}

/** Wall-clock value in the speaker's zone. A part that was not said is null: an hour is never invented. */
export interface WallTime {
  /** `YYYY-MM-DD` */
  readonly date: string | null;
  /** `HH:MM` */
  readonly time: string | null;
}

export type TimeGrain = 'minute' | 'hour' | 'daypart' | 'day' | 'week' | 'weekend' | 'month' | 'year';

export interface TimeMention {
  readonly kind: 'time';
  readonly start: number;
  readonly end: number;
  readonly shape: 'date' | 'time' | 'datetime' | 'daterange' | 'timerange' | 'datetimerange';
  readonly from: WallTime;
  /** End of a range, exclusive at its grain; null for a point. */
  readonly to: WallTime | null;
  readonly grain: TimeGrain;
  /** Where the words of the end begin, in a range whose two ends are full dates each. */
  readonly toStart?: number;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface MoneyMention {
  readonly kind: 'money';
  readonly start: number;
  readonly end: number;
  readonly amount: number;
  /** ISO 4217; null where neither text nor context says. */
  readonly currency: string | null;
  /** True where a sign, code or currency word stands in the text; false for a bare number. */
  readonly marked: boolean;
  readonly confidence: number;
}

export interface PlaceMention {
  readonly kind: 'place';
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly confidence: number;
}

export type Mention = TimeMention | MoneyMention | PlaceMention;

/**
 * Finds every mention in one pass over the text. Total: any text gives an answer, in time linear in
 * its length. Mentions are in order of `start` and do not overlap within one kind.
 */
export type FindMentions = (text: string, context: MentionContext) => readonly Mention[];
