/** What is wrong with a file: where, what, and the likely fix. Values, never exceptions. */

export interface Problem {
  readonly code: ProblemCode;
  /** An error refuses the file; a warning is told and counted. */
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the file, for instance `steps[2].where`. */
  readonly path: string;
  readonly message: string;
  /** The likely fix, a whole sentence; null where there is no guess. */
  readonly fix: string | null;
}

/** Every code with what it means; the reference page lists them. */
export const PROBLEM_CODES = {
  unreadable: 'The file cannot be read as YAML 1.2, is empty or too large.',
  structure: 'An unknown word, a missing one, or a value of the wrong form.',
  combination: 'Words that do not go together.',
  expression: 'A condition or template that cannot be compiled.',
  'unknown-type': 'An event type that nothing known has.',
  'unknown-field': 'A field that is one slip away from a usual one.',
  'unknown-name': 'A name that no step has.',
  'unknown-segment': 'A segment that is not in the set.',
  name: 'A name twice, or one that cannot be used.',
  window: 'A window inside a shorter one, or none where one is needed.',
  negation: 'A `not` where it cannot stand.',
  start: 'A beginning that does not go with `starts`.',
  unreachable: 'A step, branch or record that can never come about.',
  unbounded: 'State that grows without an end until a bound bites.',
  'constant-condition': 'A condition that always or never holds.',
  'greedy-dead-end': 'A greedy loop that leaves nothing for the next step.',
  'negation-after-loop': 'A `not` after a loop also ends branches that would have looped on.',
  'key-missing': 'The key is not a field of the events.',
  'no-key': 'One partition for everything: no parallel work.',
  levels: 'More levels than there are.',
  cycle: 'A definition that listens to what it derives.',
  duplicate: 'Two files with the same id.',
  tests: 'A test that cannot show anything.',
  change: 'A change that does not say what becomes of open runs.',
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;

/** `file:line:col: error: message Fix` */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message, fix, code } = problem;
  const text = fix === null ? message : `${message} ${fix}`;
  return `${file}:${line}:${column}: ${severity}: ${text} [${code}]`;
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

export type Path = readonly (string | number)[];

/** `['steps', 2, 'where']` as `steps[2].where`. */
export function pathText(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('');
}

/** The reverse of `pathText`. */
export function parsePath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, word]) => {
    return index === undefined ? word! : Number(index);
  });
}
