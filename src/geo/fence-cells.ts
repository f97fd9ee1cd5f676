import type RBush from 'rbush';

/** A box of a fence in whole millionths of a degree: small integers are cheaper than doubles. */
export interface FenceBox {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly slot: number;
}

export const BOX_UNITS = 1e6;
/** Numbers that `boxes` holds of a box: `minX, minY, maxX, maxY, slot`. */
export const BOX_WIDTH = 5;

/** Side of a cell in units: 0.01 degrees, some 1 km. */
const CELL = 10_000;
const WEST = 180 * BOX_UNITS;
const SOUTH = 90 * BOX_UNITS;
const CELLS_ACROSS = 360 / (CELL / BOX_UNITS) + 1;

/** Cells remembered at most (a power of two): one for each remainder, the later one stays. */
const CELLS_MAX = 1 << 18;
/** Numbers kept of all cells' boxes; beyond that the memory starts again. 32 MB. */
const NUMBERS_MAX = 1 << 23;
/** A box over more cells than this makes all of them be forgotten rather than each. */
const FORGET_MAX = 256;

/**
 * What an R-tree answers for the cells that points fell into lately, as flat numbers: most points
 * come where others came before, and each step down a tree of objects is a cache miss.
 */
export class FenceCells {
  readonly #tree: RBush<FenceBox>;
  /** By remainder: number of the cell plus one (0: none), start of its boxes. */
  readonly #cells = new Int32Array(2 * CELLS_MAX);
  /** For each cell the count of numbers that follow, then its boxes. */
  boxes: Int32Array = new Int32Array(1 << 12);
  #used = 0;

  constructor(tree: RBush<FenceBox>) {
    this.#tree = tree;
  }

  /** Where in `boxes` those near a point lie: the count of numbers, then the boxes. */
  near(lat: number, lon: number): number {
    const x = cellOf(lon * BOX_UNITS + WEST);
    const y = cellOf(lat * BOX_UNITS + SOUTH);
    const cell = y * CELLS_ACROSS + x;
    const at = placeOf(x, y);
    return this.#cells[at] === cell + 1 ? this.#cells[at + 1]! : this.#fill(at, x, y);
  }

  /** A box came or went. */
  forget({ minX, minY, maxX, maxY }: FenceBox): void {
    // One unit of margin, as in `#fill`.
    const left = cellOf(minX - 1 + WEST);
    const right = cellOf(maxX + 1 + WEST);
    const bottom = cellOf(minY - 1 + SOUTH);
    const top = cellOf(maxY + 1 + SOUTH);
    if ((right - left + 1) * (top - bottom + 1) > FORGET_MAX) return this.clear();
    for (let y = bottom; y <= top; y++) {
      for (let x = left; x <= right; x++) {
        const at = placeOf(x, y);
        if (this.#cells[at] === y * CELLS_ACROSS + x + 1) this.#cells[at] = 0;
      }
    }
  }

  clear(): void {
    if (this.#used === 0) return;
    this.#cells.fill(0);
    this.#used = 0;
  }

  #fill(at: number, x: number, y: number): number {
    const minX = x * CELL - WEST;
    const minY = y * CELL - SOUTH;
    // One unit of margin: what is inside a cell by its rounded coordinates may lie that far outside.
    const found = this.#tree.search({
      minX: minX - 1, minY: minY - 1, maxX: minX + CELL + 1, maxY: minY + CELL + 1,
    });
    const start = this.#room(1 + found.length * BOX_WIDTH);
    const { boxes } = this;
    let next = start;
    boxes[next++] = found.length * BOX_WIDTH;
    for (const box of found) {
      boxes[next++] = box.minX;
      boxes[next++] = box.minY;
      boxes[next++] = box.maxX;
      boxes[next++] = box.maxY;
      boxes[next++] = box.slot;
    }
    this.#cells[at] = y * CELLS_ACROSS + x + 1;
    this.#cells[at + 1] = start;
    return start;
  }

  /** Room for so many numbers more; where there is none, everything is forgotten. */
  #room(count: number): number {
    if (this.#used + count > NUMBERS_MAX) this.clear();
    const start = this.#used;
    this.#used += count;
    if (this.#used > this.boxes.length) {
      const grown = new Int32Array(Math.max(this.#used, 2 * this.boxes.length));
      grown.set(this.boxes);
      this.boxes = grown;
    }
    return start;
  }
}

function cellOf(units: number): number {
  return Math.floor(units / CELL);
}

/** Neighbours lie apart: 512 by 512 cells without one in the place of another. */
function placeOf(x: number, y: number): number {
  return 2 * ((x & 511) | ((y & 511) << 9));
}
