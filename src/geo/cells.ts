/**
 * The cell index: which polygons of several layers hold a point, by one look-up in flat arrays.
 *
 * The plane is cut into square cells. A cell that no boundary touches names its polygons. Any other
 * cell holds its candidates (at most 31), a bit for each, the bits that hold its reference corner,
 * and the boundary edges near it with the bits they toggle. Walking from the corner up the cell's
 * left side and then right to the point, every edge that is crossed toggles its bits, so one pass
 * over the edges answers all polygons of all layers.
 *
 * Why the answer is exact. Vertices are whole numbers of units (1e-5 or 1e-7 degree), cell sides
 * lie at halves, so no vertex is on a side. Whether an edge spans a height or a side is a
 * comparison of whole numbers. The side of an edge on which the point lies is a determinant whose
 * rounding error is far below the border tolerance; a point within the tolerance takes the slow
 * path, which adds every polygon whose boundary is that near. Where the walk turns, one rounded
 * determinant decides for both of its legs, so an edge there counts once whatever its sign. At the
 * corner it is exact.
 */

/** A point nearer than this to a boundary is on it, degrees: 0.1 mm. */
export const BORDER_DEGREES = 1e-9;

/** Cells of a block, along each side: the directory has an entry per block. */
export const BLOCK_SHIFT = 6;
export const BLOCK_CELLS = 1 << BLOCK_SHIFT;

/** A crowded cell is split into this many parts along each side. */
export const SPLIT = 4;

/** Candidates per cell; one bit each, and the sign bit stays free. */
export const CANDIDATES_MAX = 31;

/** Measures of one index, in units of `1 / unitsPerDegree` degree. */
export interface CellGrid {
  readonly unitsPerDegree: number;
  /** Side of a cell, units; a power of `SPLIT` times something. */
  readonly cellUnits: number;
  /** Blocks along longitude and latitude; the first begins half a unit before (-180, -90). */
  readonly blocksX: number;
  readonly blocksY: number;
}

/**
 * The arrays of an index.
 *
 * `directory[by * blocksX + bx]`: 0 nothing there; negative: minus the record of the whole block;
 * positive: where the block's cells begin in `cells`. `cells[...]`: 0 or a record.
 *
 * A record in `data` is one of
 * - `-1, record * SPLIT²`: split, parts row by row from the south-west; 0 means nothing there;
 * - `candidates | chains << 5, inside bits, candidate * n, chain * m`.
 *
 * A candidate is a polygon's number; numbers ascend by layer, then by id. A chain is
 * `wide | vertices << 1, toggled bits, vertices`; a vertex is one word, x and y as 16 bits each,
 * or in a wide chain two words. Vertices are relative to the cell or part.
 */
export interface CellArrays {
  readonly directory: Int32Array;
  readonly cells: Int32Array;
  readonly data: Int32Array;
}

/**
 * Side of the edge a-b on which (x, y) lies: above 0 is left. Exact where it matters; see above.
 */
function turn(ax: number, ay: number, bx: number, by: number, x: number, y: number): number {
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
}

/**
 * Whether the corner (-0.5, -0.5) lies left of the edge a-b, exactly; on the line it counts as
 * moved up a little. Coordinates are whole numbers below 2^33; the edge is not vertical.
 */
export function cornerIsLeft(ax: number, ay: number, bx: number, by: number): boolean {
  const p = (bx - ax) * (-0.5 - ay);
  const q = (by - ay) * (-0.5 - ax);
  const d = p - q;
  if (Math.abs(d) > (Math.abs(p) + Math.abs(q)) * 4e-16) return d > 0;
  const exact =
    BigInt(bx - ax) * BigInt(-1 - 2 * ay) - BigInt(by - ay) * BigInt(-1 - 2 * ax);
  return exact === 0n ? bx > ax : exact > 0n;
}

/**
 * Whether the walk corner -> (-0.5, y) -> (x, y) crosses an edge an odd number of times. For edges
 * that span the left side; `spans` says whether the edge also spans the height y.
 */
function walkCrosses(
  ax: number, ay: number, bx: number, by: number, x: number, y: number, spans: boolean,
): boolean {
  const atTurn = turn(ax, ay, bx, by, -0.5, y);
  const turnIsLeft = atTurn === 0 ? bx > ax : atTurn > 0;
  const up = turnIsLeft !== cornerIsLeft(ax, ay, bx, by);
  const right = spans && turnIsLeft !== turn(ax, ay, bx, by, x, y) > 0;
  return up !== right;
}

/** Squared distance of (x, y) from the segment a-b. */
function distanceSquared(
  ax: number, ay: number, bx: number, by: number, x: number, y: number,
): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length;
  const t = along < 0 ? 0 : along > 1 ? 1 : along;
  const ex = x - (ax + t * dx);
  const ey = y - (ay + t * dy);
  return ex * ex + ey * ey;
}

/**
 * Finds the polygons that hold a point. One instance belongs to one thread; the arrays may be
 * shared.
 */
export class CellIndex {
  readonly grid: CellGrid;
  readonly arrays: CellArrays;
  /** The record that the last `find` read; 0 when nothing is there. */
  record = 0;
  readonly #directory: Int32Array;
  readonly #cells: Int32Array;
  readonly #data: Int32Array;
  readonly #scale: number;
  readonly #originX: number;
  readonly #originY: number;
  readonly #cellUnits: number;
  readonly #cellsPerUnit: number;
  readonly #blocksX: number;
  readonly #blocksY: number;
  readonly #tolerance: number;

  constructor(grid: CellGrid, arrays: CellArrays) {
    this.grid = grid;
    this.arrays = arrays;
    this.#directory = arrays.directory;
    this.#cells = arrays.cells;
    this.#data = arrays.data;
    this.#scale = grid.unitsPerDegree;
    this.#originX = 180 * grid.unitsPerDegree;
    this.#originY = 90 * grid.unitsPerDegree;
    this.#cellUnits = grid.cellUnits;
    this.#cellsPerUnit = 1 / grid.cellUnits;
    this.#blocksX = grid.blocksX;
    this.#blocksY = grid.blocksY;
    this.#tolerance = BORDER_DEGREES * grid.unitsPerDegree;
  }

  /**
   * Bits of the candidates that hold a point, border included; the candidates are in `record`.
   * Takes valid coordinates only.
   */
  find(lat: number, lon: number): number {
    const ux = lon * this.#scale + this.#originX;
    const uy = lat * this.#scale + this.#originY;
    const cx = ((ux + 0.5) * this.#cellsPerUnit) | 0;
    const cy = ((uy + 0.5) * this.#cellsPerUnit) | 0;
    const bx = cx >> BLOCK_SHIFT;
    const by = cy >> BLOCK_SHIFT;
    this.record = 0;
    if (bx >= this.#blocksX || by >= this.#blocksY) return 0;
    const block = this.#directory[by * this.#blocksX + bx]!;
    let record = -block;
    if (block > 0) {
      const row = (cy & (BLOCK_CELLS - 1)) << BLOCK_SHIFT;
      record = this.#cells[block + row + (cx & (BLOCK_CELLS - 1))]!;
    }
    if (record === 0) return 0;
    const head = this.#data[record]!;
    if (head >= 0 && head < 32) {
      this.record = record;
      return this.#data[record + 1]!;
    }
    return this.#findMixed(record, ux - cx * this.#cellUnits, uy - cy * this.#cellUnits);
  }

  #findMixed(from: number, fromX: number, fromY: number): number {
    const data = this.#data;
    let record = from;
    let x = fromX;
    let y = fromY;
    let head = data[record]!;
    let part = this.#cellUnits;
    while (head < 0) {
      part /= SPLIT;
      const ix = Math.min(SPLIT - 1, Math.max(0, Math.floor((x + 0.5) / part)));
      const iy = Math.min(SPLIT - 1, Math.max(0, Math.floor((y + 0.5) / part)));
      record = data[record + 1 + iy * SPLIT + ix]!;
      if (record === 0) return 0;
      x -= ix * part;
      y -= iy * part;
      head = data[record]!;
    }
    this.record = record;
    return head < 32 ? data[record + 1]! : this.#walk(record, head, x, y);
  }

  /** Walks from the corner to (x, y); see the top of this file. */
  #walk(record: number, head: number, x: number, y: number): number {
    const data = this.#data;
    const tolerance = this.#tolerance;
    const floor = Math.floor(y);
    const above = floor + 1; // a vertex lies above the point when its y is at least this
    let border = y - floor <= tolerance || above - y <= tolerance;
    let bits = data[record + 1]!;
    let at = record + 2 + (head & 31);
    for (let chain = head >> 5; chain > 0; chain--) {
      const size = data[at]!;
      const toggled = data[at + 1]!;
      at += 2;
      if ((size & 1) !== 0) {
        if (this.#walkWide(at, size >> 1, x, y)) bits ^= toggled;
        border ||= this.#wideBorder;
        at += (size >> 1) * 2;
        continue;
      }
      const end = at + (size >> 1);
      let word = data[at]!;
      let ax = word >> 16;
      let ay = ((word << 16) >> 16) - above;
      for (at++; at < end; at++) {
        word = data[at]!;
        const bx = word >> 16;
        const by = ((word << 16) >> 16) - above;
        // The sign of either is set when the edge spans the height, or the left side.
        if (((ay ^ by) | (ax ^ bx)) < 0) {
          const py = y - above;
          if ((ax ^ bx) < 0) {
            if (walkCrosses(ax, ay + above, bx, by + above, x, y, (ay ^ by) < 0)) bits ^= toggled;
          }
          if ((ay ^ by) < 0) {
            const d = (bx - ax) * (py - ay) - (by - ay) * (x - ax);
            if (Math.abs(d) <= tolerance * (Math.abs(bx - ax) + Math.abs(by - ay))) border = true;
            if ((ax ^ bx) >= 0 && ax >= 0 && d < 0 === by > ay) bits ^= toggled;
          }
        }
        ax = bx;
        ay = by;
      }
    }
    return border ? bits | this.#touched(record, head, x, y) : bits;
  }

  #wideBorder = false;

  /** As the loop of `#walk`, for coordinates that need 32 bits. */
  #walkWide(from: number, vertices: number, x: number, y: number): boolean {
    const data = this.#data;
    let crossed = false;
    this.#wideBorder = false;
    let ax = data[from]!;
    let ay = data[from + 1]!;
    for (let at = from + 2; at < from + vertices * 2; at += 2) {
      const bx = data[at]!;
      const by = data[at + 1]!;
      const spans = ay > y !== by > y;
      if (spans) {
        const d = turn(ax, ay, bx, by, x, y);
        const reach = this.#tolerance * (Math.abs(bx - ax) + Math.abs(by - ay));
        if (Math.abs(d) <= reach) this.#wideBorder = true;
        if ((ax ^ bx) >= 0 && ax >= 0 && d < 0 === by > ay) crossed = !crossed;
      }
      if ((ax ^ bx) < 0 && walkCrosses(ax, ay, bx, by, x, y, spans)) crossed = !crossed;
      ax = bx;
      ay = by;
    }
    return crossed;
  }

  /** Bits of the polygons whose boundary is within the tolerance. */
  #touched(record: number, head: number, x: number, y: number): number {
    const data = this.#data;
    const reach = this.#tolerance * this.#tolerance;
    let bits = 0;
    let at = record + 2 + (head & 31);
    for (let chain = head >> 5; chain > 0; chain--) {
      const wide = data[at]! & 1;
      const vertices = data[at]! >> 1;
      const toggled = data[at + 1]!;
      at += 2;
      for (let v = 1; v < vertices; v++) {
        const a = at + ((v - 1) << wide);
        const b = at + (v << wide);
        const ax = wide ? data[a]! : data[a]! >> 16;
        const ay = wide ? data[a + 1]! : (data[a]! << 16) >> 16;
        const bx = wide ? data[b]! : data[b]! >> 16;
        const by = wide ? data[b + 1]! : (data[b]! << 16) >> 16;
        if (distanceSquared(ax, ay, bx, by, x, y) <= reach) bits |= toggled;
      }
      at += vertices << wide;
    }
    return bits;
  }

  /** Number of the polygon that a bit of the last answer stands for. */
  candidate(bit: number): number {
    return this.#data[this.record + 2 + bit]!;
  }
}
