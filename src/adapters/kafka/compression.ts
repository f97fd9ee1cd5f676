import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { LogError, type TopicPartition } from '../../ports/event-log.ts';
import { lz4FrameDecode } from './lz4.ts';
import { snappyDecode } from './snappy.ts';

/** Codec of a batch: the three lowest bits of its attributes. */
const codecs: readonly (readonly [
  name: string,
  decode: (data: Buffer, bytesMax: number) => Buffer,
])[] = [
  ['none', (data) => data],
  ['gzip', (data, bytesMax) => gunzipSync(data, { maxOutputLength: bytesMax })],
  ['snappy', snappyDecode],
  ['lz4', lz4FrameDecode],
  ['zstd', (data, bytesMax) => zstdDecompressSync(data, { maxOutputLength: bytesMax })],
];

/** Bound of one batch when unpacked; packed it is at most 1 MB unless somebody asked for more. */
const unpackedBytesMax = 128 * 1024 * 1024;

/** The records of a compressed batch. An unknown codec halts loudly: skipping loses records. */
export function decompress(attributes: number, data: Buffer, at: TopicPartition): Buffer {
  const codec = codecs[attributes & 7];
  if (!codec) {
    throw new LogError('UNKNOWN', `a batch has the unknown codec ${attributes & 7}`, {
      definite: true,
      at,
    });
  }
  try {
    return codec[1](data, unpackedBytesMax);
  } catch (cause) {
    throw new LogError('UNKNOWN', `a batch compressed with ${codec[0]} cannot be unpacked`, {
      definite: true,
      at,
      cause,
    });
  }
}
