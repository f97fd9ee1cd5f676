import type { Case } from './case.ts';
import type { Found, Outcome } from './run-case.ts';

/** Where the outcome differs from what the case expects, in words; empty: it passes. */
export function differences(given: Case, outcome: Outcome): string[] {
  const found: string[] = [];
  if (outcome.failed !== (given.expectError === true)) {
    found.push(outcome.failed ? 'ended in an error' : 'an error was expected');
  }
  const { expected, expectedAt, expectedBindings } = given;
  if (expected !== null) {
    compare(found, 'matches', expected.map((events, i) => told({
      events, at: expectedAt?.[i] ?? 0, bindings: expectedBindings?.[i] ?? {},
    }, given)), outcome.matches.map((match) => told(match, given)));
  }
  if (given.expectedTimedOut !== undefined) {
    const at = given.expectedTimedOutAt;
    const tell = (events: readonly number[], time: number): string =>
      `[${events.join(' ')}]${at === undefined ? '' : ` at ${time}`}`;
    compare(found, 'time-outs', given.expectedTimedOut.map((events, i) => tell(events, at?.[i] ?? 0)),
      outcome.timedOut.map(({ events, at: time }) => tell(events, time)));
  }
  if (given.expectedLate !== undefined) {
    compare(found, 'late events', given.expectedLate.map(String), outcome.late.map(String));
  }
  return found;
}

function told({ events, at, bindings }: Found, given: Case): string {
  const parts = [`[${events.join(' ')}]`];
  if (given.expectedAt !== undefined) parts.push(`at ${at}`);
  if (given.expectedBindings !== undefined) {
    const names = Object.entries(bindings).filter(([, taken]) => taken.length > 0)
      .map(([name, taken]) => `${name}=${[...taken].sort((a, b) => a - b).join(' ')}`).sort();
    parts.push(`{${names.join(', ')}}`);
  }
  return parts.join(' ');
}

function compare(
  found: string[], what: string, expected: readonly string[], actual: readonly string[],
): void {
  const missing = [...expected].sort();
  const extra: string[] = [];
  for (const one of [...actual].sort()) {
    const at = missing.indexOf(one);
    if (at === -1) extra.push(one);
    else missing.splice(at, 1);
  }
  if (missing.length > 0) found.push(`${what} missing: ${missing.join(', ')}`);
  if (extra.length > 0) found.push(`${what} not expected: ${extra.join(', ')}`);
}
