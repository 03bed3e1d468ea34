import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Stages } from '../../lib/explain/stages';
import type { ExtractedDigit } from '../../lib/extract/digit';
import type { Frame } from '../../lib/pictures/frame';
import type { Mask } from '../../lib/pictures/picture';
import extract from '../../nodes/digits-extract/digits-extract';
import threshold from '../../nodes/digits-threshold/digits-threshold';
import { BAD_PICTURES, EMPTY_PICTURES, jpeg, photograph } from '../../support/drawn-pictures';
import { NodeUnderTest } from './runtime';

const load = (settings = {}): Promise<NodeUnderTest> => NodeUnderTest.load('digits-extract', extract, settings);
const digitsOf = ({ payload }: { payload?: unknown }): ExtractedDigit[] => payload as ExtractedDigit[];

/** A mask of upright bars, each 20 × 120. */
function bars(...lefts: number[]): Mask {
  const width = 400;
  const data = new Uint8Array(width * 200);
  for (const left of lefts) for (let y = 40; y < 160; y++) data.fill(255, y * width + left, y * width + left + 20);
  return { data, width, height: 200, channels: 1, mask: true };
}

describe('digits-extract', () => {
  NodeUnderTest.inRuntime();

  it('cuts the digits out of a picture, in reading order', async () => {
    const picture = await jpeg({
      writing: [
        { text: '407', x: 100, y: 60, height: 120 },
        { text: '15', x: 100, y: 280, height: 120 },
      ],
    });
    const msg = await (await load()).answer({ payload: picture });
    const digits = digitsOf(msg);
    assert.deepEqual(
      digits.map(({ line }) => line),
      [0, 0, 0, 1, 1],
    );
    const lefts = digits.map(({ box }) => box.x);
    assert.ok(lefts[0]! < lefts[1]! && lefts[1]! < lefts[2]! && lefts[3]! < lefts[4]!);
    for (const { image, box } of digits) {
      assert.equal(image.length, 784);
      assert.ok(Math.max(...image) > 200 && image[0] === 0);
      assert.ok(box.height > 100 && box.height < 140, `box is ${box.height} high`);
    }
    assert.equal(msg.digits, msg.payload);
    assert.deepEqual([(msg.frame as Frame).width, (msg.frame as Frame).height], [640, 480]);
  });

  it('takes a mask, and adds no frame', async () => {
    const msg = await (await load()).answer({ payload: bars(50, 200) });
    assert.deepEqual(
      digitsOf(msg).map(({ box }) => box),
      [
        { x: 50, y: 40, width: 20, height: 120 },
        { x: 200, y: 40, width: 20, height: 120 },
      ],
    );
    assert.equal(msg.frame, undefined);
  });

  it('gives boxes in pixels of the frame', async () => {
    const frame = { id: 'x', at: 1, source: 'camera', width: 800, height: 400, image: Buffer.alloc(1) };
    const msg = await (await load()).answer({ payload: bars(50), frame });
    assert.deepEqual(
      digitsOf(msg).map(({ box }) => box),
      [{ x: 100, y: 80, width: 40, height: 240 }],
    );
  });

  it('gives boxes in pixels of the mask where the frame has no size that makes sense', async () => {
    const node = await load();
    for (const frame of [
      null,
      5,
      {},
      { width: Infinity, height: 400 },
      { width: NaN, height: 400 },
      { width: '800', height: '400' },
      { width: -1, height: 1 },
    ]) {
      const msg = await node.answer({ payload: bars(50), frame });
      assert.deepEqual(
        digitsOf(msg).map(({ box }) => box),
        [{ x: 50, y: 40, width: 20, height: 120 }],
        JSON.stringify(frame),
      );
    }
  });

  it('fails on a mask that cannot be sent to its worker, and goes on', async () => {
    const node = await load();
    for (const [name, value] of [
      ['border', () => 0],
      ['ink', Symbol('ink')],
      ['background', new Map()],
      ['background', { data: () => 0, width: 1, height: 1 }],
    ] as const) {
      const { error } = await node.send({ payload: { ...bars(50), [name]: value } });
      assert.match(error ?? '', new RegExp(`expected .*${name} of a mask`));
    }
    assert.equal(digitsOf(await node.answer({ payload: bars(50) })).length, 1);
  });

  it('takes raw pixels that are all black and white for a picture, unless they say that they are a mask', async () => {
    const { data, width, height } = bars(50, 200);
    const node = await load();
    const black = { data: data.map((value) => 255 - value), width, height, channels: 1 };
    assert.deepEqual(
      digitsOf(await node.answer({ payload: black })).map(({ box }) => Math.round(box.x / 10)),
      [5, 20],
    );
    const inMask = digitsOf(await node.answer({ payload: { ...black, mask: true } }));
    assert.deepEqual(
      inMask.map(({ doubt }) => doubt),
      ['frame'],
    );
  });

  it('refuses masks that are too large or too small, as pictures', async () => {
    const node = await load();
    const mask = (width: number, height: number): object => ({
      data: new Uint8Array(width * height),
      width,
      height,
      channels: 1,
      mask: true,
    });
    assert.match(
      (await node.send({ payload: mask(8400, 8400) })).error ?? '',
      /at most 70 megapixels, got one of 8400 × 8400/,
    );
    assert.match((await node.send({ payload: mask(100, 4) })).error ?? '', /at least 8 × 8 pixels, got one of 100 × 4/);
  });

  it('gives boxes in pixels of a large picture, not of the smaller one that it works on', async () => {
    const writing = [{ text: '7', x: 800, y: 500, height: 700 }];
    const { box } = digitsOf(
      await (await load()).answer({ payload: await jpeg({ width: 1920, height: 1440, writing }) }),
    )[0]!;
    assert.ok(box.y > 400 && box.y < 600 && box.height > 600 && box.height < 850, JSON.stringify(box));
  });

  it('works alike behind a threshold node and without it', async () => {
    const payload = await photograph('52');
    const alone = digitsOf(await (await load()).answer({ payload }));
    const masked = await (await NodeUnderTest.load('digits-threshold', threshold)).answer({ payload });
    const behind = digitsOf(await (await load()).answer(masked));
    assert.deepEqual(behind, alone);
  });

  it('drops what is smaller than wanted', async () => {
    assert.equal(digitsOf(await (await load({ minimumSize: '50' })).answer({ payload: bars(50) })).length, 1);
    assert.equal(digitsOf(await (await load({ minimumSize: '70' })).answer({ payload: bars(50) })).length, 0);
  });

  it('leaves strokes as they are, if wanted', async () => {
    const payload = await photograph('7', { writing: [{ text: '7', x: 200, y: 100, height: 240, pen: 0.025 }] });
    const ink = async (settings: object): Promise<number> =>
      digitsOf(await (await load(settings)).answer({ payload }))[0]!.image.reduce((a, b) => a + b);
    assert.ok((await ink({ strengthen: true })) > 1.2 * (await ink({ strengthen: false })));
  });

  it('adds debug pictures of the steps that it did, where they are switched on', async () => {
    const payload = await photograph('407');
    assert.equal('debug' in (await (await load()).answer({ payload })), false);
    const node = await load({ debugPictures: true });
    const { debug } = await node.answer({ payload });
    assert.deepEqual(Object.keys(debug as object).sort(), ['components', 'digits', 'flattened', 'mask', 'shapes']);

    const masked = await node.answer({ payload: bars(50, 200), debug: { mask: 'of threshold' } });
    const { mask, shapes, components, ...rest } = masked.debug as Stages;
    assert.equal(mask, 'of threshold');
    assert.deepEqual(Object.keys(rest), ['digits']);
    assert.deepEqual(
      shapes,
      digitsOf(masked).map(({ box }) => ({ box })),
    );
    assert.equal((await sharp(components).metadata()).format, 'png');
  });

  for (const [name, picture] of Object.entries(EMPTY_PICTURES)) {
    it(`finds nothing of a digit's size without a doubt on ${name}`, async () => {
      const msg = await (await load()).answer({ payload: await picture() });
      assert.deepEqual(
        digitsOf(msg).filter(({ box, doubt }) => box.height > 20 && doubt === undefined),
        [],
      );
      assert.equal(msg.digits, msg.payload);
    });
  }

  for (const [name, { make, error }] of Object.entries(BAD_PICTURES)) {
    it(`fails on ${name} and goes on`, async () => {
      const node = await load();
      assert.match((await node.send({ payload: await make() })).error ?? '', error);
      assert.equal(digitsOf(await node.answer({ payload: bars(50) })).length, 1);
    });
  }

  it('fails on a mask whose ink does not fit', async () => {
    const { error } = await (await load()).send({ payload: { ...bars(50), ink: new Uint8Array(3) } });
    assert.match(error ?? '', /expected 80000 bytes as the ink of a mask of 400 × 200, got 3/);
  });
});
