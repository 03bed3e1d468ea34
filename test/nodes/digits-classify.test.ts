import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Digit, ExtractedDigit } from '../../lib/extract/digit';
import type { Frame } from '../../lib/pictures/frame';
import classify from '../../nodes/digits-classify/digits-classify';
import extract from '../../nodes/digits-extract/digits-extract';
import model from '../../nodes/digits-model/digits-model';
import { BAD_PICTURES, EMPTY_PICTURES, jpeg, photograph } from '../../support/drawn-pictures';
import { NodeUnderTest, type Message } from './runtime';

const load = (settings = {}, nodes: Record<string, unknown>[] = []): Promise<NodeUnderTest> =>
  NodeUnderTest.load('digits-classify', classify, settings, { modules: [model], nodes });
const digitsOf = (msg: Message): Digit[] => msg.digits as Digit[];

/** The digits that extract finds in a photograph of the text. */
async function extracted(text: string): Promise<ExtractedDigit[]> {
  const node = await NodeUnderTest.load('digits-extract', extract);
  return (await node.answer({ payload: await photograph(text) })).payload as ExtractedDigit[];
}

describe('digits-classify', () => {
  NodeUnderTest.inRuntime();

  it('reads a photograph', async () => {
    const msg = await (await load()).answer({ payload: await photograph('407') });
    assert.equal(msg.payload, '407');
    const digits = digitsOf(msg);
    assert.deepEqual(
      digits.map(({ digit }) => digit),
      [4, 0, 7],
    );
    // Nothing wrong and nothing left out: no more than all of them together.
    const together = digits.reduce((product, { confidence }) => product * confidence, 1);
    assert.ok(
      typeof msg.confidence === 'number' && msg.confidence > 0.8 && msg.confidence <= together + 1e-9,
      String(msg.confidence),
    );
    for (const { digit, confidence, probabilities, image } of digits) {
      assert.equal(probabilities.length, 10);
      assert.equal(probabilities[digit], confidence);
      const sum = probabilities.reduce((a, b) => a + b);
      assert.ok(sum > 0.5 && sum < 1.0001, `probabilities sum to ${sum}`);
      assert.equal(image.length, 784);
    }
    assert.deepEqual([(msg.frame as Frame).width, (msg.frame as Frame).height], [640, 480]);
  });

  it('puts a newline between lines of writing', async () => {
    const writing = [
      { text: '72', x: 150, y: 60, height: 120 },
      { text: '3', x: 170, y: 290, height: 120 },
    ];
    assert.equal((await (await load()).answer({ payload: await jpeg({ writing }) })).payload, '72\n3');
  });

  it('reads digits that come from extract, and leaves the frame alone', async () => {
    const payload = await extracted('52');
    const msg = await (await load()).answer({ payload, digits: payload });
    assert.equal(msg.payload, '52');
    assert.deepEqual(
      digitsOf(msg).map(({ box, line }) => ({ box, line })),
      payload.map(({ box, line }) => ({ box, line })),
    );
    assert.equal(msg.frame, undefined);
  });

  it('reads one 28×28 picture in every form', async () => {
    const { image } = (await extracted('3'))[0]!;
    const pixels = Buffer.from(image);
    const raw = { data: pixels, width: 28, height: 28, channels: 1 };
    const picture = sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } });
    const forms = [
      pixels,
      image,
      raw,
      await picture.png().toBuffer(),
      await picture.negate().png().toBuffer(),
      pixels.map((value) => 255 - value),
    ];
    const node = await load();
    for (const [i, payload] of forms.entries()) {
      const msg = await node.answer({ payload });
      assert.equal(msg.payload, '3', `form ${i}`);
      assert.deepEqual(
        digitsOf(msg).map(({ box, line }) => ({ box, line })),
        [{ box: { x: 0, y: 0, width: 28, height: 28 }, line: 0 }],
      );
    }
  });

  it('reads nothing from no digits and from an empty 28×28 picture', async () => {
    const node = await load();
    for (const payload of [[], Buffer.alloc(784), Buffer.alloc(784, 255)]) {
      const { payload: text, confidence, digits, otherWriting } = await node.answer({ payload });
      assert.deepEqual(
        { text, confidence, digits, otherWriting },
        { text: '', confidence: 0, digits: [], otherWriting: false },
      );
    }
  });

  it('adds debug pictures of the steps that it did, where they are switched on', async () => {
    const payload = await photograph('407');
    assert.equal('debug' in (await (await load()).answer({ payload })), false);
    const { debug } = await (await load({ debugPictures: true })).answer({ payload });
    assert.deepEqual(Object.keys(debug as object).sort(), ['components', 'digits', 'flattened', 'mask', 'shapes']);

    const digits = await extracted('52');
    const behind = await (
      await load({ debugPictures: true })
    ).answer({ payload: digits, debug: { components: 'of extract' } });
    const { components, digits: picture, ...rest } = behind.debug as Record<string, unknown>;
    assert.equal(components, 'of extract');
    assert.equal((await sharp(picture as Buffer).metadata()).format, 'png');
    assert.deepEqual(rest, {});
  });

  for (const [name, picture] of Object.entries(EMPTY_PICTURES)) {
    it(`reads nothing from ${name}`, async () => {
      const { payload, confidence, digits } = await (await load()).answer({ payload: await picture() });
      assert.deepEqual({ payload, confidence, digits }, { payload: '', confidence: 0, digits: [] });
    });
  }

  it('answers in order', async () => {
    const node = await load();
    const texts = ['1', '22', '3', '44', '5'];
    for (const text of texts) node.node.receive({ payload: await photograph(text), topic: text });
    for (const text of texts) assert.equal((await node.next()).msg.topic, text);
  });

  it('reads with the model that it is set to', async () => {
    const node = await load({ model: 'shipped' }, [{ id: 'shipped', type: 'digits-model', path: '' }]);
    assert.equal((await node.answer({ payload: await photograph('7') })).payload, '7');
  });

  it('fails where the model is missing, and still sees what is empty', async () => {
    const node = await load({ model: 'lost' }, [{ id: 'lost', type: 'digits-model', path: 'no-such-model' }]);
    assert.match((await node.send({ payload: await photograph('7') })).error ?? '', /no-such-model/);
    assert.equal((await node.answer({ payload: [] })).payload, '');
  });

  it('fails where the model node is gone', async () => {
    assert.match(
      (await (await load({ model: 'gone' })).send({ payload: [] })).error ?? '',
      /does not exist or is disabled/,
    );
  });

  const box = { x: 0, y: 0, width: 1, height: 1 };
  for (const [name, digit, error] of [
    ['that is a number', 5, /expected digits of \{ image, box, line \}.*got the number 5 at position 0/],
    [
      'with too small an image',
      { image: Buffer.alloc(10), box, line: 0 },
      /28×28 bytes, got a Buffer of 10 bytes as the image at position 0/,
    ],
    ['without a box', { image: Buffer.alloc(784), line: 0 }, /got undefined as the box at position 0/],
    ['without a line', { image: Buffer.alloc(784), box }, /got undefined as the line at position 0/],
  ] as const) {
    it(`fails on a digit ${name}`, async () => {
      assert.match((await (await load()).send({ payload: [digit] })).error ?? '', error);
    });
  }

  for (const [name, { make, error }] of Object.entries(BAD_PICTURES)) {
    it(`fails on ${name} and goes on`, async () => {
      const node = await load();
      assert.match((await node.send({ payload: await make() })).error ?? '', error);
      assert.equal((await node.answer({ payload: [] })).payload, '');
    });
  }
});
