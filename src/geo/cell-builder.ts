import {
  BLOCK_CELLS,
  BLOCK_SHIFT,
  CANDIDATES_MAX,
  type CellArrays,
  type CellGrid,
  cornerIsLeft,
  SPLIT,
} from './cells.ts';
import { IntList } from './int-list.ts';
import { placesError } from './source.ts';

/** Builds the arrays of a cell index; `cells.ts` says what they mean and why they are exact. */

/** Boundary lines in units, and which polygons each belongs to. */
export interface CellInput {
  /** What to name in an error, for example the set. */
  readonly where: string;
  readonly unitsPerDegree: number;
  readonly cellUnits: number;
  /** A cell with more edges than this is split, up to three times. */
  readonly edgesMax: number;
  /** x, y, x, y, ... in units from (0, 0). */
  readonly coordinates: Int32Array;
  /** Line i has the vertices `starts[i]` up to `starts[i + 1]`, exclusive. */
  readonly starts: Int32Array;
  /** Polygons of line i: `users[userStarts[i]]` up to `userStarts[i + 1]`. None: ignored. */
  readonly userStarts: Int32Array;
  readonly users: Int32Array;
}

export interface BuiltCells {
  readonly grid: CellGrid;
  readonly arrays: CellArrays;
}

const SPLITS_MAX = 3;

export function buildCells(input: CellInput, onProgress: (done: number) => void): BuiltCells {
  return new CellBuilder(input).build(onProgress);
}

class CellBuilder {
  readonly #input: CellInput;
  readonly #grid: CellGrid;
  readonly #originX: number;
  readonly #originY: number;
  readonly #directory: Int32Array;
  /** Line of each vertex. */
  readonly #lineOf: Int32Array;
  readonly #data = new IntList(1 << 16);
  /** Records of cells without boundary, by their polygons. */
  readonly #plain = new Map<string, number>();
  #cellCount = 1;

  constructor(input: CellInput) {
    const { unitsPerDegree, cellUnits, starts } = input;
    const block = cellUnits * BLOCK_CELLS;
    const blocksX = Math.floor((360 * unitsPerDegree + 0.5) / block) + 1;
    const blocksY = Math.floor((180 * unitsPerDegree + 0.5) / block) + 1;
    this.#input = input;
    this.#grid = { unitsPerDegree, cellUnits, blocksX, blocksY };
    this.#originX = 180 * unitsPerDegree;
    this.#originY = 90 * unitsPerDegree;
    this.#directory = new Int32Array(blocksX * blocksY);
    this.#lineOf = new Int32Array(input.coordinates.length / 2);
    for (let line = 0; line + 1 < starts.length; line++) {
      this.#lineOf.fill(line, starts[line]!, starts[line + 1]!);
    }
    this.#data.push(0); // record 0 means nothing
  }

  build(onProgress: (done: number) => void): BuiltCells {
    const edges = this.#edgesByCell();
    onProgress(0.3);
    const cells = new Int32Array(this.#cellCount);
    for (let by = 0; by < this.#grid.blocksY; by++) {
      this.#labelBlockRow(by, cells, edges);
      onProgress(0.3 + (0.7 * (by + 1)) / this.#grid.blocksY);
    }
    return {
      grid: this.#grid,
      arrays: { directory: this.#directory, cells, data: this.#data.toArray() },
    };
  }

  /** Edges near each cell, in order: a counting sort over (cell, edge) pairs. */
  #edgesByCell(): { starts: Int32Array; edges: Int32Array } {
    const cellOf = new IntList(1 << 16);
    const edgeOf = new IntList(1 << 16);
    this.#eachEdgeCell((cell, edge) => {
      cellOf.push(cell);
      edgeOf.push(edge);
    });
    const starts = new Int32Array(this.#cellCount + 1);
    for (let i = 0; i < cellOf.length; i++) starts[cellOf.at(i) + 1]!++;
    for (let i = 0; i < this.#cellCount; i++) starts[i + 1]! += starts[i]!;
    const next = starts.slice();
    const edges = new Int32Array(cellOf.length);
    for (let i = 0; i < cellOf.length; i++) edges[next[cellOf.at(i)]!++] = edgeOf.at(i);
    return { starts, edges };
  }

  /** Calls `visit` for every edge and every cell that comes within one unit of it. */
  #eachEdgeCell(visit: (cell: number, edge: number) => void): void {
    const { coordinates, starts, userStarts, cellUnits } = this.#input;
    for (let line = 0; line + 1 < starts.length; line++) {
      if (userStarts[line] === userStarts[line + 1]) continue;
      for (let v = starts[line]!; v < starts[line + 1]! - 1; v++) {
        const ax = coordinates[2 * v]! + this.#originX;
        const ay = coordinates[2 * v + 1]! + this.#originY;
        const bx = coordinates[2 * v + 2]! + this.#originX;
        const by = coordinates[2 * v + 3]! + this.#originY;
        const top = Math.floor((Math.max(ay, by) + 1.5) / cellUnits);
        const bottom = Math.max(0, Math.floor((Math.min(ay, by) - 0.5) / cellUnits));
        for (let cy = bottom; cy <= top; cy++) {
          const [west, east] = rowSpan(ax, ay, bx, by, cy * cellUnits - 0.5, cellUnits);
          const last = Math.floor((east + 1.5) / cellUnits);
          for (let cx = Math.max(0, Math.floor((west - 0.5) / cellUnits)); cx <= last; cx++) {
            const cell = this.#cellAt(cx, cy);
            if (cell > 0) visit(cell, v);
          }
        }
      }
    }
  }

  /** Index of a cell in `cells`; makes its block. 0 outside of the grid. */
  #cellAt(cx: number, cy: number): number {
    const bx = cx >> BLOCK_SHIFT;
    const by = cy >> BLOCK_SHIFT;
    if (bx >= this.#grid.blocksX || by >= this.#grid.blocksY) return 0;
    const block = by * this.#grid.blocksX + bx;
    let begin = this.#directory[block]!;
    if (begin === 0) {
      begin = this.#cellCount;
      this.#directory[block] = begin;
      this.#cellCount += BLOCK_CELLS * BLOCK_CELLS;
    }
    const row = (cy & (BLOCK_CELLS - 1)) << BLOCK_SHIFT;
    return begin + row + (cx & (BLOCK_CELLS - 1));
  }

  /** Sweeps rows of cells eastwards, carrying the polygons that hold each cell's corner. */
  #labelBlockRow(
    by: number,
    cells: Int32Array,
    edges: { starts: Int32Array; edges: Int32Array },
  ): void {
    const { blocksX } = this.#grid;
    const { cellUnits } = this.#input;
    const blocks = this.#directory.subarray(by * blocksX, (by + 1) * blocksX);
    if (!blocks.some((block) => block > 0)) return;
    for (let row = 0; row < BLOCK_CELLS; row++) {
      const inside: number[] = [];
      const y = (by * BLOCK_CELLS + row) * cellUnits - this.#originY;
      for (let bx = 0; bx < blocksX; bx++) {
        const block = blocks[bx]!;
        if (block <= 0) {
          if (row === 0) blocks[bx] = -this.#plainRecord(inside);
          continue;
        }
        for (let column = 0; column < BLOCK_CELLS; column++) {
          const cell = block + (row << BLOCK_SHIFT) + column;
          const near = edges.edges.subarray(edges.starts[cell]!, edges.starts[cell + 1]!);
          const x = (bx * BLOCK_CELLS + column) * cellUnits - this.#originX;
          cells[cell] = near.length === 0
            ? this.#plainRecord(inside)
            : this.#record(near, inside, x, y, cellUnits, 0);
          if (near.length > 0) this.#walkEast(near, inside, x, y, cellUnits);
        }
      }
    }
  }

  /** Takes `inside` from the corner of the cell at (x, y) to that of its eastern neighbour. */
  #walkEast(near: Int32Array, inside: number[], x: number, y: number, length: number): void {
    const { coordinates } = this.#input;
    for (const edge of near) {
      const ay = coordinates[2 * edge + 1]! - y;
      const by = coordinates[2 * edge + 3]! - y;
      if ((ay ^ by) >= 0) continue;
      const ax = coordinates[2 * edge]! - x;
      const bx = coordinates[2 * edge + 2]! - x;
      if (cornerIsLeft(ax, ay, bx, by) !== cornerIsLeft(ax - length, ay, bx - length, by)) {
        this.#toggle(inside, edge);
      }
    }
  }

  /** As `#walkEast`, to the northern neighbour. */
  #walkNorth(near: Int32Array, inside: number[], x: number, y: number, length: number): void {
    const { coordinates } = this.#input;
    for (const edge of near) {
      const ax = coordinates[2 * edge]! - x;
      const bx = coordinates[2 * edge + 2]! - x;
      if ((ax ^ bx) >= 0) continue;
      const ay = coordinates[2 * edge + 1]! - y;
      const by = coordinates[2 * edge + 3]! - y;
      if (cornerIsLeft(ax, ay, bx, by) !== cornerIsLeft(ax, ay - length, bx, by - length)) {
        this.#toggle(inside, edge);
      }
    }
  }

  #toggle(inside: number[], edge: number): void {
    const { userStarts, users } = this.#input;
    const line = this.#lineOf[edge]!;
    for (let u = userStarts[line]!; u < userStarts[line + 1]!; u++) {
      const polygon = users[u]!;
      const at = inside.indexOf(polygon);
      if (at >= 0) inside.splice(at, 1);
      else inside.push(polygon);
    }
  }

  /** Record of a cell without boundary. */
  #plainRecord(inside: readonly number[]): number {
    if (inside.length === 0) return 0;
    const candidates = inside.toSorted((a, b) => a - b);
    const key = candidates.join();
    let record = this.#plain.get(key);
    if (record === undefined) {
      if (candidates.length > CANDIDATES_MAX) throw this.#crowded(candidates.length);
      record = this.#data.length;
      this.#data.push(candidates.length);
      this.#data.push(2 ** candidates.length - 1);
      for (const candidate of candidates) this.#data.push(candidate);
      this.#plain.set(key, record);
    }
    return record;
  }

  /** Record of the cell at (x, y) with the edges `near` it. */
  #record(
    near: Int32Array,
    inside: readonly number[],
    x: number,
    y: number,
    units: number,
    splits: number,
  ): number {
    const candidates = this.#candidates(near, inside);
    const splittable = splits < SPLITS_MAX && units % SPLIT === 0;
    const crowded = candidates.length > CANDIDATES_MAX;
    if (splittable && (crowded || near.length > this.#input.edgesMax)) {
      return this.#splitRecord(near, inside, x, y, units / SPLIT, splits + 1);
    }
    if (crowded) throw this.#crowded(candidates.length);
    const record = this.#data.length;
    this.#data.push(0);
    this.#data.push(inside.reduce((bits, polygon) => bits | (1 << candidates.indexOf(polygon)), 0));
    for (const candidate of candidates) this.#data.push(candidate);
    let chains = 0;
    for (let from = 0; from < near.length; chains++) {
      let to = from + 1;
      while (to < near.length && this.#continues(near[to - 1]!, near[to]!)) to++;
      this.#pushChain(near[from]!, near[to - 1]! + 1, candidates, x, y);
      from = to;
    }
    this.#data.set(record, candidates.length | (chains << 5));
    return record;
  }

  #continues(edge: number, next: number): boolean {
    return next === edge + 1 && this.#lineOf[edge] === this.#lineOf[next];
  }

  #candidates(near: Int32Array, inside: readonly number[]): number[] {
    const { userStarts, users } = this.#input;
    const candidates = [...inside];
    let line = -1;
    for (const edge of near) {
      if (this.#lineOf[edge] === line) continue;
      line = this.#lineOf[edge]!;
      for (let u = userStarts[line]!; u < userStarts[line + 1]!; u++) {
        if (!candidates.includes(users[u]!)) candidates.push(users[u]!);
      }
    }
    return candidates.sort((a, b) => a - b);
  }

  #pushChain(
    first: number, last: number, candidates: readonly number[], x: number, y: number,
  ): void {
    const { coordinates, userStarts, users } = this.#input;
    const line = this.#lineOf[first]!;
    let toggled = 0;
    for (let u = userStarts[line]!; u < userStarts[line + 1]!; u++) {
      toggled ^= 1 << candidates.indexOf(users[u]!);
    }
    let wide = 0;
    for (let v = first; v <= last; v++) {
      const dx = coordinates[2 * v]! - x;
      const dy = coordinates[2 * v + 1]! - y;
      if (dx !== (dx << 16) >> 16 || dy !== (dy << 16) >> 16) wide = 1;
    }
    this.#data.push(wide | ((last - first + 1) << 1));
    this.#data.push(toggled);
    for (let v = first; v <= last; v++) {
      const dx = coordinates[2 * v]! - x;
      const dy = coordinates[2 * v + 1]! - y;
      if (wide) {
        this.#data.push(dx);
        this.#data.push(dy);
      } else {
        this.#data.push((dx << 16) | (dy & 0xffff));
      }
    }
  }

  #splitRecord(
    near: Int32Array, inside: readonly number[], x: number, y: number, part: number, splits: number,
  ): number {
    const parts: number[] = [];
    const rowCorner = [...inside];
    for (let row = 0; row < SPLIT; row++) {
      const corner = [...rowCorner];
      for (let column = 0; column < SPLIT; column++) {
        const px = x + column * part;
        const py = y + row * part;
        const inPart = this.#edgesIn(near, px, py, part);
        parts.push(
          inPart.length === 0
            ? this.#plainRecord(corner)
            : this.#record(inPart, corner, px, py, part, splits),
        );
        this.#walkEast(near, corner, px, py, part);
      }
      this.#walkNorth(near, rowCorner, x, y + row * part, part);
    }
    const record = this.#data.length;
    this.#data.push(-1);
    for (const child of parts) this.#data.push(child);
    return record;
  }

  #edgesIn(near: Int32Array, x: number, y: number, units: number): Int32Array {
    const { coordinates } = this.#input;
    const found = new Int32Array(near.length);
    let count = 0;
    for (let i = 0; i < near.length; i++) {
      const edge = near[i]!;
      const ax = coordinates[2 * edge]! - x;
      const ay = coordinates[2 * edge + 1]! - y;
      const bx = coordinates[2 * edge + 2]! - x;
      const by = coordinates[2 * edge + 3]! - y;
      const far = units + 1;
      if ((ay < -1 && by < -1) || (ay > far && by > far)) continue;
      if ((ax < -1 && bx < -1) || (ax > far && bx > far)) continue;
      if (isOutside(ax, ay, bx, by, far)) continue;
      found[count++] = edge;
    }
    return found.subarray(0, count);
  }

  #crowded(count: number): Error {
    const { where, cellUnits, unitsPerDegree } = this.#input;
    return placesError(
      where,
      `${count} polygons meet within ${(cellUnits / unitsPerDegree).toFixed(5)} ` +
        `degrees; at most ${CANDIDATES_MAX} can. Spread the layers over several sets`,
    );
  }
}

/** Whether the corners of the square (-1, -1) to (far, far) lie all on one side of a-b. */
function isOutside(ax: number, ay: number, bx: number, by: number, far: number): boolean {
  const dx = bx - ax;
  const dy = by - ay;
  const south = dx * (-1 - ay);
  const north = dx * (far - ay);
  const west = dy * (-1 - ax);
  const east = dy * (far - ax);
  const low = Math.min(south, north) - Math.max(west, east);
  const high = Math.max(south, north) - Math.min(west, east);
  return low > 0 || high < 0;
}

/** West and east end of the part of an edge that lies in a row of cells, one unit of margin. */
function rowSpan(
  ax: number, ay: number, bx: number, by: number, south: number, units: number,
): [number, number] {
  const low = south - 1;
  const high = south + units + 1;
  const atLow = crossing(ax, ay, bx, by, Math.min(ay, by) >= low ? Math.min(ay, by) : low);
  const atHigh = crossing(ax, ay, bx, by, Math.max(ay, by) <= high ? Math.max(ay, by) : high);
  if (ay === by) return [Math.min(ax, bx), Math.max(ax, bx)];
  return [Math.min(atLow, atHigh), Math.max(atLow, atHigh)];
}

/** Longitude at which the line through a-b has the latitude y. */
function crossing(ax: number, ay: number, bx: number, by: number, y: number): number {
  return y === ay ? ax : y === by ? bx : ax + ((bx - ax) * (y - ay)) / (by - ay);
}
