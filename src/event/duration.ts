const UNIT_MS: { readonly [unit: string]: number } = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** Units from the largest to the smallest, each once at most. */
export const DURATION = /^(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m(?!s))?([0-9]+s)?([0-9]+ms)?$/;

/** A hundred years, ms. What is longer would end beyond the times that a date can have. */
const LONGEST_MS = 36_500 * 86_400_000;

/** Reads `2h30m`, `7d`, `500ms`, `0s` into ms; null where the text is none or is above 36500d. */
export function parseDuration(text: string): number | null {
  if (!DURATION.test(text)) return null;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[dhms])/g)) {
    sum += Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  }
  return sum <= LONGEST_MS ? sum : null;
}

/** Writes ms as the shortest text that `parseDuration` reads back: `9000000` is `2h30m`. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, size] of Object.entries(UNIT_MS)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}
