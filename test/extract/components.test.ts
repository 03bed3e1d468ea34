import { strict as assert } from 'node:assert';
import { findComponents, join } from '../../lib/extract/components';
import { Random } from '../../support/drawing/random';

/** Labels by flood fill, the slow and obvious way; the components' sorted pixels. */
function floodFill(mask: Uint8Array, width: number, height: number): string[] {
  const seen = new Set<number>();
  const components: string[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen.has(start)) continue;
    const pixels = [start];
    seen.add(start);
    for (const at of pixels) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const x = (at % width) + dx;
          const y = Math.floor(at / width) + dy;
          const next = y * width + x;
          if (x >= 0 && y >= 0 && x < width && y < height && mask[next] && !seen.has(next)) {
            seen.add(next);
            pixels.push(next);
          }
        }
      }
    }
    components.push(pixels.sort((a, b) => a - b).join());
  }
  return components.sort();
}

describe('findComponents', () => {
  for (const [share, width, height] of [
    [0, 9, 9],
    [0.1, 31, 17],
    [0.4, 40, 40],
    [0.6, 25, 60],
    [1, 5, 4],
    [0.5, 1, 50],
    [0.5, 50, 1],
  ] as const) {
    it(`finds what a flood fill finds in ${width}×${height} pixels, ${share * 100} % of them ink`, () => {
      const random = new Random(width * height);
      for (let round = 0; round < 10; round++) {
        const mask = Uint8Array.from({ length: width * height }, () => (random.next() < share ? 255 : 0));
        const found = findComponents(mask, mask, width, height);
        const pixels = found.map(({ runs }) =>
          runs
            .flatMap(({ y, start, end }) => Array.from({ length: end - start }, (_, i) => y * width + start + i))
            .sort((a, b) => a - b)
            .join(),
        );
        assert.deepEqual(pixels.sort(), floodFill(mask, width, height));
      }
    });
  }

  it('measures box, area and strength', () => {
    const mask = Uint8Array.of(0, 255, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0);
    const ink = Uint8Array.of(0, 90, 0, 0, 0, 120, 240, 0, 0, 0, 0, 0);
    const [component] = findComponents(mask, ink, 4, 3);
    assert.deepEqual(
      { ...component, runs: component!.runs.length },
      { box: { x: 1, y: 0, width: 2, height: 2 }, area: 3, strength: 150, runs: 2 },
    );
  });
});

describe('join', () => {
  const mask = Uint8Array.of(255, 0, 255, 0, 0, 0, 255, 255, 0);
  const parts = findComponents(mask, mask, 9, 1);

  it('says what something was put together of', () => {
    const { box, area, joined } = join([join(parts.slice(0, 2), mask, 9), parts[2]!], mask, 9);
    assert.deepEqual({ box, area, joined }, { box: { x: 0, y: 0, width: 8, height: 1 }, area: 4, joined: parts });
  });

  it('leaves one as it is', () => {
    assert.equal(join(parts.slice(0, 1), mask, 9), parts[0]);
  });
});
