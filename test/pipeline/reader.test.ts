import { strict as assert } from 'node:assert';
import sharp from 'sharp';
import { benchPictures } from '../../bench/pictures';
import { acquireClassifier, type Classifier } from '../../lib/engine/classifier';
import { decodePicture } from '../../lib/pictures/decode';
import { PictureError } from '../../lib/pictures/picture';
import { readDigits, readMask, readText, type Sized } from '../../lib/pipeline/reader';
import { acquireInk, type InkReader } from '../../lib/ink/ink';
import type { Reading } from '../../lib/classify/reading';
import { photograph } from '../../support/drawn-pictures';

describe('a JPEG of the working size', () => {
  let ink: InkReader;
  let classifier: Classifier;
  let jpeg: Buffer;

  before(async () => {
    [ink, classifier] = [acquireInk(), acquireClassifier()];
    jpeg = await photograph('407');
  });

  after(() => Promise.all([ink.release(), classifier.release()]));

  it('is read as its pixels are', async () => {
    const { picture } = await decodePicture(jpeg);
    const expected = await readText(ink, classifier, picture);
    const { reading, size } = await readText(ink, classifier, jpeg);
    assert.deepEqual([reading.text, expected.reading.text, size], ['407', '407', { width: 640, height: 480 }]);
    assert.ok(Math.abs(reading.confidence - expected.reading.confidence) < 0.02);
  });

  it('gives the masks and digits that its pixels give, with the size of the picture', async () => {
    const { picture } = await decodePicture(jpeg);
    const { digits, size } = await readDigits(ink, jpeg);
    assert.deepEqual(size, { width: 640, height: 480 });
    assert.deepEqual(
      digits.map(({ box }) => box),
      (await readDigits(ink, picture)).digits.map(({ box }) => box),
    );
    const { mask, size: sizeOfMask } = await readMask(ink, jpeg);
    const { mask: expected } = await readMask(ink, picture);
    assert.deepEqual(sizeOfMask, { width: 640, height: 480 });
    const differing = mask.data.filter((value, i) => value !== expected.data[i]).length;
    assert.ok(differing < mask.data.length / 1000, `${differing} pixels differ`);
  });

  it('is described as always where it is damaged, and one of the size of a digit is a digit', async () => {
    const cut = jpeg.subarray(0, jpeg.length / 2);
    await assert.rejects(
      readText(ink, classifier, cut),
      (error) => error instanceof PictureError && error.message.startsWith('the picture is damaged or cut off'),
    );
    const bar = { create: { width: 3, height: 18, channels: 3, background: 'black' } } as const;
    const paper = sharp({ create: { width: 28, height: 28, channels: 3, background: 'white' } });
    paper.composite([{ input: bar, left: 13, top: 5 }]);
    assert.equal((await readText(ink, classifier, await paper.jpeg({ quality: 95 }).toBuffer())).reading.text, '1');
  });
});

describe('a picture that is read in one job', () => {
  let ink: InkReader;
  let classifier: Classifier;

  before(() => {
    [ink, classifier] = [acquireInk(), acquireClassifier()];
  });

  after(() => Promise.all([ink.release(), classifier.release()]));

  /** What users see of a reading, without what differs in the last bits. */
  const shown = ({ reading: { text, otherWriting, digits } }: Sized<{ reading: Reading }>): object => ({
    text,
    otherWriting,
    digits: digits.map(({ digit, box, line, image }) => ({ digit, box, line, image: [...image] })),
  });

  it('is read as step by step, whatever was read before it', async () => {
    const pictures = Object.values((await benchPictures()).pictures).filter((each) => !(each instanceof Uint8Array));
    assert.ok(pictures.length > 3);
    const first: object[] = [];
    for (const picture of pictures) {
      const read = await readText(ink, classifier, picture);
      const stepwise = await readText(ink, classifier, picture, { trace: {} });
      assert.deepEqual(shown(read), shown(stepwise));
      assert.ok(Math.abs(read.reading.confidence - stepwise.reading.confidence) < 1e-6);
      const { mask } = await readMask(ink, picture);
      assert.deepEqual(shown(await readText(ink, classifier, mask)), shown(read));
      first.push(shown(read));
    }
    // Masks lie where those of the pictures before lay.
    const again = await Promise.all(pictures.toReversed().map((picture) => readText(ink, classifier, picture)));
    assert.deepEqual(again.toReversed().map(shown), first);
  });
});
