import { keptEvidenceOf } from './capture.ts';
import type { RunView } from './contract.ts';
import { partials } from './partials.ts';
import { ENDED } from './state.ts';
import type { State } from './state.ts';

/** One view for each partial match in the state: what it took, what it waits for, until when. */
export function viewsOf(state: State, within = Infinity): RunView[] {
  const due = Math.min(within, state.due);
  switch (state.kind) {
    case 'stopped':
      return [];
    case 'guarded':
      return viewsOf(state.of, due);
    case 'span':
    case 'limit':
      return viewsOf(state.of, Math.min(within, state.deadline));
    case 'seq':
    case 'loop':
      return state.branches.flatMap(({ of }) => viewsOf(of, within));
    case 'every':
      return state.instances.flatMap((of) => viewsOf(of, within));
    case 'any':
    case 'all': {
      const parts = state.kind === 'any' ? state.operands : state.operands.map(({ of }) => of);
      const waitsFor = parts.flatMap((of) => (of === ENDED ? [] : viewsOf(of, within)))
        .flatMap((view) => view.waitsFor);
      return [view(state, waitsFor, due)];
    }
    case 'until':
      return [view(state, [state.node.label], due)];
    case 'on':
    case 'wait':
    case 'notFor':
    case 'not':
      return [view(state, [state.node.label], due)];
  }
}

function view(state: State, waitsFor: readonly string[], due: number): RunView {
  return {
    evidence: keptEvidenceOf(partials(state)[0] ?? null),
    waitsFor: [...new Set(waitsFor)],
    deadline: due === Infinity ? null : due,
  };
}
