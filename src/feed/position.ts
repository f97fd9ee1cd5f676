import type { Channel } from './protocol.ts';

/**
 * Where a subscription stands: the next offset of every partition of its topic, and the identity
 * (epoch) of that topic. Opaque to clients: base64url of a JSON array.
 */
export interface Position {
  readonly channel: Channel;
  readonly epoch: string;
  readonly offsets: readonly number[];
}

export function encodePosition({ channel, epoch, offsets }: Position): string {
  return Buffer.from(JSON.stringify([channel, epoch, ...offsets])).toString('base64url');
}

/** Null where the text is no position. */
export function decodePosition(text: string): Position | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const [channel, epoch, ...offsets] = value as unknown[];
  if (typeof channel !== 'string' || typeof epoch !== 'string') return null;
  if (!offsets.every((offset) => Number.isSafeInteger(offset) && (offset as number) >= 0)) {
    return null;
  }
  return { channel: channel as Channel, epoch, offsets: offsets as number[] };
}
