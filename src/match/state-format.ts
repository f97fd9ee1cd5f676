import { Buffer } from 'node:buffer';
import { Packr } from 'msgpackr';
import { ParleyError } from '../event/errors.ts';
import type { PatternDefinition } from '../pattern/definition.ts';
import { Cells } from './event-cell.ts';
import type { Cell } from './event-cell.ts';

/** First cell of a state value: which matcher wrote it. */
export const PROCESS_FORMAT = 0;
export const LINEAR_FORMAT = 1;

const packr = new Packr({ useRecords: false });

/** `[format, digest, ...cells]` as MessagePack. */
export function packState(
  format: number, definition: PatternDefinition, cells: readonly Cell[],
): Uint8Array {
  return packr.pack([format, digestBytes(definition.digest), ...cells]);
}

/**
 * The cells after format and digest, read by `read`. Throws `PARLEY_STATE_FORMAT` where the bytes
 * are damaged, of another format, or of another definition.
 */
export function unpackState<T>(
  bytes: Uint8Array, format: number, definition: PatternDefinition, read: (cells: Cells) => T,
): T {
  try {
    const cells = new Cells(packr.unpack(bytes));
    const found = cells.number();
    if (found !== format) throw unreadable(definition, `its format is ${found}, not ${format}`, null);
    const digest = digestText(cells.bytes());
    if (digest !== definition.digest) {
      throw unreadable(definition, `it belongs to the definition ${digest}`, null);
    }
    return read(cells);
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    throw unreadable(definition, 'the bytes are damaged', cause);
  }
}

/** The digest as bytes: pairs of hex digits. */
function digestBytes(digest: string): Uint8Array {
  return Buffer.from(digest, 'hex');
}

function digestText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function unreadable(
  { id, version, digest }: PatternDefinition, why: string, cause: unknown,
): ParleyError {
  return new ParleyError(
    'PARLEY_STATE_FORMAT',
    `State of pattern ${id} version ${version} (${digest}) cannot be read: ${why}.`,
    { details: { pattern: id, version, digest }, cause },
  );
}
