import type { Event, Json } from '../event/event.ts';
import type { ConstantComparison } from '../expression/expression.ts';
import type { PatternDefinition, Step } from '../pattern/definition.ts';

/** One type: who begins at any event of it, and who only where a field has a certain value. */
interface OfType<T> {
  readonly always: T[];
  readonly byField: Map<string, Map<Json | undefined, T[]>>;
}

/**
 * Which patterns an event can begin a run of, without asking each: by event type and by the
 * comparisons with constants (`event.category == "sofa"`) that its first step must pass. A thousand
 * patterns on one type cost what those cost that the event concerns. Patterns that hold runs for
 * the key are found by their state, not here.
 */
export class BeginIndex<T> {
  private readonly types = new Map<string, OfType<T>>();

  add(definition: PatternDefinition, member: T): void {
    for (const [type, constants] of beginnings(definition)) {
      let ofType = this.types.get(type);
      if (ofType === undefined) this.types.set(type, (ofType = { always: [], byField: new Map() }));
      const [constant] = constants;
      if (constant === undefined) ofType.always.push(member);
      else {
        let values = ofType.byField.get(constant.field);
        if (values === undefined) ofType.byField.set(constant.field, (values = new Map()));
        const members = values.get(constant.value);
        if (members === undefined) values.set(constant.value, [member]);
        else members.push(member);
      }
    }
  }

  /** Visits at least every pattern whose matcher says that the event can begin a run. */
  each(event: Event, visit: (member: T) => void): void {
    const ofType = this.types.get(event.type);
    if (ofType === undefined) return;
    for (const member of ofType.always) visit(member);
    for (const [field, values] of ofType.byField) {
      const members = values.get(event.data[field]);
      if (members !== undefined) for (const member of members) visit(member);
    }
  }
}

type Beginnings = Map<string, readonly ConstantComparison[]>;

/** Types that can begin a run, each with constants that must hold then. */
function beginnings(definition: PatternDefinition): Beginnings {
  const found: Beginnings = new Map();
  const [first] = definition.steps;
  if (definition.starts.mode === 'any' && first?.kind === 'on' && !mayBeAbsent(first)) {
    for (const type of first.types) found.set(type, first.where?.constants ?? []);
    return found;
  }
  const add = (step: Step): void => {
    if (step.kind === 'on') for (const type of step.types) found.set(type, []);
    if (step.until?.kind === 'step') add(step.until.step);
    if (step.kind === 'not') add(step.of);
    else if ('of' in step) step.of.forEach(add);
  };
  definition.steps.forEach(add);
  if (definition.starts.mode === 'once') for (const type of definition.among) found.set(type, []);
  return found;
}

function mayBeAbsent(step: Step): boolean {
  return step.optional || step.times?.min === 0;
}
