import type { GeoField } from './contract.ts';
import type { CellArrays, CellGrid } from './cells.ts';
import { placesError } from './source.ts';

/**
 * An index as one flat buffer: what is saved to a file, and what threads share. A fixed head, a
 * JSON header with everything small, then the arrays.
 *
 *     0  'PLACES' and the format number, 8 bytes
 *     8  length of the whole image, float64
 *    16  length of the header, uint32
 *    20  CRC-32 of everything from byte 24 on, uint32
 *    24  header, JSON in UTF-8, then zeros up to a multiple of 8
 *        arrays: one after the other, as the header lists them
 */

/** Raised when the layout or the way of building changes; an older file is rebuilt. */
export const IMAGE_FORMAT = 2;
const HEAD_BYTES = 24;
const CHECKED_FROM = 24;

/** Where a field's value comes from: a column of the layer, one constant, or a list of values. */
export type FieldColumn = 'id' | 'name' | { readonly value: string } | readonly (string | null)[];

export type FieldColumns = Partial<Record<GeoField, FieldColumn>>;

export interface DerivedColumns {
  readonly layer: string;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  /** Short names, for `Detroit, MI`. */
  readonly aliases?: readonly (string | null)[];
  readonly fields: FieldColumns;
  /** Number of the derived region for each feature of the base layer; -1: none. */
  readonly of: readonly number[];
}

export interface LayerColumns {
  readonly layer: string;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly fields: FieldColumns;
  readonly derived: readonly DerivedColumns[];
}

/** One set of an index. Polygon numbers count through its layers in order. */
export interface SetImage {
  readonly set: string;
  readonly grid: CellGrid;
  readonly layers: readonly LayerColumns[];
  readonly arrays: CellArrays;
  /** For each polygon: latitude and longitude of a point inside, and area in square degrees. */
  readonly points: Float64Array;
}

export interface IndexImage {
  readonly version: string;
  readonly sets: readonly SetImage[];
}

interface Header {
  version: string;
  sets: (Omit<SetImage, 'arrays' | 'points'> & { lengths: [number, number, number, number] })[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes an image. `crc32` is the edge's checksum function. */
export function encodeImage(
  image: IndexImage,
  crc32: (bytes: Uint8Array) => number,
): SharedArrayBuffer {
  const header: Header = {
    version: image.version,
    sets: image.sets.map(({ arrays, points, ...set }) => ({
      ...set,
      lengths: [arrays.directory.length, arrays.cells.length, arrays.data.length, points.length],
    })),
  };
  const text = encoder.encode(JSON.stringify(header));
  let length = align(HEAD_BYTES + text.length);
  for (const { arrays, points } of image.sets) {
    const words = arrays.directory.length + arrays.cells.length + arrays.data.length;
    length = align(length + words * 4) + points.byteLength;
  }
  const buffer = new SharedArrayBuffer(length);
  const bytes = new Uint8Array(buffer);
  bytes.set(encoder.encode('PLACES'));
  const view = new DataView(buffer);
  view.setUint16(6, IMAGE_FORMAT, true);
  view.setFloat64(8, length, true);
  view.setUint32(16, text.length, true);
  bytes.set(text, HEAD_BYTES);
  let at = align(HEAD_BYTES + text.length);
  for (const { arrays, points } of image.sets) {
    for (const array of [arrays.directory, arrays.cells, arrays.data]) {
      new Int32Array(buffer, at, array.length).set(array);
      at += array.byteLength;
    }
    at = align(at);
    new Float64Array(buffer, at, points.length).set(points);
    at += points.byteLength;
  }
  view.setUint32(20, crc32(bytes.subarray(CHECKED_FROM)), true);
  return buffer;
}

/**
 * Why a buffer is not a whole image of this format, or null. `expectedBytes` of a file may be known
 * before it is read: see {@link imageBytes}.
 */
export function imageProblem(
  buffer: SharedArrayBuffer,
  crc32: (bytes: Uint8Array) => number,
): string | null {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEAD_BYTES) return 'is not an index of places';
  const magic = decoder.decode(new Uint8Array(buffer, 0, 6).slice());
  if (magic !== 'PLACES') return 'is not an index of places';
  const format = view.getUint16(6, true);
  if (format !== IMAGE_FORMAT) return `has format ${format}, this version reads ${IMAGE_FORMAT}`;
  if (view.getFloat64(8, true) !== buffer.byteLength) {
    return `is cut short: ${buffer.byteLength} of ${view.getFloat64(8, true)} bytes`;
  }
  if (crc32(new Uint8Array(buffer, CHECKED_FROM)) !== view.getUint32(20, true)) {
    return 'is damaged: its checksum does not fit';
  }
  return null;
}

/** Reads an image; the arrays are views of the buffer. The caller has asked `imageProblem`. */
export function openImage(buffer: SharedArrayBuffer): IndexImage {
  const view = new DataView(buffer);
  const headerBytes = view.getUint32(16, true);
  // Decoders refuse shared memory, hence the copy.
  const text = decoder.decode(new Uint8Array(buffer, HEAD_BYTES, headerBytes).slice());
  const header = JSON.parse(text) as Header;
  let at = align(HEAD_BYTES + headerBytes);
  const words = (length: number): Int32Array => {
    const array = new Int32Array(buffer, at, length);
    at += array.byteLength;
    return array;
  };
  const sets = header.sets.map(({ lengths, ...set }): SetImage => {
    const [directory, cells, data] = [words(lengths[0]), words(lengths[1]), words(lengths[2])];
    const arrays = { directory, cells, data };
    at = align(at);
    const points = new Float64Array(buffer, at, lengths[3]);
    at += points.byteLength;
    return { ...set, arrays, points };
  });
  if (at !== buffer.byteLength) throw placesError('index of places', 'its header does not fit');
  return { version: header.version, sets };
}

/** Version in an image's header, for messages about another version. */
export function imageVersion(buffer: SharedArrayBuffer): string {
  return openImage(buffer).version;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
