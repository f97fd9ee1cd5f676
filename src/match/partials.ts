import { appended } from './capture.ts';
import type { Taken } from './capture.ts';
import { ENDED } from './state.ts';
import type { State } from './state.ts';

/** What each partial match in the state has taken. */
export function partials(state: State): (Taken | null)[] {
  switch (state.kind) {
    case 'on':
    case 'wait':
    case 'notFor':
    case 'not':
      return [state.taken];
    case 'stopped':
      return [];
    case 'guarded':
    case 'span':
    case 'limit':
      return partials(state.of);
    case 'seq':
    case 'loop':
      return state.branches.flatMap(({ of }) => partials(of));
    case 'every':
      return state.instances.flatMap(partials);
    case 'any':
      return state.operands.flatMap((of) => (of === ENDED ? [] : partials(of)));
    case 'until':
      return [state.taken];
    case 'all':
      return [state.operands.reduce<Taken | null>((taken, { of, results }) => {
        const [own] = results.length > 0 || of === null
          ? [results.at(-1)?.taken ?? null]
          : partials(of);
        return appended(taken, own ?? null, state.taken);
      }, state.taken)];
  }
}

