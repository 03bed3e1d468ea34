import { strict as assert } from 'node:assert';
import type { Mask, RawPicture } from '../../lib/pictures/picture';
import { otsuLevel } from '../../lib/threshold/otsu';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { drawPage, type PageOptions } from '../../support/drawing/page';

const WRITING: PageOptions = { writing: [{ text: '58', x: 180, y: 160, height: 160 }], seed: 3 };

/** Where the writing is: found on a page without shadow by a plain level. */
function written(options: PageOptions): Uint8Array {
  const { data } = drawPage({ ...options, shadow: false, light: 1 });
  return Uint8Array.from({ length: data.length / 3 }, (_, i) => (data[3 * i + 1]! < 110 ? 255 : 0));
}

/** Intersection over union of two masks. */
function agreement(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) either++;
  }
  return both / either;
}

function inkShare({ data }: Mask): number {
  return data.filter((value) => value === 255).length / data.length;
}

function negative(picture: RawPicture): RawPicture {
  return { ...picture, data: picture.data.map((value) => 255 - value) };
}

describe('thresholdPicture', () => {
  const page = drawPage(WRITING);
  const truth = written(WRITING);

  for (const method of ['automatic', 'otsu', 'adaptive', 'fixed'] as const) {
    it(`finds marker on evenly lit paper: ${method}`, () => {
      const mask = thresholdPicture(page, { method });
      assert.deepEqual(
        [mask.width, mask.height, mask.channels, mask.data.length, mask.ink?.length],
        [640, 480, 1, 307200, 307200],
      );
      assert.ok(mask.data.every((value) => value === 0 || value === 255));
      assert.ok(agreement(mask.data, truth) > 0.75, `agreement ${agreement(mask.data, truth)}`);
    });
  }

  it('copes with a shadow, which Otsu does not', () => {
    const shadowed = { ...WRITING, shadow: true, light: 0.75 };
    const automatic = agreement(thresholdPicture(drawPage(shadowed)).data, truth);
    const otsu = agreement(thresholdPicture(drawPage(shadowed), { method: 'otsu' }).data, truth);
    assert.ok(automatic > 0.75 && automatic > otsu, `automatic ${automatic}, Otsu ${otsu}`);
  });

  it('sees by itself whether the ink is dark or light', () => {
    const dark = thresholdPicture(page);
    const light = thresholdPicture(negative(page));
    assert.ok(agreement(dark.data, light.data) > 0.95);
    const wrong = thresholdPicture(page, { polarity: 'light' });
    assert.ok(agreement(wrong.data, truth) < 0.2);
  });

  it('reads the same mask at a third of the light', () => {
    const dim = { ...page, data: page.data.map((value) => value / 3) };
    assert.ok(agreement(thresholdPicture(dim).data, thresholdPicture(page).data) > 0.85);
  });

  for (const [name, options] of Object.entries<PageOptions>({
    'an empty sheet': { seed: 5 },
    'a shadow': { seed: 6, shadow: true },
  })) {
    it(`finds hardly anything on ${name}`, () => {
      const share = inkShare(thresholdPicture(drawPage(options)));
      assert.ok(share < 0.01, `${share * 100} % ink`);
    });
  }

  it('finds nothing on white and on black', () => {
    for (const grey of [0, 255]) {
      const flat = { data: new Uint8Array(100 * 80).fill(grey), width: 100, height: 80, channels: 1 };
      assert.equal(inkShare(thresholdPicture(flat)), 0);
    }
  });

  it('finds fainter strokes at a higher sensitivity', () => {
    const shares = [0, 0.5, 1].map((sensitivity) => inkShare(thresholdPicture(page, { sensitivity })));
    assert.ok(shares[0]! < shares[1]! && shares[1]! < shares[2]!, shares.join(' < '));
  });

  it('refuses options that it does not know', () => {
    const cases: [object, RegExp][] = [
      [{ method: 'magic' }, /method to be one of automatic, otsu, adaptive, fixed, got magic/],
      [{ polarity: 'red' }, /polarity to be one of .*, got red/],
      [{ level: 300 }, /level to be a number from 0 to 255, got 300/],
      [{ sensitivity: NaN }, /sensitivity to be a number from 0 to 1, got NaN/],
    ];
    for (const [options, message] of cases) assert.throws(() => thresholdPicture(page, options), message);
  });
});

describe('otsuLevel', () => {
  it('splits two classes in the middle', () => {
    assert.equal(otsuLevel(Uint8Array.of(10, 10, 10, 200, 200, 200)), 104);
  });

  it('calls nothing bright where all is equal', () => {
    assert.equal(otsuLevel(new Uint8Array(50).fill(7)), 255);
  });
});
