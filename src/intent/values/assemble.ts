/** Neighbouring constituents as one mention, and its value. */
import type { TimeMention } from '../mentions.ts';
import { isLink, type Atom } from './atom.ts';
import type { Chain } from './chain.ts';
import { draftOf, type Draft } from './draft.ts';
import { grow } from './grow.ts';
import type { DaySaid, PieceLocale } from './piece.ts';
import { BEGINNINGS, readPiece } from './read-piece.ts';
import { resolveDraft, type TimeSetting } from './resolve-time.ts';
import { settle, settleRange, standsAlone } from './settle.ts';

/** What a text of any language and country says of itself. */
export type TextLocale = Omit<PieceLocale, 'present'>;

/** All date and time mentions of a text, in order. Every atom is read a bounded number of times. */
export function findTimes(
  atoms: readonly Atom[], locale: TextLocale, setting: TimeSetting,
): TimeMention[] {
  let present = 0;
  for (let i = 0; i < atoms.length; i += 1) present |= atoms[i]!.roles;
  if ((present & BEGINNINGS) === 0) return [];
  return findTimesOf(atoms, { ...locale, present }, setting);
}

/** The same for a text of which no more than `locale.present` is known. */
export function findTimesOf(
  atoms: readonly Atom[],
  locale: PieceLocale,
  setting: TimeSetting,
): TimeMention[] {
  const mentions: TimeMention[] = [];
  let chain: Chain | null = null;
  const close = (): void => {
    if (chain === null) return;
    const mention = finish(atoms, chain, locale, setting);
    if (mention !== null) mentions.push(mention);
    chain = null;
  };
  let i = 0;
  while (i < atoms.length) {
    const next = readPiece(atoms, i, locale);
    if (next === null) {
      i += 1;
      continue;
    }
    const grown: Chain | null = chain === null ? null : grow(atoms, chain, next, locale);
    if (grown === null) {
      close();
      chain = { a: draftOf(next), b: null };
    } else {
      chain = grown;
    }
    i = next.to;
  }
  close();
  return mentions;
}

/** Years before 0 or after 9999 have no `YYYY-MM-DD`. */
function isFar(date: string | null): boolean {
  return date !== null && date.length !== 10;
}

/** "the 13th to the 15th of July", "July 13th to the 15th": one month for both, so neither stands alone. */
function sharesMonth(a: DaySaid | null, b: DaySaid | null): boolean {
  if (a?.kind !== 'date' || b?.kind !== 'date' || a.day >= b.day) return false;
  return (a.month === null) !== (b.month === null);
}

/** "the 1st to the 7 June": each end is a day of its own. */
function haveArticles(atoms: readonly Atom[], a: Draft, b: Draft): boolean {
  return isLink(atoms[a.from - 1], 'the') && isLink(atoms[b.from - 1], 'the');
}

/** "July 13 - July 15", "between today and tomorrow": said as one. */
function isOneSpan(before: Atom | undefined): boolean {
  return before?.text === '-' || isLink(before, 'and');
}

function finish(
  atoms: readonly Atom[],
  chain: Chain,
  locale: PieceLocale,
  setting: TimeSetting,
): TimeMention | null {
  const settled =
    chain.b === null
      ? settle(atoms, chain.a, locale, setting)
      : settleRange(atoms, chain.a, chain.b, locale, setting);
  if (settled === null) return null;
  const half = resolveDraft(settled.a, settled.b, setting);
  if (half === null || isFar(half.from.date) || isFar(half.to?.date ?? null)) return null;
  const last = settled.b ?? settled.a;
  const isPair =
    half.shape === 'daterange'
    && chain.b?.day != null
    && standsAlone(chain.a.day)
    && standsAlone(chain.b.day)
    && (!sharesMonth(chain.a.day, chain.b.day) || haveArticles(atoms, chain.a, chain.b))
    && !isOneSpan(atoms[chain.b.from - 1]);
  let to = last.to;
  if (settled.b !== null && isLink(atoms[to], 'among', 'until')) to += 1;
  const start = atoms[settled.a.from] as Atom;
  const end = atoms[to - 1] as Atom;
  return {
    kind: 'time',
    start: start.start,
    end: end.end,
    ...half,
    confidence: settled.confidence,
    ...(isPair && chain.b !== null ? { toStart: (atoms[chain.b.from] as Atom).start } : {}),
  };
}
