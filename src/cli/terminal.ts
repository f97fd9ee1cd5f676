import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where commands print. Colour only on a terminal, and never with `NO_COLOR`. */
export interface Terminal {
  line(text: string): void;
  /** To standard error: progress, hints, errors. */
  note(text: string): void;
  /** A line that stays at the bottom and is rewritten; on something else than a terminal, a line. */
  status(text: string): void;
  paint(style: Style, text: string): string;
  readonly interactive: boolean;
}

export function createTerminal(
  out: NodeJS.WriteStream = process.stdout,
  err: NodeJS.WriteStream = process.stderr,
): Terminal {
  let shown = false;
  const clear = () => {
    if (shown) out.write('\r\x1b[2K');
    shown = false;
  };
  return {
    interactive: out.isTTY,
    line(text) {
      clear();
      out.write(`${text}\n`);
    },
    note(text) {
      clear();
      err.write(`${text}\n`);
    },
    status(text) {
      if (!out.isTTY) {
        out.write(`${text}\n`);
        return;
      }
      clear();
      out.write(text.slice(0, out.columns - 1));
      shown = true;
    },
    paint: (style, text) => styleText(style, text, { stream: out }),
  };
}
