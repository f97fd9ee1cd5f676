import { runHistory } from './history.ts';
import type { Plan } from './plan.ts';
import { NO_FAULTS } from './process.ts';
import type { Variant } from './world.ts';

/** Histories tried before the smallest failing one so far is taken. */
const TRIES_MAX = 150;

/** Leaves out of a failing history what it fails without. */
export async function shrink(plan: Plan, variant: Variant = {}): Promise<Plan> {
  let smallest = plan;
  let tries = 0;
  const fails = async (smaller: Plan): Promise<boolean> => {
    if (++tries > TRIES_MAX) return false;
    const { problems } = await runHistory(smaller, variant);
    if (problems.length > 0) smallest = smaller;
    return problems.length > 0;
  };
  await fails({ ...smallest, logFaults: NO_FAULTS });
  await fails({ ...smallest, storeFaults: NO_FAULTS });
  await fails({ ...smallest, markerDelayMs: 0 });
  await fails({ ...smallest, notifyDelayMs: 3 });
  await fails({ ...smallest, processes: 1 });
  for (let i = smallest.faults.length - 1; i >= 0; i--) {
    await fails({ ...smallest, faults: smallest.faults.filter((_, at) => at !== i) });
  }
  for (let i = smallest.events.length - 1; i >= 0; i--) {
    await fails({ ...smallest, events: smallest.events.filter((_, at) => at !== i) });
  }
  return smallest;
}

/** What a failing history prints: its seed, the shrunk plan, and what happened in it. */
export async function describeFailure(plan: Plan, variant: Variant = {}): Promise<string> {
  const smallest = await shrink(plan, variant);
  const { problems, trace } = await runHistory(smallest, variant);
  const { events, ...rest } = smallest;
  return [
    `seed ${plan.seed}`,
    ...problems,
    `plan: ${JSON.stringify(rest)}`,
    `events: ${JSON.stringify(events)}`,
    ...trace,
  ].join('\n');
}
