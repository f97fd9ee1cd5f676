import type { Event, EventFamily, Json } from '../event/event.ts';
import type { OnNode } from './plan.ts';

/** A value of a MessagePack array by position. */
export type Cell = Json | Uint8Array | readonly Cell[];

const FAMILIES: readonly EventFamily[] = ['tracking', 'chat', 'domain', 'intent', 'derived'];

/**
 * A taken event with the fields that its step keeps: id, type and family by number, time from
 * `base`, which of the fields are there (as bits), and their values in order.
 */
export function eventCell(event: Event, node: OnNode, base: number): Cell[] {
  const { keep } = node;
  const type = typesOf(node).indexOf(event.type);
  const family = FAMILIES.indexOf(event.family);
  const cell: Cell[] = [event.id, type, event.time - base, family, 0];
  if (keep === '*') {
    cell.push(event.data as Json);
    return cell;
  }
  let present = 0;
  keep.forEach((field, i) => {
    const value = event.data[field];
    if (value === undefined) return;
    present += 2 ** i;
    cell.push(value);
  });
  cell[4] = present;
  return cell;
}

export function eventOf(cells: Cells, node: OnNode, base: number): Event {
  const id = cells.text();
  const type = typesOf(node)[cells.number()] ?? '';
  const time = cells.number() + base;
  const family = FAMILIES[cells.number()] ?? 'domain';
  const present = cells.number();
  if (node.keep === '*') return { id, type, time, family, data: cells.json() as Event['data'] };
  const data: { [field: string]: Json } = {};
  node.keep.forEach((field, i) => {
    if (Math.floor(present / 2 ** i) % 2 === 1) data[field] = cells.json();
  });
  return { id, type, time, family, data };
}

const TYPES = new WeakMap<OnNode, readonly string[]>();

/** The types of a step in a fixed order. */
function typesOf(node: OnNode): readonly string[] {
  let types = TYPES.get(node);
  if (types === undefined) TYPES.set(node, (types = [...node.types]));
  return types;
}

/** Reads a cell array in order. Throws a RangeError where a cell is not what it should be. */
export class Cells {
  private readonly cells: readonly unknown[];
  private at = 0;

  constructor(cells: unknown) {
    if (!Array.isArray(cells)) throw new RangeError('a list was expected');
    this.cells = cells;
  }

  get length(): number {
    return this.cells.length;
  }

  /** Whether all was read. */
  get done(): boolean {
    return this.at >= this.cells.length;
  }

  next(): unknown {
    if (this.done) throw new RangeError('a list ends too early');
    return this.cells[this.at++];
  }

  /** The next cell, which stays the next. */
  peek(): unknown {
    return this.cells[this.at];
  }

  list(): Cells {
    return new Cells(this.next());
  }

  number(): number {
    const cell = this.next();
    if (typeof cell !== 'number') throw new RangeError('a number was expected');
    return cell;
  }

  /** A time counted from `base`; null reads as `never`. */
  time(base: number, never: number): number {
    const cell = this.next();
    if (cell === null) return never;
    if (typeof cell !== 'number') throw new RangeError('a time was expected');
    return cell + base;
  }

  text(): string {
    const cell = this.next();
    if (typeof cell !== 'string') throw new RangeError('a text was expected');
    return cell;
  }

  bytes(): Uint8Array {
    const cell = this.next();
    if (!(cell instanceof Uint8Array)) throw new RangeError('bytes were expected');
    return cell;
  }

  json(): Json {
    return this.next() as Json;
  }
}
