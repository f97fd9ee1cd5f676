/** Which figures of a task the table shows. */
import type { Scores } from './figures.ts';

/** Name of a row to its figure, in the order they are printed. */
export function rowsOf(scores: Scores): Map<string, number | null> {
  const rows = new Map<string, number | null>();
  for (const [group, measures] of Object.entries(scores.groups)) {
    if (!isShown(scores.task, group)) continue;
    for (const [measure, { f1, r, pred }] of Object.entries(measures)) {
      if (measure === 'exact_span' && scores.task !== 'xsid') continue;
      // In `recall` nothing but the gold is counted.
      const isRecall = group === 'recall';
      rows.set(isRecall ? `${measure} recall` : `${group} ${measure} F1`,
        pred === 0 ? null : isRecall ? r : f1);
    }
  }
  for (const [name, { accuracy }] of Object.entries(scores.accuracy)) rows.set(name, accuracy);
  return rows;
}

/** Sources one by one are in `--json`. */
function isShown(task: string, group: string): boolean {
  if (task === 'datetime') return /^(?:all|en|es|tr|points(?:\/(?:en|es|tr))?)$/.test(group);
  if (task === 'currency') return /^(?:all|market(?:\/(?:en|es|tr))?)$/.test(group);
  return true;
}
