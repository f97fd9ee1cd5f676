/**
 * What is sent and not answered, bounded by its bytes: what comes above the bound is sent in the
 * order in which it came, as answers make room. One that is larger than the bound is sent alone.
 */
export class SendQueue {
  readonly #bytesMax: number;
  readonly #waiting: { readonly bytes: number; readonly send: () => void }[] = [];
  #bytes = 0;
  #unanswered = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Calls `send` now, or when there is room. */
  add(bytes: number, send: () => void): void {
    this.#waiting.push({ bytes, send });
    this.#sendWhatFits();
  }

  answered(bytes: number): void {
    this.#bytes -= bytes;
    this.#unanswered--;
    this.#sendWhatFits();
  }

  /** None of what waits will be sent. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #sendWhatFits(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (this.#unanswered > 0 && this.#bytes + next.bytes > this.#bytesMax) return;
      this.#waiting.shift();
      this.#bytes += next.bytes;
      this.#unanswered++;
      next.send();
    }
  }
}
