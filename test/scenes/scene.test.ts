import assert from 'node:assert/strict';
import { Random } from '../../lib/random';
import { Backgrounds } from '../../scripts/scenes/backgrounds';
import { photograph, type Hardship } from '../../scripts/scenes/camera';
import { drawScene, KINDS, pickKind, type Scene } from '../../scripts/scenes/scene';
import { THINGS } from '../../scripts/scenes/things';
import { flat } from '../../scripts/scenes/field';

/** Stands for photographs: two pictures that tell their own part by brightness. */
function drawnBackgrounds(): Backgrounds {
  const picture = (side: number) => ({
    width: side,
    height: side,
    data: Uint8Array.from({ length: side * side }, (_, i) => (i * 31) % 256),
  });
  return new Backgrounds([picture(128), picture(300)], ['texture', 'photograph']);
}

const scene = (seed: number, part: 'train' | 'measure' = 'train'): Scene =>
  drawScene(new Random(1, seed), drawnBackgrounds(), part);

function assertWithin(values: Float32Array, low: number, high: number, what: string): void {
  // NaN fails too.
  const wrong = values.findIndex((value) => !(value >= low && value <= high));
  assert.equal(wrong, -1, `expected ${what} of ${low} to ${high}, got ${values[wrong]}`);
}

describe('Scenes', () => {
  it('draws the same picture for the same seed', async () => {
    for (const seed of [3, 4]) {
      const [one, two] = [scene(seed), scene(seed)];
      assert.deepEqual(one.reflect, two.reflect);
      assert.deepEqual(await photograph(new Random(seed), one), await photograph(new Random(seed), two));
    }
  });

  it('draws other pictures for measuring than for training', () => {
    for (let seed = 0; seed < 5; seed++)
      assert.notDeepEqual(scene(seed, 'train').reflect, scene(seed, 'measure').reflect);
  });

  it('draws every kind with values in range and an area in the picture', () => {
    for (const kind of KINDS) {
      for (let seed = 0; seed < 2; seed++) {
        const drawn = drawScene(new Random(2, seed), drawnBackgrounds(), 'train', kind);
        const { width, height, area } = drawn;
        assert.equal(drawn.kind, kind);
        assert.equal(drawn.reflect.length, width * height);
        assertWithin(drawn.reflect, 0, 1, `reflectance (${kind})`);
        assertWithin(drawn.light, 0, 1.2, `light (${kind})`);
        if (drawn.glare) assertWithin(drawn.glare, 0, 1, `glare (${kind})`);
        const x = area.x + area.width / 2;
        const y = area.y + area.height / 2;
        assert.ok(
          area.width > 0 && area.height > 0 && x > 0 && y > 0 && x < width && y < height,
          `${kind}: ${JSON.stringify(area)}`,
        );
      }
    }
  });

  it('comes to every kind, to both colours of ink and to tight crops by itself', () => {
    const random = new Random(5);
    const kinds = new Set(Array.from({ length: 2000 }, () => pickKind(random)));
    const inks = new Set<boolean>();
    const crops = new Set<boolean>();
    for (let seed = 0; seed < 100 && (inks.size < 2 || crops.size < 2); seed++) {
      const { invert, tight } = scene(seed);
      inks.add(invert);
      crops.add(tight);
    }
    assert.deepEqual([...kinds].sort(), [...KINDS].sort());
    assert.deepEqual([inks.size, crops.size], [2, 2]);
  });

  it('draws without photographs too', () => {
    const { kind } = drawScene(new Random(1), new Backgrounds(), 'train', 'photograph');
    assert.equal(kind, 'stone');
  });

  it('draws every thing with finite values', () => {
    for (const [name, draw] of Object.entries(THINGS)) {
      for (let seed = 0; seed < 5; seed++) {
        const field = flat(120, 90, 0.5);
        draw(field, new Random(seed), 60, 45, 50);
        assert.ok(field.data.every(Number.isFinite), name);
        assert.ok(
          field.data.some((value) => value !== 0.5),
          name,
        );
      }
    }
  });
});

describe('The camera', () => {
  const bare = (invert: boolean): Scene => {
    const { data } = flat(64, 48, invert ? 0.1 : 0.8);
    return {
      width: 64,
      height: 48,
      reflect: data,
      light: flat(64, 48, 1).data,
      invert,
      tight: false,
      kind: 'plain',
      area: { x: 0, y: 0, width: 64, height: 48, turn: 0 },
    };
  };
  const cover = {
    width: 64,
    height: 48,
    cover: Float32Array.from({ length: 64 * 48 }, (_, i) => (i % 64 < 32 ? 0.9 : 0)),
    owner: new Uint16Array(64 * 48),
  };

  it('shows ink darker than paper and chalk brighter than a board', async () => {
    for (const hardship of ['clean', 'mild', 'hard'] as Hardship[]) {
      for (const invert of [false, true]) {
        let right = 0;
        for (let seed = 0; seed < 20; seed++) {
          const picture = await photograph(new Random(seed), bare(invert), cover, { hardship });
          assert.deepEqual(
            [picture.width, picture.height, picture.channels, picture.data.length],
            [64, 48, 1, 64 * 48],
          );
          const mean = (from: number): number =>
            picture.data.reduce((sum, value, i) => sum + (i % 64 >= from && i % 64 < from + 16 ? value : 0), 0);
          if (mean(8) > mean(40) === invert) right++;
        }
        // Now and then a picture comes as its own negative.
        assert.ok(right >= 17, `${hardship}, ${invert ? 'chalk' : 'ink'}: ${right} of 20`);
      }
    }
  });

  it('refuses a cover of another size', async () => {
    await assert.rejects(
      photograph(new Random(1), bare(false), { ...cover, width: 63 }),
      /expected a cover of 64 × 48 pixels, got one of 63 × 48/,
    );
  });
});

describe('Backgrounds', () => {
  it('come in any size, and the same for the same seed', () => {
    const grounds = drawnBackgrounds();
    for (let seed = 0; seed < 10; seed++) {
      const one = grounds.pick(new Random(seed), 320, 250);
      assert.deepEqual([one.width, one.height, one.data.length], [320, 250, 320 * 250]);
      assert.deepEqual(one, grounds.pick(new Random(seed), 320, 250));
    }
  });

  it('are none where the folder is absent', async () => {
    assert.equal((await Backgrounds.read('no/such/folder', 'train')).count, 0);
  });
});
