/** Small numbers for texts of which there are few, and which stand in very many places. */
export class Numbered {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  /** The text that has a number of `numberOf`. */
  textOf(number: number): string {
    return this.#texts[number] as string;
  }
}
