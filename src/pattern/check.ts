import { CheckContext } from './check-context.ts';
import type { CheckEnvironment } from './check-context.ts';
import { buildPattern } from './check-pattern.ts';
import type { CheckedPattern } from './check-pattern.ts';
import { buildSegment } from './check-segment.ts';
import type { CheckedSegment } from './check-segment.ts';
import { levelProblems } from './levels.ts';
import type { Definition } from './levels.ts';
import { lintPattern, lintSegment } from './lint.ts';
import { slipsInPattern, slipsInSegment } from './slips.ts';
import { hasErrors } from './problems.ts';
import type { Problem } from './problems.ts';
import { patternFile } from './schema.ts';
import { segmentFile } from './segment-schema.ts';
import { checkStructure } from './structure.ts';
import { YamlFile } from './yaml-file.ts';
import type { Report } from './yaml-file.ts';

export type { CheckEnvironment, CheckedPattern, CheckedSegment, Problem };

/** A checked file. `problems` holds warnings where there is a definition, else errors too. */
export type Checked =
  | (CheckedPattern & { readonly kind: 'pattern'; readonly problems: readonly Problem[] })
  | (CheckedSegment & { readonly kind: 'segment'; readonly problems: readonly Problem[] })
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/**
 * Text of a pattern or segment file into what it means, or into what is wrong with it. A file with
 * `member` is a segment. Pure: `file` is only a name for messages. Never throws for bad text.
 */
export function checkDefinitionFile(
  source: string,
  file: string,
  environment: CheckEnvironment,
): Checked {
  return checkYaml(YamlFile.read(source, file), environment);
}

/** The same for a file that was read already. */
export function checkYaml(yaml: YamlFile, environment: CheckEnvironment): Checked {
  const checked = yaml.problems.length > 0 ? null : checkData(yaml, environment);
  const problems = sorted(yaml.problems);
  if (!checked || hasErrors(problems)) return { kind: 'refused', problems };
  return { ...checked, problems } as Checked;
}

/** As `checkDefinitionFile`, for callers that only take patterns. */
export function checkPatternFile(
  source: string,
  file: string,
  environment: CheckEnvironment,
): Extract<Checked, { kind: 'pattern' | 'refused' }> {
  const checked = checkDefinitionFile(source, file, environment);
  if (checked.kind !== 'segment') return checked;
  const message = 'This is a segment, and a pattern is wanted here.';
  const problem: Problem = {
    code: 'structure',
    severity: 'error',
    file,
    line: 1,
    column: 1,
    path: '',
    message,
    fix: null,
  };
  return { kind: 'refused', problems: [problem] };
}

function checkData(yaml: YamlFile, environment: CheckEnvironment) {
  const context = new CheckContext(yaml, environment);
  const isSegment = Object.hasOwn(yaml.data as object, 'member');
  if (isSegment) {
    const source = checkStructure(yaml, segmentFile);
    if (!source) return null;
    const checked = buildSegment(context, source);
    if (hasErrors(yaml.problems)) return null;
    const { definition } = checked;
    reportAll(yaml, [...levelsOf(definition, environment), ...lintSegment(definition)]);
    reportAll(yaml, slipsInSegment(checked, environment));
    return { kind: 'segment' as const, ...checked };
  }
  const source = checkStructure(yaml, patternFile);
  if (!source) return null;
  const checked = buildPattern(context, source);
  if (hasErrors(yaml.problems)) return null;
  const { definition } = checked;
  reportAll(yaml, [...levelsOf(definition, environment), ...lintPattern(definition)]);
  reportAll(yaml, slipsInPattern(checked, environment));
  return { kind: 'pattern' as const, ...checked };
}

function levelsOf(definition: Definition, { others, stages, checkLevels }: CheckEnvironment) {
  return checkLevels === false ? [] : levelProblems(definition, others, stages);
}

function reportAll(yaml: YamlFile, reports: readonly Report[]): void {
  for (const report of reports) yaml.report(report);
}

/** In order of the file; the same message at the same place once. */
function sorted(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
