import type { Json } from '../event/event.ts';
import { problemAt } from './check.ts';
import { compileExpression } from './compile.ts';
import { EvaluationError } from './expression.ts';
import type { Expression, FieldsRead, Frame, Template } from './expression.ts';
import type { ExpressionProblem, Scope } from './scope.ts';

/** Text with `${...}`: what is emitted. A part that stands alone keeps its type. */

export type CompiledTemplate =
  | { readonly template: Template }
  | { readonly problem: ExpressionProblem & { readonly path: readonly (string | number)[] } };

type Render = (frame: Frame, onError?: (error: EvaluationError) => void) => Json;

/** Deepest nesting of lists and maps in what is emitted. */
const DEPTH_MAX = 8;

interface Collected {
  readonly expressions: Expression[];
}

class TemplateRefusal extends Error {
  readonly problem: ExpressionProblem;
  readonly path: readonly (string | number)[];

  constructor(problem: ExpressionProblem, path: readonly (string | number)[]) {
    super(problem.message);
    this.problem = problem;
    this.path = path;
  }
}

/** Compiles a literal of a file: text may hold `${CEL}`; lists and maps are gone through. */
export function compileTemplate(source: Json, scope: Scope): CompiledTemplate {
  const collected: Collected = { expressions: [] };
  try {
    const render = compileJson(source, scope, collected, []);
    return { template: { source, render, ...readsOf(collected.expressions) } };
  } catch (error) {
    if (!(error instanceof TemplateRefusal)) throw error;
    return { problem: { ...error.problem, path: error.path } };
  }
}

function compileJson(
  source: Json,
  scope: Scope,
  collected: Collected,
  path: readonly (string | number)[],
): Render {
  if (path.length > DEPTH_MAX) {
    const message = `Lists and maps are nested deeper than ${DEPTH_MAX}.`;
    throw new TemplateRefusal(problemAt('', 0, 0, message), path);
  }
  if (typeof source === 'string') return compileText(source, scope, collected, path);
  if (typeof source !== 'object' || source === null) return () => source;
  if (Array.isArray(source)) {
    const items = (source as readonly Json[]).map((item, i) =>
      compileJson(item, scope, collected, [...path, i]),
    );
    return (frame, onError) => items.map((item) => item(frame, onError));
  }
  const entries = Object.entries(source).map(
    ([name, value]) => [name, compileJson(value, scope, collected, [...path, name])] as const,
  );
  return (frame, onError) => {
    return Object.fromEntries(entries.map(([name, render]) => [name, render(frame, onError)]));
  };
}

function compileText(
  source: string,
  scope: Scope,
  collected: Collected,
  path: readonly (string | number)[],
): Render {
  const parts = splitTemplate(source);
  if ('message' in parts) throw new TemplateRefusal(parts, path);
  const compiled = parts.map((part) => {
    if (!part.expression) return part.text;
    const result = compileExpression(part.text, scope);
    if ('problem' in result) {
      const { message, fix, start, end } = result.problem;
      const moved = problemAt(source, start + part.start, end + part.start, message, fix);
      throw new TemplateRefusal(moved, path);
    }
    collected.expressions.push(result.expression);
    return result.expression;
  });
  const [only] = compiled;
  if (compiled.length === 1 && typeof only === 'object') return alone(only);
  if (compiled.every((part) => typeof part === 'string')) {
    const text = compiled.join('');
    return () => text;
  }
  return (frame, onError) => compiled.map((part) => asText(part, frame, onError)).join('');
}

function alone(expression: Expression): Render {
  return (frame, onError) => {
    const value = expression.evaluate(frame);
    if (!(value instanceof EvaluationError)) return value as Json;
    onError?.(value);
    return null;
  };
}

/** Inside text: null and errors are nothing, maps and lists their JSON. */
function asText(
  part: string | Expression,
  frame: Frame,
  onError?: (error: EvaluationError) => void,
): string {
  if (typeof part === 'string') return part;
  const value = alone(part)(frame, onError);
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export interface TemplatePart {
  readonly expression: boolean;
  readonly text: string;
  /** Offset of `text` in the source. */
  readonly start: number;
}

/** Cuts text at `${...}`; `$${` is a literal `${`. Braces and quotes inside CEL are understood. */
export function splitTemplate(source: string): TemplatePart[] | ExpressionProblem {
  const parts: TemplatePart[] = [];
  let text = '';
  let textStart = 0;
  let i = 0;
  while (i < source.length) {
    if (source.startsWith('$${', i)) {
      text += '${';
      i += 3;
    } else if (source.startsWith('${', i)) {
      const end = closingBrace(source, i + 2);
      if (end === null) {
        return problemAt(
          source,
          i,
          i + 2,
          '"${" is never closed.',
          'Add "}" after the expression.',
        );
      }
      if (text !== '') parts.push({ expression: false, text, start: textStart });
      parts.push({ expression: true, text: source.slice(i + 2, end), start: i + 2 });
      text = '';
      i = end + 1;
      textStart = i;
    } else {
      text += source[i++];
    }
  }
  if (text !== '' || parts.length === 0) parts.push({ expression: false, text, start: textStart });
  return parts;
}

function closingBrace(source: string, from: number): number | null {
  let depth = 0;
  let quote: string | null = null;
  for (let i = from; i < source.length; i++) {
    const character = source[i]!;
    if (quote) {
      if (character === '\\') i++;
      else if (character === quote) quote = null;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth++;
    else if (character === '}' && depth-- === 0) return i;
  }
  return null;
}

/** Slots and fields that any of the expressions read. */
export function readsOf(expressions: readonly Pick<Expression, 'captureFields'>[]): {
  readonly slots: readonly number[];
  readonly captureFields: ReadonlyMap<number, FieldsRead>;
} {
  const fields = new Map<number, FieldsRead>();
  for (const { captureFields } of expressions) {
    for (const [slot, read] of captureFields) {
      const before = fields.get(slot) ?? [];
      const all = before === '*' || read === '*';
      fields.set(slot, all ? '*' : [...new Set([...before, ...read])].sort());
    }
  }
  const slots = [...fields.keys()].sort((a, b) => a - b);
  return { slots, captureFields: fields };
}
