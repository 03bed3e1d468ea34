// Draws the frames in demo/ that the replay camera shows where there is no Raspberry Pi.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawPage, type PageOptions } from '../support/drawing/page';

const FRAMES: Record<string, PageOptions> = {
  '01-seven': { writing: [{ text: '7', x: 260, y: 130, height: 200 }], tilt: 3 },
  '02-four-hundred-and-seven': { writing: [{ text: '407', x: 130, y: 160, height: 150 }], tilt: -4 },
  '03-blank': {},
  '04-three': { writing: [{ text: '3', x: 230, y: 110, height: 240, pen: 0.07 }], tilt: -6, shadow: true },
  '05-year': { writing: [{ text: '2026', x: 110, y: 180, height: 120 }], tilt: 2, light: 0.75 },
  '06-two-lines': {
    writing: [
      { text: '158', x: 150, y: 80, height: 110 },
      { text: '942', x: 140, y: 280, height: 110 },
    ],
    tilt: 2,
  },
  '07-one': { writing: [{ text: '1', x: 300, y: 130, height: 190 }], tilt: -3, shadow: true },
  '08-squared-paper': { writing: [{ text: '65', x: 180, y: 150, height: 170 }], tilt: 3, squares: 26 },
  '09-blank-with-shadow': { shadow: true, light: 0.8 },
  '10-all-digits': {
    writing: [
      { text: '01234', x: 90, y: 100, height: 100 },
      { text: '56789', x: 90, y: 280, height: 100 },
    ],
    tilt: -2,
  },
  '11-eight-in-dim-light': { writing: [{ text: '8', x: 250, y: 150, height: 160 }], tilt: 5, light: 0.5 },
  '12-ninety': { writing: [{ text: '90', x: 190, y: 140, height: 180, pen: 0.13 }], tilt: -5, shadow: true },
};

const folder = join(__dirname, '../../demo');

async function main(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [index, [name, options]] of Object.entries(FRAMES).entries()) {
    const { data, width, height } = drawPage({ seed: index + 1, ...options });
    await sharp(data, { raw: { width, height, channels: 3 } })
      .blur(0.8)
      .jpeg({ quality: 80, mozjpeg: true })
      .toFile(join(folder, `${name}.jpg`));
  }
}

void main();
