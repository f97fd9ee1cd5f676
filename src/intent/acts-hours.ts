/** "Can we do 7 instead?": a bare figure is an hour where a meeting is on the table. */
import type { StandingMeeting } from './contract.ts';
import { hashWord } from './language.ts';
import type { Words } from './scan.ts';
import type { Mention, TimeMention } from './mentions.ts';

const HALF = new Set(['media', 'bucuk', 'bucukta', 'bucuga'].map(hashWord));
const AND = hashWord('y');
const DIGITS = 1;
const NOON = 12;
/** An hour up to this one is after noon unless the standing meeting is in the morning. */
const EARLIEST = 7;

/**
 * The hour of a bare figure from 1 to 12; on the half of the day of the standing meeting, else
 * after noon up to seven. Null where a mention already says when, or nothing is on the table.
 */
export function bareHour(
  words: Words, mentions: readonly Mention[], meeting: StandingMeeting | null,
): TimeMention | null {
  if (mentions.some((one) => one.kind === 'time' && one.from.time !== null && one.grain !== 'daypart')) {
    return null;
  }
  const part = mentions.find((one) => one.kind === 'time' && one.grain === 'daypart');
  const near = part?.kind === 'time' ? part.from.time : meeting?.dateLocal?.slice(11) ?? null;
  if (meeting === null && part === undefined) return null;
  for (let at = 0; at < words.count; at++) {
    if (words.kind[at] !== DIGITS) continue;
    const start = words.start[at] ?? 0;
    const end = words.end[at] ?? 0;
    const hour = Number(words.text.slice(start, end));
    if (end - start > 2 || !(hour >= 1 && hour <= NOON) || isTaken(mentions, start, end)) continue;
    const half = halfAfter(words, at + 1);
    const time = `${String(onClock(hour, near)).padStart(2, '0')}:${half === 0 ? '00' : '30'}`;
    return {
      kind: 'time', start, end: half === 0 ? end : words.end[half] ?? end, shape: 'time',
      from: { date: null, time }, to: null, grain: half === 0 ? 'hour' : 'minute', confidence: 0.5,
    };
  }
  return null;
}

function isTaken(mentions: readonly Mention[], start: number, end: number): boolean {
  return mentions.some((one) => one.start < end && one.end > start);
}

/** Index of the word that says "half past" after an hour, 0 where none does. */
function halfAfter(words: Words, at: number): number {
  const next = words.hash[at] === AND ? at + 1 : at;
  return next < words.count && HALF.has(words.hash[next] ?? 0) ? next : 0;
}

/** The hour on the half of the day of `near`, `HH:MM`. */
function onClock(hour: number, near: string | null): number {
  const isMorning = near === null || near === '' ? hour > EARLIEST : Number(near.slice(0, 2)) < NOON;
  if (hour === NOON) return NOON;
  return isMorning ? hour : hour + NOON;
}
