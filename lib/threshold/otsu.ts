/**
 * Otsu's threshold (1979): the level that splits the histogram into two classes with the greatest variance between
 * them.
 * @returns a level such that values above it are the brighter class; 255 where all values are equal
 */
export function otsuLevel(data: Uint8Array): number {
  const histogram = new Uint32Array(256);
  for (const value of data) histogram[value]++;
  let total = 0;
  for (let v = 0; v < 256; v++) total += v * histogram[v];
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let level = 255;
  let plateau = 1;
  for (let v = 0; v < 255; v++) {
    below += histogram[v];
    sumBelow += v * histogram[v];
    const above = data.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > best) {
      best = between;
      level = v;
      plateau = 1;
    } else if (between === best) {
      plateau++;
    }
  }
  // Levels within an empty stretch of the histogram are equally good: the middle one is the safest.
  return level + ((plateau - 1) >> 1);
}
