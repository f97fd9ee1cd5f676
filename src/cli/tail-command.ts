import { follow } from '../feed/feed-client.ts';
import type { Channel, ServerFrame } from '../feed/protocol.ts';
import { derivedLine, segmentLine, type ShownRecord } from './display.ts';
import type { Terminal } from './terminal.ts';

export interface TailOptions {
  readonly url: string;
  readonly token: string | null;
  readonly channel: Channel;
  readonly where: string | null;
  readonly keys: readonly string[];
  /** `latest`, `earliest`, a position, or an ISO time. */
  readonly from: string;
  readonly json: boolean;
}

/** Follows the feed until it is interrupted. A gap is always shown. */
export async function tail(
  options: TailOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  let lastWhy = '';
  const frames = follow({
    url: options.url,
    token: options.token,
    subscribe: {
      channel: options.channel,
      from: readFrom(options.from),
      overflow: 'gap',
      ...(options.where === null ? {} : { where: options.where }),
      ...(options.keys.length === 0 ? {} : { keys: [...options.keys] }),
    },
    signal,
    onReconnect(why) {
      if (why !== lastWhy) terminal.note(`${options.url}: ${why}; trying again until it answers`);
      lastWhy = why;
    },
  });
  for await (const frame of frames) show(frame, options, terminal);
}

function readFrom(text: string): 'latest' | 'earliest' | { time: string } | { position: string } {
  if (text === 'latest' || text === 'earliest') return text;
  return /^\d{4}-\d\d-\d\dT/.test(text) ? { time: text } : { position: text };
}

function show(frame: ServerFrame, options: TailOptions, terminal: Terminal): void {
  if (options.json) {
    if (frame.type === 'event' || frame.type === 'gap') terminal.line(JSON.stringify(frame));
    return;
  }
  if (frame.type === 'event') {
    const record = frame.event as ShownRecord;
    if (options.channel === 'derived') terminal.line(derivedLine(record, terminal));
    else if (options.channel === 'segments') terminal.line(segmentLine(record, terminal));
    else terminal.line(JSON.stringify(record));
  } else if (frame.type === 'gap') {
    const count = frame.count === null ? 'an unknown number of' : String(frame.count);
    terminal.line(
      terminal.paint('red', `gap (${frame.reason}): ${count} events from ${frame.from} to ${frame.to}`),
    );
  }
}
