import { suggest } from '../event/suggest.ts';

/** `Did you mean "x"?`, or null where no known word is near. */
export function didYouMean(word: string, known: Iterable<string>): string | null {
  const best = suggest(word, known);
  return best === null || best === word ? null : `Did you mean "${best}"?`;
}
