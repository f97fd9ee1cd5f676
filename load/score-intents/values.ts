import { findMentions } from '../../src/intent/find-mentions.ts';
import type { Language, Mention, MentionContext, TimeMention } from '../../src/intent/mentions.ts';
import { DAY_MS, formatDay, formatMinutes, wallAt } from '../../src/intent/values/calendar.ts';

/** What a task of the scorer needs of a line of its data. */
export interface TextLine {
  readonly id: string;
  readonly text: string;
  readonly lang?: string;
  /** Wall-clock reference `YYYY-MM-DDTHH:MM:SS`. */
  readonly ref?: string;
}

export interface SpanPrediction {
  readonly start: number;
  readonly end: number;
  readonly kind?: 'datetime' | 'location';
  readonly date?: string;
  readonly time?: string;
  readonly amount?: number;
  readonly currency?: string | null;
}

export interface SpansPrediction {
  readonly id: string;
  readonly spans: readonly SpanPrediction[];
}

const COUNTRIES: Readonly<Record<Language, string>> = { en: 'US', es: 'ES', tr: 'TR' };
const UNREAL_REF = '2026-11-23T10:00:00';

/** The scorer's references carry no zone, so they are read as UTC. */
export function contextOf(line: TextLine): MentionContext {
  const language: Language = line.lang === 'es' || line.lang === 'tr' ? line.lang : 'en';
  const at = Date.parse(`${line.ref ?? UNREAL_REF}Z`);
  return { language, at, zone: 'UTC', country: COUNTRIES[language] };
}

function isTime(mention: Mention): mention is TimeMention {
  return mention.kind === 'time';
}

/** "in 7 days", "14 gün sonra": in the data at this hour, to the hour. */
const COUNTED_DAYS =
  /^(?:en |in )?(?:\d+|\p{L}+) (?:days?|d[ií]as?|gün)(?: (?:hence|later|from now|sonra|después))?$/iu;

/** A time without a date is the next one after the reference, as the data has it. */
function dated(
  mention: TimeMention,
  text: string,
  at: number,
): { readonly date?: string; readonly time?: string } {
  const { date, time } = mention.from;
  const now = wallAt(at, 'UTC');
  if (time === null) {
    if (date === null) return {};
    const hour = formatMinutes(now.minutes - now.minutes % 60);
    return COUNTED_DAYS.test(text) ? { date, time: hour } : { date };
  }
  if (date !== null) return { date, time };
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  const isPast = minutes < now.minutes && mention.grain !== 'daypart';
  return { date: formatDay(now.day + (isPast ? 1 : 0)), time };
}

const CONFIDENCE_MIN = 0.5;

/**
 * A range of two full dates gives two spans, so that both ends are scored; any other mention one.
 * Only English has a source that marks the ends apart (NLU++).
 */
function endsOf(
  mention: TimeMention, text: string, { at, language }: MentionContext,
): readonly SpanPrediction[] {
  const { start, end, toStart, to } = mention;
  const from = dated(mention, text.slice(start, end), at);
  if (toStart === undefined || to?.date == null || language !== 'en') return [{ start, end, ...from }];
  const lastDay = formatDay(Date.parse(to.date) / DAY_MS - 1);
  return [
    { start, end: toStart, ...from },
    { start: toStart, end, date: lastDay },
  ];
}

/** Task `datetime`. */
export function predictDatetime(line: TextLine): SpansPrediction {
  const context = contextOf(line);
  const spans = findMentions(line.text, context)
    .filter(isTime)
    .filter((mention) => mention.confidence >= CONFIDENCE_MIN)
    .flatMap((mention) => endsOf(mention, line.text, context));
  return { id: line.id, spans };
}

/** Numbers without a currency that the words around them make amounts. */
const BARE_CONFIDENCE_MIN = 0.6;

/** Task `currency`. */
export function predictCurrency(line: TextLine): SpansPrediction {
  const spans: SpanPrediction[] = [];
  for (const mention of findMentions(line.text, contextOf(line))) {
    if (mention.kind !== 'money') continue;
    if (!mention.marked && mention.confidence < BARE_CONFIDENCE_MIN) continue;
    const { start, end, amount, currency } = mention;
    spans.push({ start, end, amount, currency });
  }
  return { id: line.id, spans };
}

/** Task `sgd`: dates, times and places. */
export function predictSgd(line: TextLine): SpansPrediction {
  const context = contextOf(line);
  const spans: SpanPrediction[] = [];
  for (const mention of findMentions(line.text, context)) {
    const { start, end } = mention;
    if (mention.kind === 'place') spans.push({ start, end, kind: 'location' });
    if (!isTime(mention)) continue;
    const { date, time } = mention.from;
    spans.push({
      start,
      end,
      ...(date === null ? {} : { date }),
      ...(time === null ? {} : { time }),
    });
  }
  return { id: line.id, spans };
}

/** Task `xsid`: spans of dates and times, and of places. */
export function predictXsid(line: TextLine): SpansPrediction {
  const spans: SpanPrediction[] = [];
  for (const mention of findMentions(line.text, contextOf(line))) {
    const { start, end } = mention;
    if (mention.kind === 'time') spans.push({ start, end, kind: 'datetime' });
    if (mention.kind === 'place') spans.push({ start, end, kind: 'location' });
  }
  return { id: line.id, spans };
}

export interface SmcalflowPrediction {
  readonly id: string;
  readonly locations: readonly string[];
  readonly datetime?: string;
}

/** Task `smcalflow` without `proposes_event`: places, and the start put together from all mentions. */
export function predictSmcalflow(line: TextLine): SmcalflowPrediction {
  const context = contextOf(line);
  const mentions = findMentions(line.text, context);
  const locations = mentions.flatMap((mention) => (mention.kind === 'place' ? [mention.text] : []));
  const times = mentions.filter(isTime).filter((mention) => mention.confidence >= CONFIDENCE_MIN);
  const whole = times.find(({ from }) => from.date !== null && from.time !== null);
  const dateOnly = times.find(({ from }) => from.date !== null);
  const timeOnly = times.find(({ from }) => from.time !== null);
  const date = (whole ?? dateOnly)?.from.date ?? nextDay(timeOnly, context.at);
  const time = (whole ?? timeOnly)?.from.time;
  if (date === undefined || time === undefined || time === null) return { id: line.id, locations };
  return { id: line.id, locations, datetime: `${date}T${time}` };
}

function nextDay(mention: TimeMention | undefined, at: number): string | undefined {
  return mention === undefined
    ? undefined
    : (dated(mention, '', at).date ?? formatDay(Math.floor(at / DAY_MS)));
}
