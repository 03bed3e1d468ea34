import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import type { Plane } from '../../lib/pictures/planes';
import type { Random } from '../../lib/random';
import type { Part } from '../pages/part';

const FOLDER = 'photos-without-digits';
const LONGEST_SIDE = 800;
/** What is smaller is a texture that goes on at its borders, and is laid side by side. */
const TEXTURE_SIDE = 256;

/** Pictures in which nobody wrote a digit, as grounds to write on, and to leave as they are. */
export class Backgrounds {
  readonly #pictures: readonly Plane[];
  /** Their paths in the folder. */
  readonly names: readonly string[];

  constructor(pictures: readonly Plane[] = [], names: readonly string[] = []) {
    this.#pictures = pictures;
    this.names = names;
  }

  /** Reads those of one part; none where the folder is absent, which is said on standard error. */
  static async read(dataFolder: string, part: Part): Promise<Backgrounds> {
    const folder = join(dataFolder, FOLDER);
    let labels: string;
    try {
      labels = await readFile(join(folder, 'labels.csv'), 'utf8');
    } catch {
      console.error(`No ${FOLDER} in ${dataFolder}: all grounds will be drawn.`);
      return new Backgrounds();
    }
    const rows = parse<{ path: string }>(labels, { columns: true, skip_empty_lines: true, bom: true });
    // Odd rows are kept for measuring the product as a whole.
    const names = rows.filter((row, i) => i % 2 === 0 && partOf(row.path) === part).map((row) => row.path);
    const pictures: Plane[] = [];
    for (const name of names) pictures.push(await readGrey(join(folder, name)));
    return new Backgrounds(pictures, names);
  }

  get count(): number {
    return this.#pictures.length;
  }

  /**
   * A random piece of a random picture, perhaps mirrored, turned by quarters or made larger, at the given size in
   * pixels.
   */
  pick(random: Random, width: number, height: number): Plane {
    if (this.count === 0) throw new Error('expected at least one background, got none');
    const picture = random.pick(this.#pictures);
    const texture = Math.max(picture.width, picture.height) <= TEXTURE_SIDE;
    const fit = Math.max(width / picture.width, height / picture.height);
    const zoom = texture
      ? random.between(0.8, 3) * Math.max(1, Math.min(width, height) / 480)
      : fit * random.between(1, 2);
    const left = random.next() * (texture ? picture.width : picture.width - width / zoom);
    const top = random.next() * (texture ? picture.height : picture.height - height / zoom);
    return resample(picture, width, height, zoom, left, top, random.chance(0.5), random.chance(0.15));
  }
}

/** 80 % train, 10 % choose, 10 % measure, by the name (FNV-1a), so that a new row moves no other. */
function partOf(name: string): Part {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  // The last characters reach FNV's high bits only after some more mixing.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const tenth = ((hash ^ (hash >>> 13)) >>> 0) % 10;
  return tenth < 8 ? 'train' : tenth === 8 ? 'choose' : 'measure';
}

async function readGrey(file: string): Promise<Plane> {
  const { data, info } = await sharp(file)
    .greyscale()
    .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

/** Bilinear; beyond its border the picture begins anew. */
function resample(
  from: Plane,
  width: number,
  height: number,
  zoom: number,
  left: number,
  top: number,
  mirrored: boolean,
  flipped: boolean,
): Plane {
  const data = new Uint8Array(width * height);
  const columns = new Int32Array(width);
  const shares = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const u = left + (mirrored ? width - 1 - x : x) / zoom;
    columns[x] = Math.floor(u);
    shares[x] = u - columns[x];
  }
  const wrapX = (x: number): number => x % from.width;
  const wrapY = (y: number): number => y % from.height;
  for (let y = 0, at = 0; y < height; y++) {
    const v = top + (flipped ? height - 1 - y : y) / zoom;
    const j = Math.floor(v);
    const t = v - j;
    const above = wrapY(j) * from.width;
    const below = wrapY(j + 1) * from.width;
    for (let x = 0; x < width; x++, at++) {
      const i = wrapX(columns[x]);
      const next = wrapX(i + 1);
      const s = shares[x];
      const a = from.data[above + i] + (from.data[above + next] - from.data[above + i]) * s;
      const b = from.data[below + i] + (from.data[below + next] - from.data[below + i]) * s;
      data[at] = a + (b - a) * t;
    }
  }
  return { data, width, height };
}
