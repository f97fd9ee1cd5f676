/** Dialogue state as one flat array, for the state store. By position; element 0 is the format. */
import {
  EMPTY_DIALOGUE, TURNS_MAX, TURN_WORDS_MAX,
  type DialogueState, type MeetingStatus, type StandingMeeting, type StandingOffer, type Turn,
} from './contract.ts';
import type { Language } from './mentions.ts';

export const DIALOGUE_FORMAT = 1;

const STATUSES: readonly MeetingStatus[] = ['open', 'accepted', 'rejected'];

export type Cell = string | number | null;

/**
 * `[format, language, offer 5, offer before 5, meeting 10, then per turn: id, speaker, types
 * joined by commas, n, n words]`; a thing that is not there is one null.
 */
export function encodeDialogue(state: DialogueState): Cell[] {
  const cells: Cell[] = [DIALOGUE_FORMAT, state.language];
  pushOffer(cells, state.offer);
  pushOffer(cells, state.offerBefore);
  pushMeeting(cells, state.meeting);
  for (const turn of state.turns) {
    cells.push(turn.id, turn.speaker, turn.types.join(','), turn.words.length, ...turn.words);
  }
  return cells;
}

function pushOffer(cells: Cell[], offer: StandingOffer | null): void {
  if (offer === null) cells.push(null);
  else cells.push(offer.turn, offer.speaker, offer.amount, offer.currency, offer.accepted ? 1 : 0);
}

function pushMeeting(cells: Cell[], meeting: StandingMeeting | null): void {
  if (meeting === null) {
    cells.push(null);
    return;
  }
  cells.push(
    meeting.turn, meeting.speaker, meeting.meetingId, meeting.locationName,
    meeting.geo?.lat ?? null, meeting.geo?.lon ?? null,
    meeting.date, meeting.dateLocal, meeting.dateGrain, STATUSES.indexOf(meeting.status),
  );
}

/**
 * The state of `encodeDialogue`. Cells of an unknown format give the empty state: a dialogue begins
 * anew.
 */
export function decodeDialogue(cells: readonly unknown[]): DialogueState {
  const reader = { cells, at: 0 };
  if (next(reader) !== DIALOGUE_FORMAT) return EMPTY_DIALOGUE;
  const language = next(reader);
  const offer = readOffer(reader);
  const offerBefore = readOffer(reader);
  const meeting = readMeeting(reader);
  const turns: Turn[] = [];
  while (reader.at < cells.length && turns.length < TURNS_MAX) turns.push(readTurn(reader));
  return { language: languageOf(language), turns, offer, offerBefore, meeting };
}

interface Reader {
  readonly cells: readonly unknown[];
  at: number;
}

function next(reader: Reader): unknown {
  return reader.cells[reader.at++];
}

function text(reader: Reader): string {
  const cell = next(reader);
  return typeof cell === 'string' ? cell : '';
}

function textOrNull(reader: Reader): string | null {
  const cell = next(reader);
  return typeof cell === 'string' ? cell : null;
}

function numberOrNull(reader: Reader): number | null {
  const cell = next(reader);
  return typeof cell === 'number' ? cell : null;
}

function languageOf(cell: unknown): Language | null {
  return cell === 'en' || cell === 'es' || cell === 'tr' ? cell : null;
}

function readOffer(reader: Reader): StandingOffer | null {
  const turn = textOrNull(reader);
  if (turn === null) return null;
  return {
    turn, speaker: text(reader), amount: numberOrNull(reader) ?? 0, currency: textOrNull(reader),
    accepted: next(reader) === 1,
  };
}

function readMeeting(reader: Reader): StandingMeeting | null {
  const turn = textOrNull(reader);
  if (turn === null) return null;
  const speaker = text(reader);
  const meetingId = text(reader);
  const locationName = textOrNull(reader);
  const lat = numberOrNull(reader);
  const lon = numberOrNull(reader);
  return {
    turn, speaker, meetingId, locationName,
    geo: lat === null || lon === null ? null : { lat, lon },
    date: numberOrNull(reader), dateLocal: textOrNull(reader), dateGrain: textOrNull(reader),
    status: STATUSES[numberOrNull(reader) ?? 0] ?? 'open',
  };
}

function readTurn(reader: Reader): Turn {
  const id = text(reader);
  const speaker = text(reader);
  const joined = text(reader);
  const count = Math.min(numberOrNull(reader) ?? 0, TURN_WORDS_MAX);
  const words: number[] = [];
  for (let at = 0; at < count; at++) words.push(numberOrNull(reader) ?? 0);
  return { id, speaker, types: joined === '' ? [] : joined.split(','), words };
}
