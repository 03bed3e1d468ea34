import assert from 'node:assert/strict';
import { ACCEPTED, clampBox, drawOverlay, REJECTED, type Mark } from '../../lib/annotate/overlay';
import type { Box } from '../../lib/pictures/picture';

const PICTURE = { width: 640, height: 480 };

/** The rectangles of an overlay. */
function rects(marks: Mark[], look = ACCEPTED): (Box & { fill: string })[] {
  return [...drawOverlay(PICTURE, marks, look).matchAll(/<rect ([^>]*)\/>/g)].map(([, attributes = '']) => {
    const of = (name: string): string => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    const number = (name: string): number => Number(of(name));
    return { x: number('x'), y: number('y'), width: number('width'), height: number('height'), fill: of('fill') };
  });
}

const isInside = ({ x, y, width, height }: Box): boolean =>
  x >= 0 && y >= 0 && x + width <= PICTURE.width && y + height <= PICTURE.height;

const box = { x: 300, y: 200, width: 60, height: 90 };

describe('the overlay', () => {
  it('has an outline about the digit, its name above and its confidence below, in the middle', () => {
    const all = rects([{ box, digit: 7, confidence: 0.93 }]);
    const outlines = all.filter(({ fill }) => fill === 'none');
    const [name, confidence] = all.filter(({ fill }) => fill === ACCEPTED.colour);
    assert.ok(name && confidence);
    // One of them is white, beneath the other.
    assert.equal(outlines.length, 2);
    for (const { x, y, width, height } of outlines)
      assert.ok(x < box.x && y < box.y && x + width > box.x + box.width && y + height > box.y + box.height);
    assert.ok(name.y + name.height <= outlines[0]!.y && confidence.y >= outlines[0]!.y + outlines[0]!.height);
    for (const { x, width } of [name, confidence]) assert.ok(Math.abs(x + width / 2 - 330) < 1);
    assert.ok(all.every(isInside));
  });

  it('has only what is known of a digit', () => {
    assert.equal(rects([{ box }]).length, 2);
    assert.equal(rects([{ box, digit: 0 }]).length, 3);
    assert.equal(rects([{ box, confidence: 0 }]).length, 3);
    assert.equal(rects([]).length, 0);
  });

  it('stays in the picture, whichever corner the digit is in, and leaves out what is outside', () => {
    for (const [x, y] of [
      [0, 0],
      [590, 0],
      [0, 400],
      [590, 400],
    ] as const)
      for (const rect of rects([{ box: { ...box, x, y, width: 50, height: 80 }, digit: 7, confidence: 1 }]))
        assert.ok(isInside(rect), JSON.stringify(rect));
    assert.equal(rects([{ box: { ...box, x: 700 }, digit: 7 }]).length, 0);
  });

  it('is dashed and of another colour where the reading was rejected', () => {
    const accepted = drawOverlay(PICTURE, [{ box }], ACCEPTED);
    const rejected = drawOverlay(PICTURE, [{ box }], REJECTED);
    assert.deepEqual(
      [accepted, rejected].map((svg) => svg.includes('stroke-dasharray')),
      [false, true],
    );
    assert.ok(rejected.includes(REJECTED.colour) && !rejected.includes(ACCEPTED.colour));
  });

  it('grows with the picture', () => {
    const heightOf = (scale: number): number => {
      const svg = drawOverlay({ width: 640 * scale, height: 480 * scale }, [{ box, digit: 7 }], ACCEPTED);
      return Number(new RegExp(`height="([^"]*)" rx="[^"]*" fill="${ACCEPTED.colour}"`).exec(svg)?.[1]);
    };
    assert.ok(Math.abs(heightOf(4) / heightOf(2) - 2) < 0.1);
  });
});

describe('clampBox', () => {
  it('gives the part that lies in the picture, and none where there is none', () => {
    assert.deepEqual(clampBox({ x: -10, y: -5, width: 30, height: 30 }, 100, 80), {
      x: 0,
      y: 0,
      width: 20,
      height: 25,
    });
    assert.deepEqual(clampBox({ x: 90, y: 70, width: 30, height: 30 }, 100, 80), {
      x: 90,
      y: 70,
      width: 10,
      height: 10,
    });
    for (const outside of [
      { x: 100, y: 0, width: 5, height: 5 },
      { x: 0, y: 80, width: 5, height: 5 },
      { x: -5, y: 0, width: 5, height: 5 },
      { x: 0, y: -5, width: 5, height: 5 },
    ])
      assert.equal(clampBox(outside, 100, 80), undefined);
  });
});
