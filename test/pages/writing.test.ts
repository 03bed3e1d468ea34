import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../lib/random';
import { fillOutlines } from '../../scripts/pages/outlines';
import { Hands } from '../../scripts/pages/hands';
import { InkLayer } from '../../scripts/pages/ink-layer';
import { partFew, partOf, type Part } from '../../scripts/pages/part';
import { write, type Area, type Writing } from '../../scripts/pages/writing';

const DATA = process.env['DIGITS_DATA'] ?? '../shared/data';
const PARTS: readonly Part[] = ['train', 'choose', 'measure'];
const PICTURE = { width: 240, height: 180 };
const AREA: Area = { x: 20, y: 15, width: 200, height: 150, turn: 0 };

describe('parts', () => {
  it('give each name to one part, and most to training', () => {
    const names = Array.from({ length: 30 }, (_, i) => `name ${i}`);
    const parted = PARTS.map((part) => partFew(names, part));
    assert.deepEqual(
      parted.map(({ length }) => length),
      [24, 3, 3],
    );
    assert.deepEqual(parted.flat().sort(), [...names].sort());
    const train = Array.from({ length: 1000 }, (_, i) => partOf(i)).filter((part) => part === 'train').length;
    assert.ok(train > 760 && train < 840, `${train} of 1000`);
  });
});

describe('outlines', () => {
  it('are filled where they wind, half where they cover half a pixel', () => {
    const square = [
      { type: 'M', x: 1, y: 1 },
      { type: 'L', x: 3.5, y: 1 },
      { type: 'L', x: 3.5, y: 3 },
      { type: 'L', x: 1, y: 3 },
      { type: 'Z' },
    ];
    assert.deepEqual(
      [...fillOutlines(square, 5, 4)],
      [0, 0, 0, 0, 0, 0, 255, 255, 128, 0, 0, 255, 255, 128, 0, 0, 0, 0, 0, 0],
    );
  });
});

describe('an ink layer', () => {
  it('prints a plane where it belongs', () => {
    const layer = new InkLayer(8, 6);
    const box = layer.stamp(
      { data: new Uint8Array(4).fill(255), width: 2, height: 2 },
      { xx: 1, xy: 0, yx: 0, yy: 1, x: 3, y: 2 },
      0.5,
      7,
    );
    assert.deepEqual(box, { x: 3, y: 2, width: 2, height: 2 });
    assert.deepEqual(
      [...layer.cover].map((cover, i) => (cover === 0.5 ? i : -1)).filter((i) => i >= 0),
      [19, 20, 27, 28],
    );
    assert.equal(layer.owner[19], 7);
  });
});

describe('writing', function () {
  let hands: Hands;

  before(async function () {
    if (!existsSync(join(DATA, 'mnist', 'train-images-idx3-ubyte.gz'))) {
      console.log(`      skipped: there is no MNIST in ${DATA}`);
      this.skip();
    }
    hands = await Hands.read(DATA, 'train');
  });

  const page = (seed: number, options?: Parameters<typeof write>[4]): Writing =>
    write(hands, new Random(4, seed), AREA, PICTURE, options);

  it('is the same for the same seed', () => {
    for (let seed = 0; seed < 10; seed++) {
      const [a, b] = [page(seed), page(seed)];
      assert.deepEqual(a.things, b.things);
      assert.deepEqual(a.layer.cover, b.layer.cover);
      assert.deepEqual(a.layer.owner, b.layer.owner);
    }
  });

  it('owns pixels in the boxes of its things, inside the area', () => {
    for (let seed = 0; seed < 60; seed++) {
      const { layer, things, kind } = page(seed);
      const seen = new Set<number>();
      layer.owner.forEach((owner, at) => {
        if (owner === 0) return;
        seen.add(owner);
        assert.ok(owner <= things.length, `owner ${owner} of ${things.length}`);
        const { box } = things[owner - 1]!;
        const x = at % layer.width;
        const y = Math.floor(at / layer.width);
        assert.ok(
          x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height,
          `${x} ${y} ${JSON.stringify(box)}`,
        );
        assert.ok(layer.cover[at]! > 0);
      });
      assert.equal(kind === 'nothing', things.length === 0, kind);
      for (const { box, kind } of things) {
        if (kind === 'mark') continue;
        assert.ok(
          box.x > 0 && box.y > 0 && box.x + box.width < PICTURE.width && box.y + box.height < PICTURE.height,
          `${seed} ${kind} ${JSON.stringify(box)}`,
        );
      }
    }
  });

  it('is of every kind, and often a lone 1', () => {
    const kinds = new Set<string>();
    let single = 0;
    let ones = 0;
    for (let seed = 0; seed < 400; seed++) {
      const { kind, things } = page(seed);
      kinds.add(kind);
      if (kind !== 'digit') continue;
      single++;
      if (things[0]!.character === '1') ones++;
    }
    assert.deepEqual([...kinds].sort(), ['cells', 'digit', 'mixed', 'nothing', 'number', 'numbers', 'other', 'words']);
    assert.ok(ones > 0.1 * single, `${ones} of ${single}`);
  });

  it('writes the digits that its things tell, left to right', () => {
    const { things } = page(3, { kind: 'number' });
    const digits = things.filter(({ kind }) => kind === 'digit');
    assert.ok(digits.length >= 2 && digits.every(({ character }) => /^[0-9]$/.test(character)));
    for (let i = 1; i < digits.length; i++) assert.ok(digits[i]!.box.x > digits[i - 1]!.box.x);
  });

  it('shares no writer and no typeface between parts', async () => {
    const all = [hands, await Hands.read(DATA, 'choose'), await Hands.read(DATA, 'measure')];
    const names = all.flatMap(({ fonts, writers }) => [...fonts.map(({ name }) => name), ...writers]);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      all.map(({ writers }) => writers.length),
      [20, 5, 5],
    );
  });
});
