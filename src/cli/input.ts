import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { EventsConfiguration } from '../event/configuration.ts';
import { createDecoder, Unreadable } from '../event/decode.ts';
import { ParleyError } from '../event/errors.ts';
import { whyUnreadable } from './definition-files.ts';
import { marketplaceCycle } from './demo/marketplace.ts';

/** One record to be fed: its bytes, and its event time where a replay can tell it (ms). */
export interface InputRecord {
  readonly value: Buffer;
  readonly time: number | null;
}

/** JSON lines of a file, or of standard input for `-`. Throws `PARLEY_INPUT_UNREADABLE`. */
export async function* readInput(
  file: string,
  events: EventsConfiguration,
): AsyncGenerator<InputRecord> {
  const decoder = createDecoder(events);
  const timeOf = (value: Buffer): number | null => {
    const record = { offset: 0, timestamp: Number.NaN, value, headers: null };
    const event = decoder.decode(record, { topic: 'input', partition: 0 });
    return event instanceof Unreadable || Number.isNaN(event.time) ? null : event.time;
  };
  const stream = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const value = Buffer.from(line);
      yield { value, time: timeOf(value) };
    }
  } catch (cause) {
    throw new ParleyError('PARLEY_INPUT_UNREADABLE', `${file}: ${whyUnreadable(cause)}`, { cause });
  }
}

/** The demo marketplace, from its first event on, without an end. */
export function* demoRecords(): Generator<InputRecord> {
  for (let cycle = 0; ; cycle++) {
    for (const { time, text } of marketplaceCycle(cycle)) yield { value: Buffer.from(text), time };
  }
}
