import assert from 'node:assert/strict';
import { Random } from '../../lib/random';
import { InkLayer } from '../../scripts/pages/ink-layer';
import { seenOf, type Seen } from '../../scripts/pages/visible';

const SIDE = 80;

interface Sheet {
  ink: number;
  pen?: number;
  height?: number;
  ground?: (x: number, y: number) => number;
  noise?: number;
  x?: number;
}

/** What is seen of a 1: a bar on a sheet. */
function bar({ ink, pen = 2, height = 40, ground = () => 200, noise = 2, x = 40 }: Sheet): Seen {
  const layer = new InkLayer(SIDE, SIDE);
  const random = new Random(5);
  const box = layer.stroke(
    [
      { x, y: 20 },
      { x: x + height / 8, y: 20 + height },
    ],
    () => pen / 2,
    ink,
    1,
  );
  assert.ok(box);
  const data = Uint8Array.from(layer.cover, (cover, at) =>
    Math.max(0, Math.min(255, ground(at % SIDE, Math.floor(at / SIDE)) * (1 - cover) + noise * random.normal())),
  );
  const things = [{ character: '1', kind: 'digit', line: 0, box } as const];
  return seenOf({ data, width: SIDE, height: SIDE, channels: 1 }, layer, things)[0]!;
}

describe('what is seen of a page', () => {
  it('is pencil on a plain sheet, and marker', () => {
    assert.equal(bar({ ink: 0.2 }), 'clear');
    assert.equal(bar({ ink: 0.8, pen: 8, noise: 10 }), 'clear');
  });

  it('is no faint ink on noise, and none as bright as the paper', () => {
    assert.equal(bar({ ink: 0.06, noise: 20 }), 'unseen');
    assert.equal(bar({ ink: 0.01, noise: 0 }), 'unseen');
  });

  it('is no pencil on a dark narrow grid', () => {
    assert.notEqual(bar({ ink: 0.2, ground: (x, y) => (x % 5 < 2 || y % 5 < 2 ? 70 : 200) }), 'clear');
  });

  it('is ink across the edge of a shadow', () => {
    assert.equal(bar({ ink: 0.3, ground: (_, y) => (y < 40 ? 200 : 90) }), 'clear');
  });

  it('is less than a digit where that is tiny, or mostly beyond the edge', () => {
    assert.equal(bar({ ink: 0.8, height: 6 }), 'partly');
    assert.equal(bar({ ink: 0.8, pen: 12, x: 0 }), 'partly');
  });

  it('is less than a digit where half of it is written over', () => {
    const layer = new InkLayer(SIDE, SIDE);
    const box = layer.stroke(
      [
        { x: 40, y: 20 },
        { x: 40, y: 60 },
      ],
      () => 2,
      0.8,
      1,
    );
    const over = layer.stroke(
      [
        { x: 40, y: 10 },
        { x: 40, y: 42 },
      ],
      () => 3,
      0.8,
      2,
    );
    assert.ok(box && over);
    const data = Uint8Array.from(layer.cover, (cover) => 200 * (1 - cover));
    const seen = seenOf({ data, width: SIDE, height: SIDE, channels: 1 }, layer, [
      { character: '1', kind: 'digit', line: 0, box },
      { character: '', kind: 'mark', line: 0, box: over },
    ]);
    assert.deepEqual(seen, ['partly', 'clear']);
  });
});
