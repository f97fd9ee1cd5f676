import type { EventSelection } from '../pattern/segment-definition.ts';
import type { EventFrame } from './leaf.ts';

/** Whether an event is one that the condition looks at. */
export function matcherOf({ types, where }: EventSelection): (frame: EventFrame) => boolean {
  const wanted = types.length === 0 ? null : new Set(types);
  return (frame) =>
    (wanted === null || wanted.has(frame.event.type)) && (where === null || where.test(frame));
}
