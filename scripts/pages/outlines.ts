/** A piece of an outline, as fonts have them (SVG's names, coordinates in pixels, y downwards). */
export interface OutlineCommand {
  type: string;
  x?: number;
  y?: number;
  x1?: number;
  y1?: number;
  x2?: number;
  y2?: number;
}

/** Rows of samples in one pixel, and straight pieces that stand for one curve. */
const ROWS = 4;
const PIECES = 8;

/** An edge that is not level, from its upper end to its lower one; `winding` is 1 where the outline runs downwards. */
interface Edge {
  x: number;
  y: number;
  toY: number;
  slope: number;
  winding: number;
}

/**
 * Fills outlines by the non-zero rule: exact along a row, with four rows of samples a pixel.
 * @returns `width * height` values, 0 to 255
 */
export function fillOutlines(commands: readonly OutlineCommand[], width: number, height: number): Uint8Array {
  const out = new Float32Array(width * height);
  const rows = crossingsOf(edgesOf(commands), height * ROWS);
  rows.forEach((crossings, row) => {
    crossings.sort((a, b) => a.x - b.x);
    let winding = 0;
    for (let i = 0; i + 1 < crossings.length; i++) {
      winding += crossings[i].winding;
      if (winding !== 0) addSpan(out, Math.floor(row / ROWS) * width, width, crossings[i].x, crossings[i + 1].x);
    }
  });
  return Uint8Array.from(out, (value) => Math.min(255, (value * 255) / ROWS + 0.5));
}

interface Crossing {
  x: number;
  winding: number;
}

/** Where each row of samples meets the outlines. */
function crossingsOf(edges: readonly Edge[], rows: number): Crossing[][] {
  const found = Array.from({ length: rows }, (): Crossing[] => []);
  for (const { x, y, toY, slope, winding } of edges) {
    const last = Math.min(rows - 1, Math.ceil(toY * ROWS - 0.5) - 1);
    for (let row = Math.max(0, Math.ceil(y * ROWS - 0.5)); row <= last; row++) {
      found[row].push({ x: x + ((row + 0.5) / ROWS - y) * slope, winding });
    }
  }
  return found;
}

function addSpan(out: Float32Array, start: number, width: number, from: number, to: number): void {
  const left = Math.max(0, from);
  const right = Math.min(width, to);
  for (let x = Math.floor(left); x < right; x++) out[start + x] += Math.min(x + 1, right) - Math.max(x, left);
}

function edgesOf(commands: readonly OutlineCommand[]): Edge[] {
  const edges: Edge[] = [];
  let x = 0;
  let y = 0;
  let startX = 0;
  let startY = 0;
  const lineTo = (toX: number, toY: number): void => {
    const slope = (toX - x) / (toY - y);
    if (toY > y) edges.push({ x, y, toY, slope, winding: 1 });
    else if (toY < y) edges.push({ x: toX, y: toY, toY: y, slope, winding: -1 });
    [x, y] = [toX, toY];
  };
  for (const { type, x: toX = startX, y: toY = startY, x1 = 0, y1 = 0, x2 = 0, y2 = 0 } of commands) {
    const [fromX, fromY] = [x, y];
    if (type === 'M') {
      lineTo(startX, startY);
      [x, y, startX, startY] = [toX, toY, toX, toY];
    } else if (type === 'Q' || type === 'C') {
      for (let i = 1; i <= PIECES; i++) {
        const t = i / PIECES;
        const u = 1 - t;
        if (type === 'Q') {
          lineTo(u * u * fromX + 2 * u * t * x1 + t * t * toX, u * u * fromY + 2 * u * t * y1 + t * t * toY);
        } else {
          const a = u * u * u;
          const b = 3 * u * u * t;
          const c = 3 * u * t * t;
          const d = t * t * t;
          lineTo(a * fromX + b * x1 + c * x2 + d * toX, a * fromY + b * y1 + c * y2 + d * toY);
        }
      }
    } else {
      lineTo(toX, toY);
    }
  }
  lineTo(startX, startY);
  return edges;
}
