/**
 * What chrono-node and Recognizers-Text find, in the form of our predictions. For comparison only.
 */
import * as chrono from 'chrono-node';
import recognizers from '@microsoft/recognizers-text-suite';
import type { CalendarGold, PredictedSpan, SpanPrediction, TextCase, ValueTask } from './gold.ts';

export type PeerName = 'chrono' | 'recognizers';

const UNREAL_REF = '2026-11-23T10:00:00';
const CULTURES = {
  en: recognizers.Culture.English, es: recognizers.Culture.Spanish, tr: recognizers.Culture.English,
} as const;

/** The answer of a peer to a value task; null where it does not do that task. */
export function predictByPeer(peer: PeerName, task: ValueTask, one: TextCase): SpanPrediction | null {
  if (task === 'currency') {
    return peer === 'chrono' ? null : { id: one.id, spans: recognizersMoney(one) };
  }
  return { id: one.id, spans: timesOf(peer, one) };
}

/** Start of the first date and time a peer finds, `YYYY-MM-DDTHH:MM`. */
export function startByPeer(peer: PeerName, one: CalendarGold): string | null {
  const spans = timesOf(peer, one);
  const date = spans.find((span) => typeof span.date === 'string' && typeof span.time === 'string')
    ?? spans.find((span) => typeof span.date === 'string');
  const time = spans.find((span) => typeof span.time === 'string')?.time;
  return typeof date?.date === 'string' && typeof time === 'string' ? `${date.date}T${time}` : null;
}

function timesOf(peer: PeerName, one: TextCase): readonly PredictedSpan[] {
  return peer === 'chrono' ? chronoTimes(one) : recognizersTimes(one);
}

function pad(number: number | null): string {
  return String(number ?? 0).padStart(2, '0');
}

function chronoTimes({ text, ref = UNREAL_REF, lang }: TextCase): readonly PredictedSpan[] {
  const parser = lang === 'es' ? chrono.es : chrono.en;
  const reference = { instant: new Date(`${ref}Z`), timezone: 0 };
  return parser.parse(text, reference, { forwardDate: true }).map(({ index, text: found, start }) => ({
    start: index, end: index + found.length, kind: 'datetime',
    date: `${start.get('year')}-${pad(start.get('month'))}-${pad(start.get('day'))}`,
    time: `${pad(start.get('hour'))}:${pad(start.get('minute'))}`,
  }));
}

interface Resolved {
  readonly value?: string;
  readonly start?: string;
}

function recognizersTimes({ text, ref = UNREAL_REF, lang }: TextCase): readonly PredictedSpan[] {
  const found = recognizers.recognizeDateTime(text, CULTURES[lang], undefined, new Date(ref));
  return found.map(({ start, end, resolution }) => {
    const values = (resolution?.['values'] ?? []) as readonly Resolved[];
    const last = values.at(-1);
    const said = last?.value ?? last?.start ?? '';
    const clock = /\d\d:\d\d/.exec(said)?.[0] ?? null;
    const day = /\d{4}-\d\d-\d\d/.exec(said)?.[0] ?? null;
    return {
      start, end: end + 1, kind: 'datetime', time: clock,
      date: day ?? (clock === null ? null : nextDay(clock, ref)),
    };
  });
}

/** The day on which a clock next shows `clock` after `ref`. */
function nextDay(clock: string, ref: string): string {
  const day = Date.parse(`${ref.slice(0, 10)}T00:00:00Z`) + (clock < ref.slice(11, 16) ? 86_400_000 : 0);
  return new Date(day).toISOString().slice(0, 10);
}

const ISO: Readonly<Record<string, string>> = {
  Dollar: '$', 'United States dollar': 'USD', Euro: 'EUR', 'British pound': 'GBP', Pound: 'GBP',
  'Turkish lira': 'TRY', 'Mexican peso': 'MXN', 'Canadian dollar': 'CAD', 'Australian dollar': 'AUD',
};

function recognizersMoney({ text, lang }: TextCase): readonly PredictedSpan[] {
  return recognizers.recognizeCurrency(text, CULTURES[lang]).map(({ start, end, resolution }) => {
    const unit = String(resolution?.['unit'] ?? '');
    const iso = resolution?.['isoCurrency'];
    return {
      start, end: end + 1, amount: Number(resolution?.['value']),
      currency: typeof iso === 'string' ? iso : ISO[unit] ?? null,
    };
  });
}
