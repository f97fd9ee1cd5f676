import type { Configuration } from '../event/configuration.ts';
import { ParleyError } from '../event/errors.ts';
import type { DefinitionRegistry } from '../ports/definition-registry.ts';
import type { ProgressView } from './progress.ts';

/**
 * Refuses a prefix that is another application's: two under one would derive everything twice, and
 * take turns at the same state, each unaware of the other. What was committed tells whose it is,
 * and before the first commit, which two that start at once would not see of each other, the first
 * claim. Asked before a task is opened. Throws `ParleyError` PARLEY_APPLICATION_CHANGED, `LogError`.
 */
export async function claimPrefix(
  { application, topicPrefix }: Pick<Configuration, 'application' | 'topicPrefix'>,
  registry: DefinitionRegistry,
  progress: ProgressView,
  stop: () => boolean,
): Promise<void> {
  if (!(await progress.catchUp(stop, false))) return;
  const owner = progress.application ?? (await registry.claim(application));
  if (owner === application) return;
  throw new ParleyError(
    'PARLEY_APPLICATION_CHANGED',
    `The prefix ${topicPrefix} belongs to the application ${owner}, this one is ${application}.`,
    { details: { topicPrefix, application, other: owner } },
  );
}
