import { as, isLink, type Atom } from './atom.ts';
import { relativeName, skip, type RelativeName } from './day-words.ts';
import { piece, SAME_TIME, type DaySaid, type Edge, type ReadPiece } from './piece.ts';

/** "now", "right now", "ahora mismo", "şu anda". */
export const readNow: ReadPiece = (atoms, i) => {
  const day = as(atoms[i], 'day');
  if (day === null || day.name !== 'now' || atoms[i - 1]?.text === 'not') return null;
  if (atoms[i]?.entry?.weak === true && isFiller(atoms, i)) return null;
  return piece('now', i, i + 1, {});
};

/** "ok, now, on Friday", "ya está": said without a time in mind. */
function isFiller(atoms: readonly Atom[], i: number): boolean {
  if (atoms[i]?.text === 'ya') return atoms.length > 2;
  const before = atoms[i - 1];
  const after = atoms[i + 1];
  if (before !== undefined && (before.text === ',' || before.text === '.')) return true;
  return (
    after !== undefined
    && (after.text === ',' || isLink(after, 'on') || after.role === 'word')
    && (before === undefined || before.role === 'mark')
  );
}

/** "in the morning", "esta noche", "late afternoon", "akşam"; greetings are not parts of a day. */
export const readPart: ReadPiece = (atoms, i, { language }) => {
  const lead = as(atoms[i], 'edge');
  if (lead?.name === 'same') return piece('part', i, i + 1, { part: SAME_TIME });
  // "early in the morning" and "early in June" begin with one phrase.
  const isEarly = lead?.name === 'early' || (lead?.name === 'begin' && atoms[i]?.text === 'early');
  const early = isEarly ? 'early' : lead?.name === 'late' ? 'late' : null;
  const at = early === null ? i : skip(atoms, i + 1, 'in', 'the', 'of', 'at');
  // "late Friday night", "early tomorrow morning"
  const named = early === null ? null : as(atoms[at], 'weekday');
  if (named !== null && early !== null) {
    const part = partAt(atoms, at + 1, false, language);
    const day: DaySaid = { kind: 'weekday', weekday: named.value, which: 'plain', week: null };
    return part === null || part === 'tonight' ? null
      : piece('part', i, at + 2, { part, edge: early, day });
  }
  const relative = relativeName(atoms[at]);
  const k = relative === null ? at : at + 1;
  const part = partAt(atoms, k, relative !== null, language);
  if (part === null) return null;
  let to = k + 1;
  let edge: Edge | null = early;
  const trail = as(atoms[to], 'edge');
  if (edge === null && language === 'tr' && (trail?.name === 'early' || trail?.name === 'late')) {
    edge = trail.name;
    to += 1;
  }
  if (isGreeting(atoms, at, to)) return null;
  if (relative === null && isCountedPart(atoms, k)) return null;
  if (part === 'tonight') {
    const days = as(atoms[k], 'part')?.value ?? 0;
    return piece('part', i, to, { part: 'night', edge, day: { kind: 'days', days } });
  }
  // "bu gece yarısı" is the midnight to come.
  const isToCome = part === 'midnight' && relative === 'this';
  const day: DaySaid | null = relative === null ? null : relativeDay(isToCome ? 'next' : relative);
  return piece('part', i, to, { part, edge, day });
};

function relativeDay(relative: RelativeName): DaySaid {
  if (relative === 'this') return { kind: 'days', days: 0 };
  return { kind: 'days', days: relative === 'last' ? -1 : 1 };
}

function partAt(
  atoms: readonly Atom[],
  i: number,
  isRelative: boolean,
  language: string,
): string | null {
  const atom = atoms[i];
  const part = as(atom, 'part');
  // "gecelik", "sabahlık": what one wears
  if (atom === undefined || part === null || atom.case === 'measure') return null;
  if (language === 'es' && as(atom, 'day') !== null && !isRelative) {
    const before = atoms[i - 1]?.text;
    return before === 'la' || before === 'de' || before === 'una' ? part.name : null;
  }
  // "PM" alone is a part only after a day ("tuesday PM", "3 in the AM").
  if (as(atom, 'meridiem') !== null) {
    const placed = as(atoms[i - 1], 'weekday') !== null || isLink(atoms[i - 1], 'the');
    return placed ? part.name : null;
  }
  if (atom.text === 'tarde' && atoms[i - 1]?.role === 'word') return null;
  return part.name;
}

/** "9 nights", "a 3 night stay": how long, not when. */
function isCountedPart(atoms: readonly Atom[], i: number): boolean {
  const text = atoms[i]?.text ?? '';
  const before = atoms[i - 1];
  const isCounted = before?.role === 'number' || as(before, 'number') !== null;
  return isCounted && (text.endsWith('s') || (text === 'night' && atoms[i + 1]?.role === 'word'));
}

const GREETING: ReadonlySet<string> = new Set([
  'good',
  'buenas',
  'buenos',
  'buena',
  'iyi',
  'hayirli',
  'gud',
]);

function isGreeting(atoms: readonly Atom[], from: number, to: number): boolean {
  const before = atoms[from - 1]?.text ?? '';
  const after = atoms[to]?.text ?? '';
  return GREETING.has(before) || after === 'serifler' || after === 'hayirlar';
}
