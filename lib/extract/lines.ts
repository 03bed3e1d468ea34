import type { Box } from '../pictures/picture';
import { median } from '../lists';

/** Lines of writing lean by no more than this. */
const STEEPEST = Math.tan((25 * Math.PI) / 180);

/**
 * Puts boxes into reading order: lines from top to bottom, each from left to right. Lines may be tilted.
 * @returns one array of indices into `boxes` for each line
 */
export function readingOrder(boxes: Box[]): number[][] {
  const slope = tilt(boxes);
  const centres = boxes.map((box, index) => {
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    return { index, along: x + slope * y, across: y - slope * x, height: box.height };
  });
  const lines: { members: typeof centres; across: number; height: number }[] = [];
  for (const centre of [...centres].sort((a, b) => a.across - b.across)) {
    const line = lines.at(-1);
    // Within half of a digit's height of the line's middle: above that it is a line of its own.
    if (line && centre.across - line.across < Math.max(line.height, centre.height) * 0.5) {
      line.members.push(centre);
      line.across = mean(line.members.map(({ across }) => across));
      line.height = mean(line.members.map(({ height }) => height));
    } else {
      lines.push({ members: [centre], across: centre.across, height: centre.height });
    }
  }
  return lines.map(({ members }) => members.sort((a, b) => a.along - b.along).map(({ index }) => index));
}

/**
 * Slope of the lines of writing, pixels down per pixel to the right: the median between each box and its right
 * neighbour.
 */
function tilt(boxes: Box[]): number {
  const slopes: number[] = [];
  for (const a of boxes) {
    let nearest = Infinity;
    let slope = 0;
    for (const b of boxes) {
      const dx = b.x + b.width / 2 - a.x - a.width / 2;
      const dy = b.y + b.height / 2 - a.y - a.height / 2;
      const alike = Math.min(a.height, b.height) > Math.max(a.height, b.height) * 0.4;
      if (!alike || dx <= Math.min(a.width, b.width) / 2 || Math.abs(dy) > dx * STEEPEST) continue;
      const distance = Math.hypot(dx, dy);
      if (distance < nearest) {
        nearest = distance;
        slope = dy / dx;
      }
    }
    if (nearest < Infinity) slopes.push(slope);
  }
  return slopes.length === 0 ? 0 : median(slopes);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
