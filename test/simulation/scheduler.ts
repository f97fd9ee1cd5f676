interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Virtual time. Every request, reply, marker and sleep is an event here; between two of them all
 * promises that can go on have gone on. So a seed gives one history, always the same.
 */
export class Scheduler {
  readonly #heap: Due[] = [];
  #now = 0;
  #order = 0;

  get now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): void {
    const due = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Due;
      if (!before(due, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs events until `until` says so or the time is over; false where it was over. */
  async run(until: () => boolean, timeMax: number): Promise<boolean> {
    for (;;) {
      if (until()) return true;
      const due = this.#pop();
      if (due === null || due.at > timeMax) return false;
      this.#now = due.at;
      due.run();
      // All microtasks run before the next immediate.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #pop(): Due | null {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && before(right, heap[child] as Due)) child++;
      const least = heap[child] as Due;
      if (!before(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Due, b: Due): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order;
}
