/**
 * Seconds of CPU that this process has used, all its threads together (garbage collector and
 * compiler too). Rates per core are taken from it, since other work on the machine would distort a
 * wall clock.
 */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
