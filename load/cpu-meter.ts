import { readFileSync } from 'node:fs';

export interface Usage {
  readonly cores: number;
  readonly residentMb: number;
}

/** Clock ticks a second of /proc (USER_HZ), the same on every Linux that Node runs on. */
const TICKS = 100;

/** CPU and memory of processes by pid, over a stretch of time. Linux. */
export class CpuMeter {
  readonly #pids: { readonly [name: string]: number };
  #before: { [name: string]: number } = {};
  #since = 0;
  #busyBefore = 0;
  #others = 0;

  constructor(pids: { readonly [name: string]: number }) {
    this.#pids = pids;
  }

  start(): void {
    this.#since = performance.now();
    this.#busyBefore = busySeconds();
    for (const [name, pid] of Object.entries(this.#pids)) this.#before[name] = cpuSeconds(pid);
  }

  stop(): { [name: string]: Usage } {
    const seconds = (performance.now() - this.#since) / 1_000;
    const found: { [name: string]: Usage } = {};
    this.#others = (busySeconds() - this.#busyBefore) / seconds;
    for (const [name, pid] of Object.entries(this.#pids)) {
      const cores = (cpuSeconds(pid) - (this.#before[name] ?? 0)) / seconds;
      found[name] = { cores, residentMb: residentMb(pid) };
      this.#others -= cores;
    }
    return found;
  }

  /** Cores that everything else on the machine took: a figure is only as good as this is small. */
  get others(): number {
    return Math.max(0, this.#others);
  }
}

/** All processes, since the machine was started: what is neither idle nor waiting for a disk. */
function busySeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user, nice, system, , , irq, softIrq] = line.split(/\s+/).slice(1).map(Number);
  return [user, nice, system, irq, softIrq].reduce<number>((sum, n) => sum + (n ?? 0), 0) / TICKS;
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
}
