import { styleText } from 'node:util';
import { DONE } from './exit.ts';

type Style = Parameters<typeof styleText>[0];

/** Where commands print. Colour only on a terminal, and never with `NO_COLOR`. */
export interface Terminal {
  line(text: string): void;
  /** To standard error: progress, hints, errors. */
  note(text: string): void;
  /** A line that stays below all others; on something else than a terminal, a line. */
  status(text: string): void;
  /** Leaves what stands at the bottom as a line of its own. */
  end(): void;
  paint(style: Style, text: string): string;
  readonly interactive: boolean;
}

export function createTerminal(
  out: NodeJS.WriteStream = process.stdout,
  err: NodeJS.WriteStream = process.stderr,
): Terminal {
  // `parley tail | head`: who read has gone, and there is nothing left to do.
  out.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(DONE);
    throw error;
  });
  let bottom: string | null = null;
  // One write for each line, so that what stays at the bottom does not flicker.
  const above = (stream: NodeJS.WriteStream, text: string) => {
    if (bottom === null || !stream.isTTY) stream.write(`${text}\n`);
    else stream.write(`\r\x1b[2K${text}\n${bottom}`);
  };
  return {
    interactive: out.isTTY,
    line: (text) => above(out, text),
    note: (text) => above(err, text),
    status(text) {
      if (!out.isTTY) {
        out.write(`${text}\n`);
        return;
      }
      bottom = styleText('inverse', ` ${text} `.slice(0, out.columns - 1), { stream: out });
      out.write(`\r\x1b[2K${bottom}`);
    },
    end() {
      if (bottom !== null) out.write('\n');
      bottom = null;
    },
    paint: (style, text) => styleText(style, text, { stream: out }),
  };
}
