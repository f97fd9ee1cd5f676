import { LogError } from '../../ports/event-log.ts';

/**
 * Asks again, after a pause that grows, while the answer is an error that allows it.
 * @throws the last such error when `timeoutMs` are over, and what `ask` throws at once.
 */
export async function untilDefinite<T>(
  timeoutMs: number,
  ask: () => Promise<T | LogError>,
  pauseFirstMs: number,
  pauseMaxMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = pauseFirstMs; ; pauseMs = Math.min(pauseMs * 1.5, pauseMaxMs)) {
    const answer = await ask();
    if (!(answer instanceof LogError)) return answer;
    if (performance.now() > deadline) throw answer;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
