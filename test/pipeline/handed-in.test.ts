import assert from 'node:assert/strict';
import sharp from 'sharp';
import { acquireClassifier, type Classifier } from '../../lib/engine/classifier';
import type { Prediction } from '../../lib/classify/prediction';
import type { ExtractedDigit } from '../../lib/extract/digit';
import { PictureError, type Box, type Mask } from '../../lib/pictures/picture';
import { acquireInk, type InkReader } from '../../lib/ink/ink';
import { readDigits, readJudgedDigits, readText, type ReadOptions } from '../../lib/pipeline/reader';

/** A bar in the middle of 28×28 pixels, white on black. */
const BAR = Uint8Array.from({ length: 784 }, (_, i) => (Math.abs((i % 28) - 14) < 2 && i > 140 && i < 644 ? 255 : 0));

const DIGIT: ExtractedDigit = { image: BAR, box: { x: 5, y: 6, width: 10, height: 20 }, line: 0 };

/** A classifier that takes everything rather for no digit, else for a 1, and remembers what it was shown. */
function doubting(): Classifier & { shown: Uint8Array[] } {
  const shown: Uint8Array[] = [];
  const prediction: Prediction = {
    digit: 1,
    confidence: 0.4,
    probabilities: Array.from({ length: 10 }, (_, digit) => (digit === 1 ? 0.4 : 0)),
    notDigit: 0.6,
  };
  return {
    shown,
    modelPath: '/model',
    status: { state: 'idle' },
    info: undefined,
    reload: () => Promise.resolve(undefined),
    onStatus: () => () => undefined,
    release: () => Promise.resolve(),
    judge: () => Promise.resolve([]),
    compiled: () => Promise.resolve(undefined),
    describe: () => Promise.reject(new Error('not asked')),
    classify: (images) => {
      shown.push(...images);
      return Promise.resolve(images.map(() => prediction));
    },
  };
}

describe('what is handed in', () => {
  let ink: InkReader;
  before(() => {
    ink = acquireInk();
  });
  after(() => ink.release());

  const read = async (input: unknown): Promise<string> => (await readText(ink, doubting(), input)).reading.text;

  it('as one picture of 28×28 is rather a digit than none, unlike a shape of a page', async () => {
    const grey = { raw: { width: 28, height: 28, channels: 1 } } as const;
    assert.equal(await read(BAR), '1');
    assert.equal(await read({ data: BAR, width: 28, height: 28, channels: 1 }), '1');
    assert.equal(await read(await sharp(BAR, grey).png().toBuffer()), '1');
    assert.equal(await read(await sharp(BAR, grey).jpeg().toBuffer()), '1');
    assert.equal(await read([DIGIT]), '');
  });

  it('as one picture is shown to the network white on black, however it came', async () => {
    for (const pixels of [BAR, BAR.map((value) => 255 - value)]) {
      const classifier = doubting();
      await readText(ink, classifier, pixels);
      assert.deepEqual(classifier.shown, [BAR]);
    }
    // All of one shade holds nothing.
    for (const value of [0, 255]) assert.equal(await read(new Uint8Array(784).fill(value)), '');
  });

  it('as digits is refused where one of them is none, by its position', async () => {
    const wrong: [object, RegExp][] = [
      [{ image: new Uint8Array(783) }, /as the image at position 1/],
      [{ image: 'a text' }, /expected digits of .* at position 1/],
      [{ box: { x: 1, y: 2, width: NaN, height: 4 } }, /as the box at position 1/],
      [{ box: undefined }, /as the box at position 1/],
      [{ line: 0.5 }, /as the line at position 1/],
      [{ doubt: 'none' }, /expected a doubt of .* at position 1/],
      [{ part: { of: DIGIT.box, first: 0 } }, /expected a part .* at position 1/],
      [{ whole: { image: new Uint8Array(3), box: DIGIT.box } }, /as the image at position 1/],
    ];
    for (const [change, message] of wrong) {
      const digits = [DIGIT, { ...DIGIT, ...change }];
      await assert.rejects(readText(ink, doubting(), digits), (error: Error) => {
        assert.ok(error instanceof PictureError);
        assert.match(error.message, message);
        return true;
      });
      await assert.rejects(readJudgedDigits(ink, digits), PictureError);
    }
    for (const change of [{ surroundings: { picture: new Uint8Array(3), measures: [] } }, { judgement: [0.5, 0.5] }])
      await assert.rejects(readJudgedDigits(ink, [{ ...DIGIT, ...change }]), TypeError);
    const whole = { image: BAR, box: DIGIT.box };
    const part = { of: DIGIT.box, first: 0, last: 1 };
    assert.equal(
      await read([
        { ...DIGIT, doubt: 'speck' },
        { ...DIGIT, whole },
        { ...DIGIT, part },
      ]),
      '',
    );
  });

  it('as digits is no more than people write', async () => {
    const digits = (count: number): ExtractedDigit[] => new Array<ExtractedDigit>(count).fill(DIGIT);
    assert.equal((await readJudgedDigits(ink, digits(5000))).digits.length, 5000);
    await assert.rejects(readJudgedDigits(ink, digits(5001)), { code: 'too-large' });
  });

  it('as a mask is read with the options that come with it, in the pixels of their frame', async () => {
    const classifier = acquireClassifier();
    try {
      const [width, height] = [320, 240];
      const data = new Uint8Array(width * height);
      for (let y = 60; y < 180; y++) data.fill(255, y * width + 150, y * width + 164);
      const mask: Mask = { data, width, height, channels: 1, mask: true };
      const boxes = async (options: ReadOptions): Promise<Box[]> =>
        (await readText(ink, classifier, mask, options)).reading.digits.map(({ box }) => box);
      const extract = { frame: { width: 640, height: 480 } };
      const own = { x: 150, y: 60, width: 14, height: 120 };
      const framed = { x: 300, y: 120, width: 28, height: 240 };
      assert.deepEqual([await boxes({}), await boxes({ trace: {} })], [[own], [own]]);
      assert.deepEqual([await boxes({ extract }), await boxes({ extract, trace: {} })], [[framed], [framed]]);
      assert.deepEqual(await boxes({ extract: { minimumSize: 0.6 } }), []);
    } finally {
      await classifier.release();
    }
  });

  it('as a picture has boxes in its own pixels, also where it is worked on smaller', async () => {
    const width = 1600;
    const height = 1200;
    const data = new Uint8Array(width * height).fill(220);
    for (let y = 400; y < 800; y++) data.fill(20, y * width + 700, y * width + 760);
    for (const input of [
      { data, width, height, channels: 1 },
      await sharp(data, { raw: { width, height, channels: 1 } })
        .jpeg()
        .toBuffer(),
    ]) {
      const { digits, size } = await readDigits(ink, input);
      assert.deepEqual(size, { width, height });
      const { box } = digits.find(({ doubt }) => doubt === undefined)!;
      for (const [is, expected] of [
        [box.x, 700],
        [box.y, 400],
        [box.width, 60],
        [box.height, 400],
      ] as const)
        assert.ok(Math.abs(is - expected) < 12, JSON.stringify(box));
    }
  });
});
