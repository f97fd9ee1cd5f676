import { EPOCH, MatchHash } from '../peers-streams.ts';
import type { StreamEvent } from '../peers-streams.ts';

/**
 * What each row must give, found without an engine by looking back from each closing event over
 * the whole history of its key: slow and obvious. For any seed and size.
 */
export function expectedMatches(row: string, events: readonly StreamEvent[]): MatchHash {
  const hash = new MatchHash();
  const byKey = new Map<number, StreamEvent[]>();
  for (const event of events) {
    const own = byKey.get(event.keyNumber);
    if (own === undefined) byKey.set(event.keyNumber, [event]);
    else own.push(event);
  }
  for (const [key, own] of byKey) ROWS[row.split(':')[0] ?? '']?.(own, key, hash);
  return hash;
}

const HOUR = 3_600_000;
type Finder = (events: readonly StreamEvent[], key: number, hash: MatchHash) => void;

const ROWS: { readonly [row: string]: Finder } = {
  R1: pairs('meeting_proposed', ['meeting_accepted'], 'meeting_accepted', 24 * HOUR, false),
  R1S: pairs('meeting_proposed', ['meeting_accepted'], 'meeting_accepted', 24 * HOUR, true),
  R4: pairs('price_offer', ['price_accept', 'price_reject'], 'price_accept', HOUR, false),
  R6: pairs('meeting_proposed', ['meeting_accepted'], 'meeting_accepted', 30 * 24 * HOUR, false),
  R2: unanswered,
  R3: rising,
  R5(events, key, hash) {
    for (let i = 0; i < 100; i++) {
      pairs(`a${i}`, [`b${i}`], `b${i}`, HOUR, false)(events, key, { add: (_, ...rest) => hash.add(i, ...rest) } as MatchHash);
    }
  },
};

/** Every opening since the last closing event, with the closing event that comes next. */
function pairs(
  opening: string, closing: readonly string[], counts: string, window: number, oldestOnly: boolean,
): Finder {
  return (events, key, hash) => {
    events.forEach((event, at) => {
      if (event.type !== counts) return;
      let from = at - 1;
      while (from >= 0 && !closing.includes(events[from]?.type ?? '')) from--;
      const open = events.slice(from + 1, at)
        .filter(({ type, time }) => type === opening && event.time - time < window);
      for (const first of oldestOnly
        ? open.slice(0, 1)
        : open) hash.add(0, key, first.time - EPOCH, event.time - EPOCH);
    });
  };
}

function unanswered(events: readonly StreamEvent[], key: number, hash: MatchHash): void {
  const window = 2 * HOUR;
  events.forEach((event, at) => {
    if (event.type !== 'meeting_proposed') return;
    const answer = events.slice(at + 1).find(({ type }) => type === 'meeting_accepted'
      || type === 'meeting_rejected');
    if (answer !== undefined && answer.time < event.time + window) return;
    hash.add(0, key, event.time - EPOCH, event.time + window - EPOCH);
  });
}

/** Of the rising offers directly before an accept: the longest end of 3 to 6, begun within the hour. */
function rising(events: readonly StreamEvent[], key: number, hash: MatchHash): void {
  const relevant = events.filter(({ type }) => type === 'price_offer' || type === 'price_accept');
  relevant.forEach((event, at) => {
    if (event.type !== 'price_accept') return;
    const suffix: StreamEvent[] = [];
    for (let i = at - 1; i >= 0 && suffix.length < 6; i--) {
      const offer = relevant[i];
      if (offer === undefined || offer.type !== 'price_offer') break;
      const later = suffix[0];
      if (later !== undefined
        && !((later.data['price'] as number) > (offer.data['price'] as number))) break;
      suffix.unshift(offer);
    }
    const first = suffix.find(({ time }, i) => suffix.length - i >= 3 && event.time - time < HOUR);
    if (first !== undefined) hash.add(0, key, first.time - EPOCH, event.time - EPOCH);
  });
}
