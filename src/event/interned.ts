/**
 * The text as V8 keeps the names of fields: one copy of each, so that look-ups by it compare
 * addresses. Event types and names of fields out of a file are parts of its text until then.
 */
export function interned(text: string): string {
  return Object.keys({ [text]: null })[0] ?? text;
}
