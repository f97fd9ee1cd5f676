import { partials } from './partials.ts';
import { any, every, guarded, limit, loop, seq, span } from './state-of.ts';
import { ENDED } from './state.ts';
import type { After, State } from './state.ts';

/**
 * A run begins with the event that it takes first: branches of a fresh run that took nothing are
 * left out, because the next event begins a run for them.
 */
export function touched(state: State): After {
  switch (state.kind) {
    case 'guarded':
      return around(state.of, (of) => guarded(state.guards, of, state.taken));
    case 'span':
      return around(state.of, (of) => span(state.node, state.taken, state.deadline, of));
    case 'limit':
      return around(
        state.of, (of) => limit(state.node, state.taken, state.deadline, state.left, of),
      );
    case 'seq': {
      const branches = state.branches.flatMap(({ step, of }) => {
        const left = touched(of);
        return left === ENDED ? [] : [{ step, of: left }];
      });
      return branches.length === 0 ? ENDED : seq(state.node, branches);
    }
    case 'loop': {
      const branches = state.branches.flatMap((branch) => {
        const of = touched(branch.of);
        return of === ENDED ? [] : [{ ...branch, of }];
      });
      return branches.length === 0
        ? ENDED
        : loop(state.node, state.contiguity, branches, state.base);
    }
    case 'every': {
      const instances = state.instances.map(touched).filter((of) => of !== ENDED);
      return instances.length === 0 ? ENDED : every(state.node, state.taken, state.guards, instances);
    }
    case 'any': {
      const operands = state.operands.map((of) => (of === ENDED ? ENDED : touched(of)));
      return operands.every((of) => of === ENDED) ? ENDED : any(state.node, operands);
    }
    case 'stopped':
      return ENDED;
    case 'on':
    case 'all':
    case 'wait':
    case 'notFor':
    case 'not':
    case 'until':
      return partials(state).some((taken) => taken !== null) ? state : ENDED;
  }
}

function around(of: State, rebuilt: (of: State) => State): After {
  const left = touched(of);
  return left === ENDED ? ENDED : rebuilt(left);
}
