import { toGrey } from '../lib/pictures/grey';
import { loadSharp } from '../lib/pictures/decode';
import type { GreyPicture, PictureInput, RawPicture } from '../lib/pictures/picture';
import { Random } from '../lib/random';
import { drawPage, type PageOptions } from '../support/drawing/page';
import { Backgrounds } from '../scripts/scenes/backgrounds';
import { photograph } from '../scripts/scenes/camera';
import { drawScene } from '../scripts/scenes/scene';

export interface BenchPictures {
  /** 640×480, one digit. */
  jpeg: Buffer;
  /** 12 megapixels, one digit. */
  large: Buffer;
  /** What is read, by name. "Luma" are grey pixels of 640×480, as a live camera gives them. */
  pictures: Record<string, PictureInput>;
}

/** A digit written with a marker on a sheet with a shadow, as the demo frames are. */
const ONE: PageOptions = { writing: [{ text: '7', x: 260, y: 130, height: 200 }], shadow: true, seed: 1 };
const TEN: PageOptions = {
  writing: [
    { text: '31407', x: 70, y: 70, height: 130 },
    { text: '52698', x: 70, y: 280, height: 130 },
  ],
  seed: 1,
};

/** A room with a lot of things in it and no writing. */
const ROOM_SEED = 14;

/** Draws the pictures that reading is measured with. */
export async function benchPictures(): Promise<BenchPictures> {
  const one = drawPage(ONE);
  const jpeg = await encode(one);
  const large = await encode(one, { width: 4000, height: 3000 });
  const luma: Record<string, PictureInput> = {
    'luma, one digit': toGrey(one),
    'luma, ten digits': toGrey(drawPage(TEN)),
    'luma, squared paper': toGrey(drawPage({ ...ONE, squares: 24 })),
    'luma, empty sheet': toGrey(drawPage({ seed: 1 })),
    'luma, clutter': await clutter(),
  };
  return { jpeg, large, pictures: { 'JPEG, one digit': jpeg, ...luma, 'JPEG of 12 megapixels': large } };
}

function encode({ data, width, height }: RawPicture, size?: { width: number; height: number }): Promise<Buffer> {
  const picture = loadSharp()(data, { raw: { width, height, channels: 3 } });
  return (size ? picture.resize(size) : picture).jpeg({ quality: 90 }).toBuffer();
}

async function clutter(): Promise<GreyPicture> {
  const random = new Random(ROOM_SEED);
  const scene = drawScene(random, new Backgrounds(), 'measure', 'room');
  return toGrey(await photograph(random, scene, undefined, { hardship: 'mild' }));
}
