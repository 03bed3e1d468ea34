import { inkBox } from './degradations';
import { DIGIT_SIZE } from '../../digit';

/** Letters that look like a digit alone: they are neither shown as digits nor as something that is none. */
const ALIKE = new Set('OoIilSsZzbgqy');

/** What is no wider than this share of its height may pass for a 1. */
const BAR = 0.4;

/** Ink of at least this strength (of 255) counts. */
const INK = 100;

/** A ring: this share of the ink lies between these radii, 1 being the box's, and fills so many of the sectors. */
const RING = { from: 0.6, to: 1.22, share: 0.95, sectors: 24, filled: 23 } as const;

/**
 * Whether what is no digit looks like one: a letter such as O or l; narrow as a bar; round as a 0.
 * @param image 784 bytes, white ink (255) on black (0)
 * @param code of the letter, ASCII; 255 for other writing
 */
export function looksLikeDigit(image: Uint8Array, code: number): boolean {
  if (ALIKE.has(String.fromCharCode(code))) return true;
  const plane = { data: image, width: DIGIT_SIZE, height: DIGIT_SIZE };
  const box = inkBox(plane, INK) ?? inkBox(plane, 1);
  if (!box || box.width <= BAR * box.height) return true;
  const sectors = new Set<number>();
  let ring = 0;
  let all = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      if (image[y * DIGIT_SIZE + x] < INK) continue;
      const across = ((x + 0.5 - box.x) / box.width) * 2 - 1;
      const down = ((y + 0.5 - box.y) / box.height) * 2 - 1;
      const radius = Math.hypot(across, down);
      all++;
      if (radius < RING.from || radius > RING.to) continue;
      ring++;
      sectors.add(Math.floor(((Math.atan2(down, across) / Math.PI + 1) / 2) * RING.sectors) % RING.sectors);
    }
  }
  // Wider than high is no 0.
  return box.width <= 1.15 * box.height && ring >= RING.share * all && sectors.size >= RING.filled;
}
