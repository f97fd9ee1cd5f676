import { formatDuration } from '../event/duration.ts';
import type { EventSelection } from '../pattern/segment-definition.ts';
import type { EventFrame, Leaf } from './leaf.ts';
import { matcherOf } from './selection.ts';

interface SumState {
  /** Pane number -> sum of its events; in ascending order. */
  readonly panes: Map<number, number>;
}

interface SumOptions {
  readonly path: string;
  readonly of: EventSelection;
  readonly within: number;
  readonly atLeast: number;
  /** What an event adds; null where it has no number. */
  readonly amount: (frame: EventFrame) => number | null;
  readonly what: string;
}

/** Panes of a window. An event counts up to a sixtieth of the window longer than it should. */
export const PANES = 60;

/**
 * A sum (or a large count) over a sliding window by panes: the window is covered by 60 panes of
 * equal width and one in part. A pane counts until its latest possible event leaves the window, so
 * the error is one sided: what an event adds leaves at most `within / 60` late, never early.
 */
export function sumLeaf(options: SumOptions): Leaf<SumState> {
  const { within, atLeast, of } = options;
  const width = Math.max(1, Math.ceil(within / PANES));
  const fits = matcherOf(of);

  const endOf = (pane: number) => (pane + 1) * width - 1 + within;
  const total = ({ panes }: SumState, now: number) => {
    let sum = 0;
    for (const [pane, part] of panes) if (now < endOf(pane)) sum += part;
    return sum;
  };

  return {
    path: options.path,
    types: of.types,
    empty: () => ({ panes: new Map() }),
    isEmpty: ({ panes }) => panes.size === 0,
    accept({ panes }, frame) {
      const { time } = frame.event;
      if (frame.now - time >= within || !fits(frame)) return false;
      const amount = options.amount(frame);
      if (amount === null || amount === 0) return false;
      const pane = Math.floor(time / width);
      const isLast = [...panes.keys()].every((other) => other <= pane);
      panes.set(pane, (panes.get(pane) ?? 0) + amount);
      if (!isLast) sortPanes(panes);
      return true;
    },
    advance({ panes }, now) {
      for (const pane of panes.keys()) if (endOf(pane) <= now) panes.delete(pane);
    },
    holds: (state, now) => total(state, now) >= atLeast,
    due({ panes }) {
      const [first] = panes.keys();
      return first === undefined ? null : endOf(first);
    },
    describe(state, now) {
      const sum = total(state, now);
      return `${sum} ${options.what} in ${formatDuration(within)}, at least ${atLeast}`;
    },
    times: ({ panes }) => [...panes.keys()].slice(-1).map((pane) => pane * width),
    encode({ panes }) {
      const cells: number[] = [];
      let before = 0;
      for (const [pane, part] of panes) {
        cells.push(pane - before, part);
        before = pane;
      }
      return cells;
    },
    decode(cells) {
      const panes = new Map<number, number>();
      let pane = 0;
      for (let i = 0; i + 1 < cells.length; i += 2) {
        pane += cells[i] as number;
        panes.set(pane, cells[i + 1] as number);
      }
      return { panes };
    },
  };
}

function sortPanes(panes: Map<number, number>): void {
  const sorted = [...panes].sort(([a], [b]) => a - b);
  panes.clear();
  for (const [pane, part] of sorted) panes.set(pane, part);
}
