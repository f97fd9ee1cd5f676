import type { ExplainedEnding, ExplainedRun, Explanation } from '../task/explain.ts';

/** An explanation as lines to read: what is open, what it waits for, what did not fit, how it ended. */
export function explanationLines(told: Explanation): string[] {
  const { pattern, key, runs, endings } = told;
  const open = runs.length === 1 ? '1 partial match is open' : `${runs.length} partial matches are open`;
  const lines = [`${pattern}, key ${key}: ${runs.length === 0 ? 'nothing is open' : open}.`];
  for (const run of runs) lines.push('', ...runLines(run));
  lines.push('', endings.length === 0 ? 'No run has ended lately.' : 'How the last ones ended, oldest first:');
  for (const ending of endings) lines.push(`  ${ending.at}  ${endingText(ending)}`);
  return lines;
}

function runLines({ version, digest, evidence, waitsFor, deadline, misfit }: ExplainedRun): string[] {
  const lines = [`version ${version} (${digest.slice(0, 12)})`];
  for (const { step, type, id, time } of evidence) lines.push(`  took       ${time}  ${step}: ${type} ${id}`);
  lines.push(`  waits for  ${waitsFor.length === 0 ? 'nothing more' : waitsFor.join(' or ')}`);
  lines.push(`  until      ${deadline ?? 'no deadline'}`);
  if (misfit === null) return lines;
  lines.push(`  no fit     ${misfit.time}  ${misfit.type} ${misfit.id}`);
  for (const reason of misfit.reasons) {
    lines.push(...reason.split('\n').map((line) => `             ${line}`));
  }
  return lines;
}

const ENDINGS: { readonly [reason in ExplainedEnding['reason']]: string } = {
  matched: 'a match',
  late: 'an event came late',
  duplicate: 'an event came twice, and counted once',
  dropped: 'dropped: another version took its place',
  forbidden: 'ended by a forbidden event',
  timeout: 'out of time',
  skipped: 'skipped: another match took its place',
  capped: 'ended by a bound (limits)',
  unskippable: 'a match was dropped, because there was nothing to skip (skip: else: error)',
  strict: 'ended: the next event had to be another',
  stopped: 'stopped for good',
};

function endingText({ reason, step, event }: ExplainedEnding): string {
  const at = step === null || step === '' ? '' : `, step ${step}`;
  return `${ENDINGS[reason]}${at}${event === null ? '' : `, event ${event}`}`;
}
