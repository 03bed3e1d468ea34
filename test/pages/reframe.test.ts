import assert from 'node:assert/strict';
import type { Box } from '../../lib/pictures/picture';
import { Random } from '../../lib/random';
import type { Page } from '../../scripts/pages/page';
import { cropPage, turnPage } from '../../scripts/pages/reframe';
import type { Thing } from '../../scripts/pages/writing';

const WIDTH = 100;
const HEIGHT = 60;

/** A page on which each thing is a filled box, as dark as its number. */
function page(...things: (Pick<Thing, 'character' | 'kind'> & { box: Box })[]): Page {
  const data = new Uint8Array(WIDTH * HEIGHT).fill(200);
  const owner = new Uint16Array(data.length);
  things.forEach(({ box }, i) => {
    for (let y = box.y; y < box.y + box.height; y++) {
      data.fill(i, y * WIDTH + box.x, y * WIDTH + box.x + box.width);
      owner.fill(i + 1, y * WIDTH + box.x, y * WIDTH + box.x + box.width);
    }
  });
  return {
    picture: { data, width: WIDTH, height: HEIGHT, channels: 1 },
    owner,
    scene: 'plain',
    writing: 'number',
    things: things.map((thing) => ({ ...thing, line: 0 })),
  };
}

/** Whether each thing's pixels fill its box, in the picture as well as in `owner`. */
function assertInPlace({ picture: { data, width }, owner, things }: Page): void {
  things.forEach(({ box }, i) => {
    let count = 0;
    owner.forEach((own, at) => {
      assert.equal(own === i + 1, data[at] === i);
      if (own !== i + 1) return;
      const x = at % width;
      const y = Math.floor(at / width);
      count++;
      assert.ok(x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height);
    });
    assert.equal(count, box.width * box.height);
  });
}

const SEVEN = { character: '7', kind: 'digit', box: { x: 30, y: 10, width: 12, height: 30 } } as const;
const EIGHT = { character: '8', kind: 'digit', box: { x: 50, y: 12, width: 20, height: 28 } } as const;
const LINE = { character: '', kind: 'mark', box: { x: 5, y: 50, width: 90, height: 2 } } as const;

describe('a page turned by quarters', () => {
  for (const quarters of [1, 2, 3]) {
    it(`keeps what belongs together, ${quarters} quarters`, () => {
      const turned = turnPage(page(SEVEN, EIGHT, LINE), quarters);
      const { width, height } = turned.picture;
      assert.deepEqual([width, height], quarters === 2 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]);
      assertInPlace(turned);
    });
  }

  it('is turned clockwise', () => {
    assert.deepEqual(turnPage(page(SEVEN), 1).things[0]?.box, { x: 20, y: 30, width: 30, height: 12 });
  });

  it('has digits only where one stands alone that reads the same', () => {
    const kinds = (quarters: number, ...things: Parameters<typeof page>): string[] =>
      turnPage(page(...things), quarters).things.map(({ kind }) => kind);
    assert.deepEqual(kinds(2, EIGHT, LINE), ['digit', 'mark']);
    assert.deepEqual(kinds(1, EIGHT), ['scribble']);
    assert.deepEqual(kinds(2, SEVEN), ['scribble']);
    assert.deepEqual(kinds(2, SEVEN, EIGHT), ['scribble', 'scribble']);
  });
});

describe('a page cropped about its writing', () => {
  it('holds all of it and little more', () => {
    for (let seed = 0; seed < 20; seed++) {
      const cropped = cropPage(page(SEVEN, EIGHT), new Random(seed));
      const { width, height } = cropped.picture;
      assertInPlace(cropped);
      const most = 40 * 0.24 + 1;
      assert.ok(width >= 40 && width <= 40 + most && height >= 30 && height <= 30 + most, `${width} × ${height}`);
    }
  });

  it('cuts off marks', () => {
    const { things, picture } = cropPage(page(SEVEN, EIGHT, LINE), new Random(1));
    assert.equal(things[2]?.box.height, 0);
    assert.ok(picture.height < 45);
  });

  it('is the page itself where nothing is written', () => {
    const bare = page(LINE);
    assert.equal(cropPage(bare, new Random(1)), bare);
  });
});
