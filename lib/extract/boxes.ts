import type { Box } from '../pictures/picture';

/** What two boxes have in common, pixels. */
export function common(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

/** Whether two boxes have at least this share of both together in common (intersection over union). */
export function coincide(a: Box, b: Box, share: number): boolean {
  const shared = common(a, b);
  return shared >= share * (a.width * a.height + b.width * b.height - shared);
}

/** The box about two boxes, each of which may be none. */
export function union(a: Box, b: Box): Box;
export function union(a: Box | undefined, b: Box | undefined): Box | undefined;
export function union(a: Box | undefined, b: Box | undefined): Box | undefined {
  if (!a || !b) return a ?? b;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}
