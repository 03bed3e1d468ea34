import assert from 'node:assert/strict';
import { strokeWidth } from '../../lib/extract/normalise';
import { augment } from '../../lib/train/synthesis/augment';
import { drawDigit } from '../../lib/train/synthesis/drawn-digits';
import { enlarge, FIELD_SIZE, FINE, toDistance } from '../../lib/train/synthesis/distance-field';
import { DIGIT_GLYPHS, LETTER_GLYPHS, SIGN_GLYPHS } from '../../lib/train/synthesis/glyphs';
import { type LabelledDigits } from '../../lib/data/idx';
import { drawNegative } from '../../lib/train/synthesis/negatives';
import { Random } from '../../lib/random';
import { makeBatch, planEpoch } from '../../lib/train/data/samples';
import { DIGIT_PIXELS, DIGIT_SIZE, NOT_A_DIGIT } from '../../lib/digit';

/** Drawn digits stand in for a data set. */
function drawnSet(count: number): LabelledDigits {
  const drawn = Array.from({ length: count }, (_, i) => drawDigit(new Random(42, i)));
  return {
    images: Uint8Array.from(drawn.flatMap(({ image }) => [...image])),
    labels: Uint8Array.from(drawn, ({ label }) => label),
  };
}

const mass = (image: Uint8Array): number => image.reduce((sum, value) => sum + value, 0) / 255;
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function centreOf(image: Uint8Array): { x: number; y: number } {
  let x = 0;
  let y = 0;
  image.forEach((value, i) => {
    x += value * ((i % DIGIT_SIZE) + 0.5);
    y += value * (Math.floor(i / DIGIT_SIZE) + 0.5);
  });
  return { x: x / mass(image) / 255, y: y / mass(image) / 255 };
}

describe('samples for training', () => {
  const data = drawnSet(60);

  it('come in a new order in each epoch, each digit once, in full batches', () => {
    const [first, second] = [1, 2].map((epoch) => planEpoch(60, 13, 5, epoch));
    assert.ok(first);
    const sources = first.flatMap((plan) => [...plan.sources]);
    assert.ok(first.every((plan) => plan.sources.length === 13));
    assert.equal(new Set(sources.filter((source) => source >= 0)).size, sources.filter((source) => source >= 0).length);
    assert.equal(sources.length, 78, '60 digits, 5 drawn ones, 13 negatives');
    assert.notDeepEqual(
      sources,
      second!.flatMap((plan) => [...plan.sources]),
    );
  });

  it('are left as they are where that is asked for: all, none, a share of them, or only those from one on', () => {
    const sources = Int32Array.from({ length: 60 }, (_, i) => i);
    const unchanged = (plain: number, plainFrom?: number): number[] => {
      const plan = { seed: 1, epoch: 1, first: 0, sources, plain, ...(plainFrom !== undefined && { plainFrom }) };
      const { images } = makeBatch(data, plan);
      return [...sources].filter((i) => {
        const of = (all: Uint8Array): Uint8Array => all.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS);
        return Buffer.compare(of(images), of(data.images)) === 0;
      });
    };
    assert.equal(unchanged(1).length, 60);
    // Some come as they are anyway.
    const usual = unchanged(0);
    assert.ok(usual.length < 20, String(usual.length));
    const half = unchanged(0.5).length;
    assert.ok(half > 25 && half < 55, String(half));
    const late = unchanged(0.9, 40);
    const early = (i: number): boolean => i < 40;
    assert.deepEqual(late.filter(early), usual.filter(early));
    assert.ok(late.length - late.filter(early).length > 12, String(late));
  });

  it('are the same for the same seed, and others for another', () => {
    const [plan] = planEpoch(60, 70, 1, 1);
    assert.ok(plan);
    const batch = makeBatch(data, plan);
    assert.deepEqual(makeBatch(data, plan), batch);
    assert.notDeepEqual(makeBatch(data, { ...plan, seed: 2 }).images, batch.images);
    assert.notDeepEqual(makeBatch(data, { ...plan, epoch: 2 }).images, batch.images);
  });

  it('do not depend on how an epoch is cut into batches', () => {
    const [plan] = planEpoch(60, 40, 1, 1);
    assert.ok(plan);
    const tail = makeBatch(data, { ...plan, first: plan.first + 15, sources: plan.sources.slice(15) });
    assert.deepEqual(tail.images, makeBatch(data, plan).images.subarray(15 * DIGIT_PIXELS));
  });

  it('keep their labels', () => {
    const sources = Int32Array.of(3, -1, -2, 59);
    const { labels } = makeBatch(data, { seed: 1, epoch: 1, first: 0, sources });
    assert.equal(labels[0], data.labels[3]);
    assert.ok(labels[1]! <= 9);
    assert.equal(labels[2], NOT_A_DIGIT);
    assert.equal(labels[3], data.labels[59]);
  });

  it('always have ink, and strokes as thick whether they are digits or not', () => {
    const widths = [-1, -2, 7].map((source) => {
      const { images } = makeBatch(data, { seed: 3, epoch: 1, first: 0, sources: new Int32Array(150).fill(source) });
      return mean(
        Array.from({ length: 150 }, (_, i) => {
          const image = images.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS);
          assert.ok(mass(image) > 4, `ink in sample ${i} of ${source}`);
          return strokeWidth(image, DIGIT_SIZE, DIGIT_SIZE);
        }),
      );
    });
    const [drawn = NaN, , digit = NaN] = widths;
    assert.ok(Math.abs(drawn - digit) < 0.6, `mean widths ${widths.join(', ')}`);
  });
});

describe('augmenting', () => {
  it('takes nothing from the picture it is given, and makes many of it', () => {
    const { image } = drawDigit(new Random(1));
    const before = image.slice();
    const made = new Set(
      Array.from({ length: 50 }, (_, i) => {
        const out = new Uint8Array(DIGIT_PIXELS);
        augment(image, new Random(i), out);
        return Buffer.from(out).toString('latin1');
      }),
    );
    assert.deepEqual(image, before);
    assert.ok(made.size > 40, `${made.size} different ones of 50`);
  });

  it('keeps the ink about the middle', () => {
    const centres = Array.from({ length: 100 }, (_, i) => {
      const out = new Uint8Array(DIGIT_PIXELS);
      augment(drawDigit(new Random(i)).image, new Random(i), out);
      return centreOf(out);
    });
    for (const axis of ['x', 'y'] as const) {
      assert.ok(Math.abs(mean(centres.map((centre) => centre[axis])) - 14) < 0.5);
      assert.ok(centres.every((centre) => Math.abs(centre[axis] - 14) < 5));
    }
  });

  it('leaves an empty picture empty', () => {
    for (let seed = 0; seed < 30; seed++) {
      const out = new Uint8Array(DIGIT_PIXELS).fill(9);
      augment(new Uint8Array(DIGIT_PIXELS), new Random(seed), out);
      assert.equal(mass(out), 0);
    }
  });
});

describe('the field of a picture', () => {
  const bar = new Uint8Array(DIGIT_PIXELS);
  for (let y = 4; y < 24; y++) bar.fill(255, y * DIGIT_SIZE + 12, y * DIGIT_SIZE + 16);
  const at = (field: Float32Array, x: number, y: number): number =>
    field[Math.floor(y * FINE) * FIELD_SIZE + Math.floor(x * FINE)]!;

  it("has the picture's values at the middle of its pixels", () => {
    const field = new Float32Array(FIELD_SIZE * FIELD_SIZE);
    const { image } = drawDigit(new Random(3));
    enlarge(image, field);
    image.forEach((value, i) => {
      assert.ok(Math.abs(at(field, (i % DIGIT_SIZE) + 0.5, Math.floor(i / DIGIT_SIZE) + 0.5) - value) < 1e-3);
    });
  });

  it('tells the distance from the edge, inside and outside', () => {
    const field = new Float32Array(FIELD_SIZE * FIELD_SIZE);
    enlarge(bar, field);
    toDistance(field, { left: 9, top: 1, right: 19, bottom: 27 });
    assert.ok(Math.abs(at(field, 14, 14) + 2) < 0.35, 'the bar is 4 pixels wide');
    assert.ok(Math.abs(at(field, 10.5, 14) - 1.5) < 0.35, '1.5 pixels beside it');
    assert.ok(at(field, 2, 14) > 100, 'far away');
  });
});

describe('what is drawn', () => {
  it('is written in glyphs that can be read', () => {
    for (const glyph of [...DIGIT_GLYPHS.flat(), ...LETTER_GLYPHS, ...SIGN_GLYPHS]) {
      assert.match(glyph, /^~?[0-9a-c]{2}( [0-9a-c]{2})+(,~?[0-9a-c]{2}( [0-9a-c]{2})+)*$/);
    }
    assert.equal(DIGIT_GLYPHS.length, 10);
  });

  it("is normalised as the camera's digits are", () => {
    const data = drawnSet(20);
    for (let i = 0; i < 60; i++) {
      const image = i % 2 ? drawDigit(new Random(i)).image : drawNegative(data, new Random(i));
      const columns = new Set<number>();
      const rows = new Set<number>();
      image.forEach((value, k) => {
        if (value > 0) {
          columns.add(k % DIGIT_SIZE);
          rows.add(Math.floor(k / DIGIT_SIZE));
        }
      });
      const longest = Math.max(Math.max(...columns) - Math.min(...columns), Math.max(...rows) - Math.min(...rows)) + 1;
      assert.ok(longest >= 17 && longest <= 28, `longest side ${longest}`);
    }
  });

  it('has no upright stroke among what is no digit', () => {
    const data = drawnSet(20);
    for (let i = 0; i < 200; i++) {
      const image = drawNegative(data, new Random(7, i));
      const columns = new Set<number>();
      const rows = new Set<number>();
      image.forEach((value, k) => {
        if (value >= 128) {
          columns.add(k % DIGIT_SIZE);
          rows.add(Math.floor(k / DIGIT_SIZE));
        }
      });
      const width = Math.max(...columns) - Math.min(...columns) + 1;
      const height = Math.max(...rows) - Math.min(...rows) + 1;
      assert.ok(width > 0.45 * height);
    }
  });
});
