/** "Did you mean": the nearest known word, by edit distance with transpositions. */

/** Distance at which a word is no longer a typo. */
function tolerance(word: string): number {
  return word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3;
}

/** Optimal string alignment distance (Damerau-Levenshtein without repeated edits), cut at `max`. */
export function editDistance(a: string, b: string, max = Infinity): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** The nearest of `known`, null where none is near. Ties: the first in the given order. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const max = tolerance(word);
  let best: string | null = null;
  let bestDistance = max + 1;
  const lower = word.toLowerCase();
  for (const candidate of known) {
    if (candidate === word) continue;
    const distance = editDistance(lower, candidate.toLowerCase(), max);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `Did you mean "x"?`, or null. */
export function didYouMean(word: string, known: Iterable<string>): string | null {
  const best = nearest(word, known);
  return best === null ? null : `Did you mean "${best}"?`;
}
