import type { Event, EventData } from '../event/event.ts';
import { EvaluationError } from './expression.ts';
import type { Frame, Value } from './expression.ts';
import { NOTHING, isMap, node, onPrototype, plainValue, wrongType } from './nodes.ts';
import type { Evaluate, Node, Origin, Result } from './nodes.ts';

/** Reads of fields, keys and elements. Every read sees own properties only. */

/** Own value of a field of an event, undefined where it has none. */
export function ownField(data: EventData, field: string): Value | undefined {
  if (onPrototype(field) && !Object.hasOwn(data, field)) return undefined;
  return data[field];
}

function missing(source: string): EvaluationError {
  return new EvaluationError('missing_field', `${source} is missing`);
}

/** `event.FIELD` and `name.FIELD`: no call between the closure and the field. */
export function readDirect(source: string, origin: Origin, field: string): Evaluate {
  const absent = missing(source);
  if (onPrototype(field)) {
    return (frame) => {
      const event = originOf(frame, origin);
      if (event === undefined || event === null || !Object.hasOwn(event.data, field)) return absent;
      return event.data[field] ?? null;
    };
  }
  if (origin === 'event') {
    return (frame) => {
      if (frame.event === null) return absent;
      const value = frame.event.data[field];
      return value === undefined ? absent : value;
    };
  }
  return (frame) => {
    const event = frame.captures[origin] as Event | undefined;
    if (event === undefined) return absent;
    const value = event.data[field];
    return value === undefined ? absent : value;
  };
}

function originOf(frame: Frame, origin: Origin): Event | null | undefined {
  return origin === 'event' ? frame.event : (frame.captures[origin] as Event | undefined);
}

/** `BASE.FIELD` where the base is an event that an expression chose. */
export function readOfEvent(source: string, base: Node, field: string): Evaluate {
  const absent = missing(source);
  return (frame) => {
    const event = base.evaluate(frame);
    if (event instanceof EvaluationError) return event;
    const value = ownField((event as Event).data, field);
    return value === undefined ? absent : value;
  };
}

/** `BASE.FIELD` where the base is a value. */
export function readOfMap(source: string, base: Node, field: string): Evaluate {
  const absent = missing(source);
  const noMap = wrongType(`${source}: what is before .${field} is not a map`);
  return (frame) => {
    const map = base.evaluate(frame);
    if (map instanceof EvaluationError) return map;
    if (!isMap(map)) return noMap;
    return Object.hasOwn(map, field) ? (map[field] ?? null) : absent;
  };
}

/** `LIST[i]`, `MAP[key]`, `EVENT[key]`. */
export function readIndex(source: string, base: Node, index: Node): Node {
  const absent = missing(source);
  const noValue = new EvaluationError('no_value', `${source}: the list has no such element`);
  const noBase = wrongType(`${source}: neither a list nor a map`);
  const noIndex = wrongType(`${source}: a list wants a whole number, a map wants text`);
  const evaluate: Evaluate = (frame) => {
    const container = base.evaluate(frame);
    if (container instanceof EvaluationError) return container;
    const key = index.evaluate(frame);
    if (key instanceof EvaluationError) return key;
    if (Array.isArray(container)) {
      if (typeof key !== 'number' || !Number.isInteger(key)) return noIndex;
      return key >= 0 && key < container.length ? (container[key] as Value) : noValue;
    }
    const map = plainValue(container, base.shape);
    if (!isMap(map)) return noBase;
    if (typeof key !== 'string') return noIndex;
    return Object.hasOwn(map, key) ? (map[key] ?? null) : absent;
  };
  const { start } = base;
  const shape = base.shape === 'events' ? 'event' : 'value';
  const { origins, types } = shape === 'event' ? base : { origins: [], types: [] };
  const end = index.end + 1;
  return node({ start, end, evaluate, shape, origins, types, parts: [base, index] });
}

/** `has(BASE.FIELD)`: false only where the last field is missing. */
export function hasField(base: Node, field: string): Evaluate {
  return (frame) => {
    const container = plainValue(base.evaluate(frame), base.shape);
    if (container instanceof EvaluationError) return container;
    if (!isMap(container)) return wrongType(`has(): what is before .${field} is not a map`);
    return Object.hasOwn(container, field) && container[field] !== undefined;
  };
}

/** The event being tried, or what a slot holds. */
export function readName(origin: Origin, list: boolean): Evaluate {
  if (origin === 'event') return (frame): Result => frame.event ?? NOTHING;
  if (list) {
    return (frame): Result => {
      const taken = frame.captures[origin];
      return taken === undefined ? [] : (taken as readonly Event[]);
    };
  }
  return (frame): Result => (frame.captures[origin] as Event | undefined) ?? NOTHING;
}
