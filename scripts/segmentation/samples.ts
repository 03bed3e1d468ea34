// node samples.js PART FIRST COUNT OUT: draws pages and writes what the segmentation network sees, and where ink is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plane } from '../../lib/pictures/planes';
import { factorOf, workingCopy } from '../../lib/segmentation/input';
import type { Page } from '../pages/page';
import type { Part } from '../pages/part';
import { sightOf } from '../pages/visible';
import { writeSamples } from '../pages/write-samples';

/**
 * A page for the network: its pixels, and for each the share that dark ink covers (0 to 127), or bright (128 more).
 * That is ink of characters: frames, tables and underlines hold digits together that should come apart.
 */
export interface Sample {
  picture: Plane;
  ink: Uint8Array;
}

/** The greatest share, and what is added to that of bright ink. */
export const ALL = 127;
export const LIGHT = 128;

/** Width and height, 16 bits each, stand before a sample's two planes. */
const HEADER = 4;

/** The samples of a part that lie in a folder. */
export function readSegmentationSamples(folder: string, part: Part): Sample[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${part}-`) && name.endsWith('.ink'));
  return files.flatMap((file) => {
    const bytes = readFileSync(join(folder, file));
    const samples: Sample[] = [];
    for (let at = 0; at + HEADER <= bytes.length;) {
      const width = bytes.readUInt16LE(at);
      const height = bytes.readUInt16LE(at + 2);
      const size = width * height;
      const data = bytes.subarray(at + HEADER, at + HEADER + size);
      const ink = bytes.subarray(at + HEADER + size, at + HEADER + 2 * size);
      samples.push({ picture: { data, width, height }, ink });
      at += HEADER + 2 * size;
    }
    return samples;
  });
}

export function sampleOf({ picture, owner, things }: Page): Sample {
  const { data, width, height } = picture;
  const copy = workingCopy({ data: new Uint8Array(data), width, height });
  const factor = factorOf(picture);
  const sights = sightOf(picture, owner, things);
  const counts = new Uint16Array(copy.data.length);
  const brighter = new Int16Array(copy.data.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (owner[at] === 0 || things[owner[at] - 1].kind === 'mark') continue;
      const cell = Math.floor(y / factor) * copy.width + Math.floor(x / factor);
      counts[cell]++;
      brighter[cell] += Math.sign(sights[owner[at] - 1].contrast);
    }
  }
  const ink = new Uint8Array(counts.length);
  for (let cell = 0; cell < ink.length; cell++) {
    const share = Math.round(Math.min(1, counts[cell] / factor ** 2) * ALL);
    if (share > 0) ink[cell] = share + (brighter[cell] > 0 ? LIGHT : 0);
  }
  return { picture: copy, ink };
}

function encode({ picture: { data, width, height }, ink }: Sample): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16LE(width);
  header.writeUInt16LE(height, 2);
  return Buffer.concat([header, data, ink]);
}

if (require.main === module) void writeSamples((page) => [encode(sampleOf(page))]);
