/** Durations as people write them: `24h`, `2h30m`, `7d`, `1.5s`, `500ms`. One place for all of them. */

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** Longest duration that a file may name: 10 years, in ms. Longer is a mistake of unit. */
export const DURATION_MAX = 3_653 * 86_400_000;

export const DURATION_PATTERN = '^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w))+$';

const WHOLE = new RegExp(DURATION_PATTERN);

/** Milliseconds, or null where the text is not a duration. `0s` is one. */
export function parseDuration(text: string): number | null {
  if (text.length > 40 || !WHOLE.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(ms|[smhdw])/g)) {
    total += Number(amount) * UNITS.get(unit!)!;
  }
  return Math.round(total);
}

/** The shortest text that `parseDuration` reads back: `9000000` is `2h30m`. Whole ms, not negative. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  let text = '';
  for (const [unit, size] of [...UNITS].filter(([name]) => name !== 'w').reverse()) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
