import type { Component } from './components';

/** Side of a cell in which ink is counted, pixels. */
const CELL = 8;

/** Writing leaves more paper about a shape than this: in wood grain, cloth and print a larger share of it is ink. */
const DENSEST = 0.14;

/** So much of that is above and below, where a line of writing leaves paper. */
const ACROSS = 0.5;

/**
 * Sums the ink of all components by cell, each pixel by its component's strength, to tell shapes of a texture from
 * writing.
 */
export class InkDensity {
  readonly #cells: Float32Array;
  readonly #meanStrength: number;
  readonly #columns: number;
  readonly #rows: number;

  constructor(
    components: Component[],
    private readonly width: number,
    private readonly height: number,
  ) {
    this.#columns = Math.ceil(width / CELL);
    this.#rows = Math.ceil(height / CELL);
    const area = components.reduce((sum, component) => sum + component.area, 0);
    this.#meanStrength = components.reduce((sum, component) => sum + component.area * component.strength, 0) / area;
    this.#cells = new Float32Array(this.#columns * this.#rows);
    for (const { runs, strength } of components) {
      for (const { y, start, end } of runs) {
        const row = Math.floor(y / CELL) * this.#columns;
        for (let x = start; x < end;) {
          const next = Math.min(end, (Math.floor(x / CELL) + 1) * CELL);
          this.#cells[row + Math.floor(x / CELL)] += (next - x) * strength;
          x = next;
        }
      }
    }
  }

  /**
   * Whether much of what surrounds the shape, half its size on every side, is ink of others; fainter ink counts less.
   * There must be some above or below, too: beside it may stand the other digits of its line.
   */
  isTexture({ box, area, strength }: Component): boolean {
    const margin = Math.max(box.width, box.height) / 2;
    const left = Math.max(0, Math.floor((box.x - margin) / CELL));
    const right = Math.min(this.#columns, Math.ceil((box.x + box.width + margin) / CELL));
    const top = Math.max(0, Math.floor((box.y - margin) / CELL));
    const bottom = Math.min(this.#rows, Math.ceil((box.y + box.height + margin) / CELL));
    const above = Math.floor(box.y / CELL);
    const below = Math.ceil((box.y + box.height) / CELL);
    const around = this.#inkIn(left, top, right, bottom) - area * strength;
    const across = this.#inkIn(left, top, right, above) + this.#inkIn(left, below, right, bottom);
    const densest = Math.max(strength, this.#meanStrength) * DENSEST;
    return (
      around > (this.#surface(left, top, right, bottom) - area) * densest &&
      across > (this.#surface(left, top, right, above) + this.#surface(left, below, right, bottom)) * densest * ACROSS
    );
  }

  /** Of a rectangle of cells, "right" and "bottom" not included. */
  #inkIn(left: number, top: number, right: number, bottom: number): number {
    let ink = 0;
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++) ink += this.#cells[row * this.#columns + column];
    return ink;
  }

  /** Pixels of a rectangle of cells that lie in the picture. */
  #surface(left: number, top: number, right: number, bottom: number): number {
    return (
      Math.max(0, Math.min(this.width, right * CELL) - left * CELL) *
      Math.max(0, Math.min(this.height, bottom * CELL) - top * CELL)
    );
  }
}
