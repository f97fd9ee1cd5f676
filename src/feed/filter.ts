import type { EventData } from '../event/event.ts';
import { compileExpression } from '../expression/compile.ts';
import type { Frame } from '../expression/expression.ts';
import { EMPTY_CATALOGUE, type FunctionTable } from '../expression/scope.ts';
import type { RecordFilter } from './subscription.ts';

/**
 * Compiles the CEL filter of a subscription. `event` is the record as it is delivered:
 * `event.type == "meeting_reminder" && event.data.place == "Plaza"`. A record that the filter has no
 * value for (a missing field) is not delivered.
 */
export function compileFilter(
  where: string,
  functions: FunctionTable,
): RecordFilter | { readonly problem: string } {
  const scope = { event: [], eventNames: [], names: [], catalogue: EMPTY_CATALOGUE, functions };
  const compiled = compileExpression(where, scope, 'condition');
  if ('problem' in compiled) {
    const { line, column, message, fix } = compiled.problem;
    return { problem: `where:${line}:${column}: ${message}${fix === null ? '' : ` ${fix}`}` };
  }
  const { expression } = compiled;
  const frame: Frame = { event: null, captures: [], now: 0 };
  return (record) => {
    if (typeof record !== 'object' || record === null) return false;
    frame.event = { id: '', type: '', time: 0, family: 'derived', data: record as EventData };
    return expression.test(frame);
  };
}
