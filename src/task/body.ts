import { Packr } from 'msgpackr';
import { ParleyError } from '../event/errors.ts';
import {
  encodeStateValue,
  STATE_FORMAT,
  stateBody,
  stateFormat,
} from './state-value.ts';
import type { StateHeader } from './state-value.ts';

/** Bodies of state values: one MessagePack array by position. */

const packr = new Packr({ useRecords: false });

export type Cell = null | boolean | number | string | Uint8Array | readonly Cell[];

export function packValue(header: StateHeader, cells: readonly Cell[]): Uint8Array {
  return encodeStateValue(header, packr.pack(cells));
}

/** Formats N and N-1 are read; there is no N-1 yet. */
export function unpackValue(value: Uint8Array): readonly unknown[] {
  checkFormat(value);
  const cells: unknown = packr.unpack(stateBody(value));
  if (!Array.isArray(cells)) {
    throw new ParleyError('PARLEY_STATE_FORMAT', 'a state value whose body is no array');
  }
  return cells;
}

export function checkFormat(value: Uint8Array): void {
  const format = stateFormat(value);
  if (format !== STATE_FORMAT) {
    const message = `a state value of format ${format}; this version reads ${STATE_FORMAT}`;
    throw new ParleyError('PARLEY_STATE_FORMAT', message, { details: { format } });
  }
}
