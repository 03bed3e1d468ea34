import sharp from 'sharp';
import type { RawPicture } from '../../lib/pictures/picture';
import type { Random } from '../../lib/random';
import { boxBlur, gaussianBlur, motionBlur } from './blur';
import { addNoise, scaleOf, type Field } from './field';
import type { Scene } from './scene';

/** What is written: how far ink covers each pixel, 0 to 1, and whose it is. */
export interface Cover {
  width: number;
  height: number;
  cover: Float32Array;
  owner: Uint16Array;
}

export type Hardship = 'clean' | 'mild' | 'hard';

export interface PhotographOptions {
  /** How much goes wrong. Default: 40 % clean, 40 % mild, 20 % hard. */
  hardship?: Hardship;
}

/** How bright chalk is. */
const CHALK = 0.88;

/** The picture that a camera takes of a scene and of what is written on it; without `cover`, of the bare scene. */
export async function photograph(
  random: Random,
  scene: Scene,
  cover?: Cover,
  options: PhotographOptions = {},
): Promise<RawPicture> {
  const { width, height } = scene;
  if (cover && (cover.width !== width || cover.height !== height)) {
    throw new Error(`expected a cover of ${width} × ${height} pixels, got one of ${cover.width} × ${cover.height}`);
  }
  const hardship = options.hardship ?? random.pick<Hardship>(['clean', 'clean', 'mild', 'mild', 'hard']);
  const field: Field = { width, height, data: expose(scene, cover?.cover) };
  const how = HARDSHIP[hardship];
  blurAsLens(field, random, how);
  const data = develop(field, random, how);
  const picture = { data, width, height, channels: 1 };
  return random.chance(0.5) ? picture : asJpeg(picture, Math.round(random.between(...how.quality)));
}

function expose({ light, reflect, glare, invert }: Scene, cover: Float32Array | undefined): Float32Array {
  const seen = new Float32Array(light.length);
  for (let i = 0; i < seen.length; i++) {
    const ink = cover ? cover[i] : 0;
    const surface = reflect[i];
    const shade = invert ? surface + (Math.max(CHALK, surface) - surface) * ink : surface * (1 - ink);
    seen[i] = light[i] * shade + (glare ? glare[i] : 0);
  }
  return seen;
}

type Range = readonly [number, number];

interface How {
  /** Deviation of the blur, pixels of a picture 480 high, and how often there is motion blur, and how long. */
  blur: Range;
  motion: number;
  way: Range;
  gamma: Range;
  contrast: Range;
  exposure: Range;
  /** Deviation of the sensor's noise, 0 to 255. */
  noise: Range;
  /** Of the JPEG, 1 to 100. */
  quality: Range;
}

const HARDSHIP: Record<Hardship, How> = {
  clean: {
    blur: [0, 0.8],
    motion: 0,
    way: [0, 0],
    gamma: [0.85, 1.15],
    contrast: [0.9, 1.15],
    exposure: [0.9, 1.1],
    noise: [0, 2.5],
    quality: [70, 95],
  },
  mild: {
    blur: [0.3, 1.6],
    motion: 0.15,
    way: [2, 7],
    gamma: [0.75, 1.25],
    contrast: [0.65, 1.2],
    exposure: [0.75, 1.15],
    noise: [1, 7],
    quality: [40, 90],
  },
  hard: {
    blur: [0.6, 3],
    motion: 0.4,
    way: [4, 20],
    gamma: [0.6, 1.5],
    contrast: [0.4, 1.1],
    exposure: [0.3, 1.3],
    noise: [4, 20],
    quality: [15, 70],
  },
};

function blurAsLens(field: Field, random: Random, how: How): void {
  const scale = Math.max(0.5, Math.min(2, scaleOf(field)));
  const sigma = random.between(...how.blur) * scale;
  // Out of focus a point becomes a disc, which two running means come near to.
  if (sigma > 1 && random.chance(0.4)) boxBlur(field, Math.round(sigma), 2);
  else gaussianBlur(field, sigma);
  if (random.chance(how.motion)) motionBlur(field, random.between(...how.way) * scale, random.between(0, Math.PI));
  if (random.chance(0.2)) sharpen(field, random.between(0.2, 0.9));
}

/** Cameras sharpen what they take, which leaves pale seams about dark strokes. */
function sharpen(field: Field, strength: number): void {
  const soft = { ...field, data: field.data.slice() };
  boxBlur(soft, 1, 2);
  for (let i = 0; i < soft.data.length; i++) field.data[i] += strength * (field.data[i] - soft.data[i]);
}

/** Tone, noise and rounding to bytes. */
function develop(field: Field, random: Random, how: How): Uint8Array {
  const metered = random.chance(0.7) ? meter(field, random.between(0.4, 0.68)) : 1;
  const gamma = random.between(...how.gamma);
  const exposure = metered * random.between(...how.exposure);
  const contrast = random.between(...how.contrast);
  // Some pictures come from scanners and from programs that make the paper white.
  const scanned = random.chance(0.06) ? random.between(1.3, 1.9) : 1;
  const grey = random.between(0.35, 0.65) * Math.min(1, exposure);
  const levels = new Float32Array(1025);
  for (let i = 0; i <= 1024; i++) {
    const value = Math.min(1, exposure * ((i / 1024) * 1.5) ** gamma);
    levels[i] = 255 * ((grey + (value - grey) * contrast - 0.5) * scanned + 0.5);
  }
  const { data } = field;
  const toned: Field = { ...field, data: new Float32Array(data.length) };
  for (let i = 0; i < data.length; i++) {
    const at = data[i] * (1024 / 1.5);
    toned.data[i] = levels[at > 0 ? (at < 1024 ? at : 1024) | 0 : 0];
  }
  const noise = random.between(...how.noise);
  if (noise > 0.3) addNoise(toned, random, noise);
  // A cheap camera's noise has been smoothed by its own steps.
  if (noise > 4 && random.chance(0.35)) gaussianBlur(toned, random.between(0.4, 0.8));
  const bytes = new Uint8Array(data.length);
  const flip = random.chance(0.02) ? 255 : 0;
  for (let i = 0; i < bytes.length; i++) {
    const value = toned.data[i];
    bytes[i] = (value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5) ^ flip;
  }
  return bytes;
}

/** Cameras make what they see about as bright as one another, though not wholly. */
function meter({ data }: Field, target: number): number {
  let sum = 0.01;
  let count = 0;
  for (let i = 0; i < data.length; i += 37, count++) sum += Math.min(1, data[i]);
  return Math.min(2.2, Math.max(0.6, (target / (sum / count)) ** 0.65));
}

async function asJpeg({ data, width, height }: RawPicture, quality: number): Promise<RawPicture> {
  const jpeg = await sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .jpeg({ quality })
    .toBuffer();
  const { data: back, info } = await sharp(jpeg).greyscale().raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(back), width: info.width, height: info.height, channels: 1 };
}
