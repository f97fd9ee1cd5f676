import type { Clock } from '../ports/clock.ts';

/** How fast the steady clock may be drawn to the wall: a tenth of a second for each second. */
const DRAW = 0.1;

/**
 * A wall clock that does not jump: it moves with the monotonic clock and is drawn slowly to the
 * wall. An operator who sets the clock an hour ahead must not fire every deadline of that hour.
 */
export function steadyClock(raw: Clock): Clock {
  let steady = raw.now();
  let seen = raw.monotonic();
  return {
    now: () => {
      const monotonic = raw.monotonic();
      const passed = Math.max(0, monotonic - seen);
      seen = monotonic;
      const apart = raw.now() - (steady + passed);
      const drawn = Math.min(Math.abs(apart), passed * DRAW) * Math.sign(apart);
      steady += passed + drawn;
      return Math.floor(steady);
    },
    monotonic: () => raw.monotonic(),
    sleep: (ms, signal) => raw.sleep(ms, signal),
  };
}
