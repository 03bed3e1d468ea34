import { strict as assert } from 'node:assert';
import { componentOf, findComponents } from '../../lib/extract/components';
import { isCutByEdge } from '../../lib/extract/edge';
import { explainShapes } from '../../lib/extract/extract';
import type { Box, Mask } from '../../lib/pictures/picture';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { drawPage } from '../../support/drawing/page';
import { Random } from '../../support/drawing/random';

/** Which way a picture is turned round: left to right, upside down, or both, which is half a turn. */
interface Turn {
  x: boolean;
  y: boolean;
}

const TURNS: Record<string, Turn> = {
  mirrored: { x: true, y: false },
  'upside down': { x: false, y: true },
  'turned by 180°': { x: true, y: true },
};

function turnPlane(data: Uint8Array, width: number, height: number, turn: Turn): Uint8Array {
  return data.map((_, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    return data[(turn.y ? height - 1 - y : y) * width + (turn.x ? width - 1 - x : x)]!;
  });
}

function turnMask(mask: Mask, turn: Turn): Mask {
  const { data, width, height, ink, background, border } = mask;
  const turned = (plane: Uint8Array): Uint8Array => turnPlane(plane, width, height, turn);
  return {
    ...mask,
    data: turned(data),
    ...(ink && { ink: turned(ink) }),
    ...(border && { border: turned(border) }),
    ...(background && {
      background: { ...background, data: turnPlane(background.data, background.width, background.height, turn) },
    }),
  };
}

/**
 * What is found, in any order; of digits that were separated the whole, because a cut lies left of a pixel or right of
 * it.
 */
function found(mask: Mask, turn: Turn = { x: false, y: false }): string[] {
  const turnBox = ({ x, y, width, height }: Box): Box => ({
    x: turn.x ? mask.width - x - width : x,
    y: turn.y ? mask.height - y - height : y,
    width,
    height,
  });
  return explainShapes(mask)
    .filter(({ doubt }) => doubt !== 'closer look' && doubt !== 'part')
    .map(({ box, whole, doubt }) => JSON.stringify({ ...turnBox(whole ?? box), doubt, separated: whole !== undefined }))
    .sort();
}

describe('the sides of a picture', () => {
  // A 7 whose bar begins at the picture's side, 5 pixels wide and high, and a margin of one column at the other side.
  const width = 10;
  const height = 12;
  const seven = [{ y: 1, start: 0, end: 5 }, ...[2, 3, 4, 5].map((y) => ({ y, start: 4, end: 5 }))];

  for (const [name, turn] of Object.entries({ left: { x: false, y: false }, right: { x: true, y: false } })) {
    it(`are not beside each other: a stroke's end at the ${name} one touches no margin at the other one`, () => {
      const border = turnPlane(
        Uint8Array.from({ length: width * height }, (_, i) => (i % width === width - 1 ? 255 : 0)),
        width,
        height,
        turn,
      );
      const runs = turn.x ? seven.map(({ y, start, end }) => ({ y, start: width - end, end: width - start })) : seven;
      const component = componentOf(runs, new Uint8Array(width * height).fill(200), width);
      assert.equal(isCutByEdge(component, width, height), false);
      assert.equal(isCutByEdge(component, width, height, border), false);
    });
  }

  it('cut what touches them for long, all four alike, and not the end of a stroke', () => {
    const side = 60;
    const isCut = (boxes: Box[]): boolean => {
      const mask = new Uint8Array(side * side);
      for (const { x, y, width: w, height: h } of boxes)
        for (let row = y; row < y + h; row++) mask.fill(255, row * side + x, row * side + x + w);
      const [component, ...others] = findComponents(mask, mask, side, side);
      assert.equal(others.length, 0);
      return isCutByEdge(component!, side, side);
    };
    const turned = ({ x, y, width: w, height: h }: Box): Box => ({ x: side - y - h, y: x, width: h, height: w });
    // A stroke of 30 along the side, and one that leads away from it and back: 8 pixels at the side, of 30.
    const cases: [Box[], boolean][] = [
      [[{ x: 20, y: 0, width: 30, height: 4 }], true],
      [
        [
          { x: 20, y: 0, width: 8, height: 30 },
          { x: 20, y: 26, width: 20, height: 4 },
        ],
        false,
      ],
    ];
    for (const [boxes, expected] of cases) {
      let now = boxes;
      for (const name of ['upper', 'right', 'lower', 'left']) {
        assert.equal(isCut(now), expected, `${name} side`);
        now = now.map(turned);
      }
    }
  });

  it('are the same to what lies away from a margin as if there were none', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const size = { width: 160, height: 120 };
      const side = seed % 4;
      const broad = 1 + Math.floor(random.between(0, 12));
      const isMargin = (x: number, y: number, more = 0): boolean =>
        [x < broad + more, x >= size.width - broad - more, y < broad + more, y >= size.height - broad - more][side]!;
      const ink = new Uint8Array(size.width * size.height);
      for (let bars = 0; bars < 6; bars++) {
        const bar = { width: random.between(1, 40), height: random.between(1, 40), strength: random.between(40, 240) };
        // Some begin at a side of the picture.
        const left = random.next() < 0.5 ? random.between(-20, 150) : -1;
        const top = random.next() < 0.7 ? random.between(-20, 110) : -1;
        for (let i = 0; i < ink.length; i++) {
          const x = i % size.width;
          const y = Math.floor(i / size.width);
          if (x > left && x < left + bar.width && y > top && y < top + bar.height && !isMargin(x, y, 1))
            ink[i] = bar.strength;
        }
      }
      const mask: Mask = { ...size, data: ink.map((value) => (value > 0 ? 255 : 0)), channels: 1, mask: true, ink };
      const border = ink.map((_, i) => (isMargin(i % size.width, Math.floor(i / size.width)) ? 255 : 0));
      assert.deepEqual(found({ ...mask, border }), found(mask), `seed ${seed}`);
    }
  });

  for (const [name, turn] of Object.entries(TURNS)) {
    it(`are alike: what is found in a page is found in the page ${name}`, () => {
      for (let seed = 1; seed <= 12; seed++) {
        const random = new Random(seed);
        // Some digits are cut by a side.
        const writing = [
          {
            text: String(100 + Math.floor(random.between(0, 900))),
            x: random.between(-40, 360),
            y: random.between(-40, 360),
            height: random.between(50, 160),
          },
        ];
        const page = drawPage({ writing, seed, shadow: seed % 3 === 1, tilt: seed % 4 === 2 ? 6 : 0 });
        if (seed % 3 === 0)
          for (let y = 0; y < page.height; y++) page.data.fill(0, (y * page.width + 600) * 3, (y + 1) * page.width * 3);
        const mask = thresholdPicture(page);
        assert.equal(mask.border !== undefined, seed % 3 === 0);
        assert.deepEqual(found(turnMask(mask, turn), turn), found(mask), `seed ${seed}`);
      }
    });
  }
});

describe('thresholdPicture', () => {
  for (const [name, turn] of Object.entries(TURNS)) {
    it(`tells the same ink from the same paper where the picture is ${name}`, () => {
      // Of a size that is made of whole blocks, which are counted from the left and from above.
      const {
        data: rgb,
        width,
        height,
      } = drawPage({ writing: [{ text: '407', x: -10, y: 200, height: 120 }], seed: 3, shadow: true });
      const data = Uint8Array.from({ length: width * height }, (_, i) => rgb[3 * i + 1]!);
      for (let y = 0; y < height; y++) data.fill(0, y * width + 600, (y + 1) * width);
      const straight = thresholdPicture({ data, width, height, channels: 1 });
      const turned = thresholdPicture({ data: turnPlane(data, width, height, turn), width, height, channels: 1 });
      for (const plane of ['data', 'border'] as const) {
        assert.ok(
          Buffer.from(straight[plane] ?? []).equals(turnPlane(turned[plane] ?? new Uint8Array(0), width, height, turn)),
          plane,
        );
      }
    });
  }
});
