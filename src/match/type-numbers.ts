/**
 * Numbers of the event types of a pattern, in the order given. Two lie in the object itself: most
 * patterns have no more, and an event finds them where it looks first.
 */
export class TypeNumbers {
  private readonly zero: string | undefined;
  private readonly one: string | undefined;
  private readonly more: ReadonlyMap<string, number> | null;

  constructor(types: readonly string[]) {
    [this.zero, this.one] = types;
    this.more = types.length <= 2 ? null : new Map(types.map((type, number) => [type, number]));
  }

  /** -1 where the type is none of them. */
  of(type: string): number {
    if (type === this.zero) return 0;
    if (type === this.one) return 1;
    return this.more?.get(type) ?? -1;
  }
}
