import type { Event } from '../event/event.ts';
import { EvaluationError } from './expression.ts';
import type { Frame, Trace, Value } from './expression.ts';
import { LOOP_STEPS_MAX, plainValue, signal } from './nodes.ts';
import type { Node } from './nodes.ts';

/** Elements of a loop that a trace shows. */
const ELEMENTS_MAX = 10;

/**
 * Every part of an expression with its value, for "why did it not": parts are evaluated on their
 * own, also those that `&&` and `||` would not have reached.
 */
export function traceOf(source: string, root: Node, frame: Frame): Trace {
  signal.stepsLeft = LOOP_STEPS_MAX;
  const value = plainValue(root.evaluate(frame), root.shape);
  const parts = root.parts
    .filter((part) => part.constant === undefined)
    .map((part) => traceOf(source, part, frame));
  return {
    source: source.slice(root.start, root.end),
    value,
    parts: root.loop ? [...parts, ...elementTraces(source, root, frame)] : parts,
  };
}

function elementTraces(source: string, root: Node, frame: Frame): Trace[] {
  const { list, body, bind } = root.loop!;
  const value = list.evaluate(frame);
  if (!Array.isArray(value)) return [];
  return (value as readonly Value[]).slice(0, ELEMENTS_MAX).map((element) => {
    bind(element);
    return traceOf(source, body, frame);
  });
}

/** One line: the parts that were false or failed, with what they read. For messages. */
export function explainTrace(trace: Trace): string {
  const leaf = decisive(trace);
  const reads = leaves(leaf).map((part) => `${part.source} is ${showValue(part.value)}`);
  const result = leaf.value instanceof EvaluationError ? leaf.value.detail : showValue(leaf.value);
  const values = reads.length > 0 ? ` (${[...new Set(reads)].join(', ')})` : '';
  return `${leaf.source}: ${result}${values}`;
}

/** Goes down through `&&` to the operand that made it false. */
function decisive(trace: Trace): Trace {
  const culprit = trace.parts.find((part) => part.value === false && trace.source.includes('&&'));
  return culprit && trace.value === false ? decisive(culprit) : trace;
}

function leaves(trace: Trace): Trace[] {
  if (trace.parts.length === 0) return [];
  return trace.parts.flatMap((part) => (part.parts.length === 0 ? [part] : leaves(part)));
}

/** Longest value shown, in characters. */
const SHOWN_MAX = 80;

export function showValue(value: Value | EvaluationError | Event): string {
  if (value instanceof EvaluationError) return `an error (${value.detail})`;
  const text = JSON.stringify(value);
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX - 3)}...`;
}
