import { Packr } from 'msgpackr';
import { fromLatin1 } from '../event/bytes.ts';
import { ParleyError } from '../event/errors.ts';
import { encodeStateValue, heldBody, STATE_FORMAT } from './state-value.ts';
import type { StateHeader } from './state-value.ts';

/** Bodies of state values: one MessagePack array by position. */

const packr = new Packr({ useRecords: false });

export type Cell = null | boolean | number | string | Uint8Array | readonly Cell[];

export function packValue(header: StateHeader, cells: readonly Cell[]): string {
  return encodeStateValue(header, packr.pack(cells));
}

/** Formats N and N-1 are read; there is no N-1 yet. */
export function unpackValue(held: string): readonly unknown[] {
  const cells: unknown = packr.unpack(bodyBytes(held));
  if (!Array.isArray(cells)) {
    throw new ParleyError('PARLEY_STATE_FORMAT', 'a state value whose body is no array');
  }
  return cells;
}

/** The bytes of the body of a value whose format is known. */
export function bodyBytes(held: string): Buffer {
  checkFormat(held);
  return fromLatin1(heldBody(held));
}

export function checkFormat(held: string): void {
  const format = held.charCodeAt(0);
  if (format === STATE_FORMAT) return;
  const message = `a state value of format ${format}; this version reads ${STATE_FORMAT}`;
  throw new ParleyError('PARLEY_STATE_FORMAT', message, { details: { format } });
}
