import type { Event, Json } from '../event/event.ts';
import type { FieldsRead, Frame } from '../expression/expression.ts';
import type { CaptureName } from '../pattern/definition.ts';
import type { Evidence } from './contract.ts';
import type { OnNode } from './plan.ts';

/**
 * What a branch has taken: a list that grows at its end and shares its beginning with the branches
 * it came from. Null: nothing yet.
 */
export interface Taken {
  readonly before: Taken | null;
  /** The `on` node that took it. */
  readonly node: OnNode;
  readonly event: Event;
  /** How-manieth event of this key; skip strategies compare it, never times. */
  readonly order: number;
  /** Events up to and with this one. */
  readonly count: number;
}

export function take(before: Taken | null, node: OnNode, event: Event, order: number): Taken {
  return {
    before, node, event: retained(event, node.keep), order,
    count: before === null ? 1 : before.count + 1,
  };
}

/**
 * The event as runs hold it in memory. One with little data is held as it is; of others a copy
 * with the fields that something reads later takes its place. What is stored or shown is `reduced`.
 */
export function retained(event: Event, keep: FieldsRead): Event {
  return sizeOfData(event) <= COPIED_ABOVE_BYTES ? event : reduced(event, keep);
}

/** A copy costs about as much memory as this much data, and more time than all else of a run. */
const COPIED_ABOVE_BYTES = 192;

/** The event with the fields that something reads later, and no others. */
export function reduced(event: Event, keep: FieldsRead): Event {
  if (keep === '*') return event;
  const { id, type, time, family, data } = event;
  const kept: { [field: string]: Json } = {};
  for (const field of keep) {
    const value = data[field];
    if (value !== undefined) kept[field] = value;
  }
  return { id, type, time, family, data: kept };
}

/** Bytes that the data of an event takes when serialised, at most (a value in parts: about). */
export function sizeOfData({ data }: Event): number {
  let size = 0;
  for (const field in data) {
    const value = data[field];
    size += typeof value === 'string' ? 5 + value.length * 3 : typeof value === 'object' ? 1_024 : 9;
  }
  return size;
}

/** `tail` with what `from` holds beyond `base` appended. */
export function appended(tail: Taken | null, from: Taken | null, base: Taken | null): Taken | null {
  if (from === base || from === null) return tail;
  const before = appended(tail, from.before, base);
  return before === from.before ? from
    : { ...from, before, count: before === null ? 1 : before.count + 1 };
}

/** In the order in which they were taken. */
export function listed(taken: Taken | null): Taken[] {
  const list: Taken[] = [];
  for (let at = taken; at !== null; at = at.before) list.push(at);
  return list.reverse();
}

export function evidenceOf(taken: Taken | null): Evidence[] {
  return listed(taken).map(({ node, event }) => ({ step: node.label, event }));
}

/** The same before and after the state was stored. */
export function keptEvidenceOf(taken: Taken | null): Evidence[] {
  return listed(taken).map(({ node, event }) => ({
    step: node.label, event: reduced(event, node.keep),
  }));
}

/** Fills `frame.captures` for the slots that an expression reads. */
export function fill(
  frame: Frame, taken: Taken | null, slots: readonly number[], names: readonly CaptureName[],
): void {
  for (const slot of slots) frame.captures[slot] = captured(taken, slot, names);
}

export function captured(
  taken: Taken | null, slot: number, names: readonly CaptureName[],
): Event | readonly Event[] | undefined {
  if (names[slot]?.list !== true) {
    for (let at = taken; at !== null; at = at.before) if (at.node.slot === slot) return at.event;
    return undefined;
  }
  const list: Event[] = [];
  for (let at = taken; at !== null; at = at.before) if (at.node.slot === slot) list.push(at.event);
  return list.reverse();
}

export function capturesOf(
  taken: Taken | null, names: readonly CaptureName[],
): (Event | readonly Event[] | undefined)[] {
  return names.map((_, slot) => captured(taken, slot, names));
}

/** Orders two lists of evidence event by event; the one that ends first comes last. */
export function compareTaken(a: Taken | null, b: Taken | null): number {
  const [left, right] = [listed(a), listed(b)];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.order ?? 0) - (right[i]?.order ?? 0);
    if (difference !== 0) return difference;
  }
  return right.length - left.length;
}

export function sameTaken(a: Taken | null, b: Taken | null): boolean {
  let [left, right] = [a, b];
  while (left !== right) {
    if (left === null || right === null) return false;
    if (left.order !== right.order || left.node.slot !== right.node.slot) return false;
    [left, right] = [left.before, right.before];
  }
  return true;
}

