import type { Event } from '../../src/event/event.ts';
import type { Matcher, MatchSink } from '../../src/match/contract.ts';

/**
 * What a matcher makes of a stream of one key, in words: one line for each output. Sorted, because
 * the order of outputs of one moment is no part of the meaning.
 */
export function play(
  matcher: Matcher, events: readonly Event[], options: { readonly restart?: boolean } = {},
): string[] {
  const lines: string[] = [];
  const sink: MatchSink = {
    output: ({ kind, at, deadline, captures, evidence }) => {
      const taken = evidence.map(({ step, event }) => `${step}:${event.id}`).join(' ');
      const named = captures.map((value) => (value === undefined ? '-'
        : Array.isArray(value) ? `[${(value as readonly Event[]).map(({ id }) => id).join(' ')}]`
          : (value as Event).id)).join(',');
      lines.push(`${kind} at ${at} ${deadline === null ? '' : 'by time '}{${taken}} ${named}`);
    },
    note: (note) => {
      if (note.kind === 'bound') lines.push(`bound ${note.bound}`);
    },
  };
  let runs = matcher.empty();
  let now = -Infinity;
  for (const event of events) {
    now = Math.max(now, event.time);
    matcher.advance(runs, now, sink);
    if (matcher.types.has(event.type) && (!matcher.isEmpty(runs) || matcher.canBegin(event))) {
      const before = matcher.encode(runs);
      const changed = matcher.accept(runs, event, now, sink, true);
      if (!changed
        && Buffer.compare(before, matcher.encode(runs)) !== 0) throw new Error('changed, untold');
    }
    if (options.restart === true) runs = matcher.decode(matcher.encode(runs));
  }
  matcher.advance(runs, now + 60, sink);
  return lines.sort();
}
