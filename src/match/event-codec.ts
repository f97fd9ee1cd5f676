import type { Event, EventFamily, Json } from '../event/event.ts';
import type { Packer, Unpacker } from './pack.ts';
import type { OnNode } from './plan.ts';

const FAMILIES: readonly EventFamily[] = ['tracking', 'chat', 'domain', 'intent', 'derived'];

/** A taken event with the fields that its step keeps: which of them are there, then their values. */
export function packEvent(packer: Packer, event: Event, node: OnNode, base: number): void {
  const { keep } = node;
  const whole = keep === '*';
  let mask = 0;
  let present = 0;
  if (!whole) {
    for (let i = 0; i < keep.length; i++) {
      if (event.data[keep[i] ?? ''] === undefined) continue;
      mask += 2 ** i;
      present++;
    }
  }
  packer.array(5 + (whole ? 1 : present));
  packer.text(event.id);
  packer.number(typesOf(node).indexOf(event.type));
  packer.number(event.time - base);
  packer.number(FAMILIES.indexOf(event.family));
  packer.number(mask);
  if (whole) packer.json(event.data as Json);
  else for (const field of keep) if (event.data[field] !== undefined) packer.json(event.data[field]);
}

export function unpackEvent(unpacker: Unpacker, node: OnNode, base: number): Event {
  unpacker.array();
  const id = unpacker.text();
  const type = typesOf(node)[unpacker.number()] ?? '';
  const time = unpacker.number() + base;
  const family = FAMILIES[unpacker.number()] ?? 'domain';
  const mask = unpacker.number();
  if (node.keep === '*') return { id, type, time, family, data: unpacker.json() as Event['data'] };
  const data: { [field: string]: Json } = {};
  node.keep.forEach((field, i) => {
    if (Math.floor(mask / 2 ** i) % 2 === 1) data[field] = unpacker.json();
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
