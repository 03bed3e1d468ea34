import assert from 'node:assert/strict';
import sharp from 'sharp';
import { annotate } from '../../lib/annotate/annotate';
import { marksOf } from '../../lib/annotate/marks';
import { ACCEPTED, REJECTED, UNJUDGED, type Mark } from '../../lib/annotate/overlay';
import { BAD_PICTURES, photograph, plain } from '../../support/drawn-pictures';

interface Pixels {
  data: Buffer;
  width: number;
  height: number;
}

const pixels = async (image: Buffer): Promise<Pixels> => {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  assert.equal(info.channels, 3);
  return { data, width: info.width, height: info.height };
};
const hex = ({ data, width }: Pixels, x: number, y: number): string =>
  `#${data
    .subarray((y * width + x) * 3, (y * width + x) * 3 + 3)
    .toString('hex')
    .toUpperCase()}`;

/** How many pixels have just this colour, and between which edges they lie. */
function extent(
  picture: Pixels,
  colour: string,
): { count: number; left: number; top: number; right: number; bottom: number } {
  let count = 0;
  let left = Infinity;
  let top = Infinity;
  let right = -1;
  let bottom = -1;
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      if (hex(picture, x, y) !== colour) continue;
      count++;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { count, left, top, right, bottom };
}

const GREY = 180;
const SEVEN: Mark = { box: { x: 100, y: 120, width: 60, height: 90 }, digit: 7, confidence: 0.987 };
const png = { format: 'png' } as const;

describe('annotate', () => {
  for (const [what, accepted, look] of [
    ['accepted', true, ACCEPTED],
    ['rejected', false, REJECTED],
    ['nobody has judged', undefined, UNJUDGED],
  ] as const) {
    it(`draws what is ${what} in its own colour, about its box`, async () => {
      const { image } = await annotate(await plain(GREY, 320, 240), [SEVEN], { ...png, accepted });
      const found = extent(await pixels(image), look.colour);
      assert.ok(found.count > 200, `${found.count} pixels`);
      assert.ok(found.left < 100 && found.left > 85 && found.right > 160 && found.right < 175, JSON.stringify(found));
      // The digit stands above, the confidence below.
      assert.ok(found.top < 120 - 9 && found.bottom > 210 + 7, JSON.stringify(found));
      for (const other of [ACCEPTED, REJECTED, UNJUDGED].filter((one) => one !== look))
        assert.equal(extent(await pixels(image), other.colour).count, 0);
    });
  }

  it('tells rejected from accepted also without colour: the line is broken', async () => {
    const sides = [];
    for (const accepted of [true, false]) {
      const picture = await pixels(
        (await annotate(await plain(GREY, 320, 240), [{ box: SEVEN.box }], { ...png, accepted })).image,
      );
      const { left } = extent(picture, (accepted ? ACCEPTED : REJECTED).colour);
      sides.push(
        Array.from({ length: 80 }, (_, i) => hex(picture, left, 125 + i)).filter((colour) => colour === '#FFFFFF')
          .length,
      );
    }
    assert.equal(sides[0], 0);
    assert.ok(sides[1]! > 15, `${sides[1]} of 80 pixels are gaps`);
  });

  it('scales boxes from the frame to the picture, and large pictures down', async () => {
    const marks = [{ box: { x: 1000, y: 1200, width: 600, height: 900 } }];
    const { image, width, height } = await annotate(await plain(GREY, 1600, 1200), marks, {
      ...png,
      accepted: true,
      frame: { width: 3200, height: 2400 },
      longestSide: 320,
    });
    assert.deepEqual([width, height], [320, 240]);
    const { left, right, top, bottom } = extent(await pixels(image), ACCEPTED.colour);
    assert.ok(
      left >= 94 &&
        left < 100 &&
        right >= 160 &&
        right < 166 &&
        top >= 114 &&
        top < 120 &&
        bottom >= 210 &&
        bottom < 216,
      JSON.stringify({ left, right, top, bottom }),
    );
  });

  it('draws lines and letters that fit the size of the picture', async () => {
    const shares = [];
    for (const scale of [1, 4]) {
      const box = { x: 100 * scale, y: 120 * scale, width: 60 * scale, height: 90 * scale };
      const { image } = await annotate(await plain(GREY, 320 * scale, 240 * scale), [{ ...SEVEN, box }], {
        ...png,
        accepted: true,
      });
      shares.push(extent(await pixels(image), ACCEPTED.colour).count / (320 * 240 * scale ** 2));
    }
    assert.ok(
      shares[1]! > shares[0]! * 0.4 && shares[1]! < shares[0]! * 1.2,
      `shares of the picture: ${shares.join(', ')}`,
    );
  });

  it('cuts a box off at the edge, and leaves out what lies outside', async () => {
    const edge = await annotate(
      await plain(GREY, 320, 240),
      [{ ...SEVEN, box: { x: -50, y: -50, width: 500, height: 500 } }],
      { ...png, accepted: true },
    );
    const { left, top, right, bottom } = extent(await pixels(edge.image), ACCEPTED.colour);
    assert.ok(left <= 4 && top <= 4 && right >= 315 && bottom >= 235, JSON.stringify({ left, top, right, bottom }));
    const outside = await annotate(
      await plain(GREY, 320, 240),
      [{ ...SEVEN, box: { x: 400, y: 0, width: 10, height: 10 } }],
      png,
    );
    assert.ok((await pixels(outside.image)).data.every((value) => value === GREY));
  });

  it('leaves a picture without digits plain', async () => {
    const picture = await plain(GREY, 320, 240);
    assert.deepEqual((await pixels((await annotate(picture, [], png)).image)).data, (await pixels(picture)).data);
  });

  it('takes JPEG, data: strings and raw pixels of any channels, and keeps colours', async () => {
    const red = { r: 200, g: 30, b: 30 };
    const jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: red } })
      .jpeg({ quality: 95 })
      .toBuffer();
    for (const picture of [
      jpeg,
      `data:image/jpeg;base64,${jpeg.toString('base64')}`,
      { data: Buffer.alloc(64 * 48 * 3, Buffer.from([200, 30, 30])), width: 64, height: 48, channels: 3 },
    ]) {
      const { data } = await pixels((await annotate(picture, [SEVEN], { frame: { width: 640, height: 480 } })).image);
      const corner = data.subarray(-3);
      assert.ok(Math.abs(corner[0]! - red.r) < 6 && Math.abs(corner[1]! - red.g) < 8, corner.toString('hex'));
    }
    for (const channels of [1, 2, 4]) {
      const { image } = await annotate(
        { data: Buffer.alloc(320 * 240 * channels, 255), width: 320, height: 240, channels },
        [SEVEN],
        { ...png, accepted: true },
      );
      assert.ok(extent(await pixels(image), ACCEPTED.colour).count > 200, `${channels} channels`);
    }
  });

  it('writes every digit and per cent sign differently', async () => {
    const seen = new Set<string>();
    for (let digit = 0; digit <= 9; digit++)
      seen.add(
        (await pixels((await annotate(await plain(GREY, 320, 240), [{ ...SEVEN, digit }], png)).image)).data.toString(
          'hex',
        ),
      );
    for (const confidence of [0, 0.5, 0.999, 1])
      seen.add(
        (
          await pixels((await annotate(await plain(GREY, 320, 240), [{ ...SEVEN, confidence }], png)).image)
        ).data.toString('hex'),
      );
    assert.equal(seen.size, 14);
  });

  it('obeys the EXIF orientation', async () => {
    const turned = await sharp(await photograph('7'))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { width, height } = await annotate(turned, []);
    assert.deepEqual([width, height], [480, 640]);
  });

  for (const [name, { make, error }] of Object.entries(BAD_PICTURES)) {
    it(`fails on ${name}`, async () => {
      const picture = await make();
      await assert.rejects(annotate(picture, [SEVEN]), { name: 'PictureError', message: error });
    });
  }
});

describe('what is drawn about the digits of a message', () => {
  it('is their boxes, digits and confidences; none where there are none', () => {
    const box = { x: 1, y: 2, width: 3, height: 4 };
    assert.deepEqual(
      marksOf([{ box, digit: 4, confidence: 0.5, line: 0 }, { box }, { box, digit: 'four', confidence: 7 }]),
      [
        { box, digit: 4, confidence: 0.5 },
        { box, digit: undefined, confidence: undefined },
        { box, digit: undefined, confidence: undefined },
      ],
    );
    assert.deepEqual(marksOf([]), []);
  });

  it('is an error where they have no boxes', () => {
    assert.throws(
      () => marksOf([{ box: { x: 1, y: 2, width: 3, height: NaN } }]),
      /expected digits with a box of .*, got an object with x, y, width, height at position 0/,
    );
    assert.throws(() => marksOf([7]), /got the number 7 at position 0/);
  });
});
