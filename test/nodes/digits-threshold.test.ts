import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Frame } from '../../lib/pictures/frame';
import type { Mask } from '../../lib/pictures/picture';
import threshold from '../../nodes/digits-threshold/digits-threshold';
import { BAD_PICTURES, EMPTY_PICTURES, photograph } from '../../support/drawn-pictures';
import { NodeUnderTest } from './runtime';

const load = (settings = {}): Promise<NodeUnderTest> => NodeUnderTest.load('digits-threshold', threshold, settings);
const inkOf = ({ data }: Mask): number => data.filter((value) => value === 255).length / data.length;

describe('digits-threshold', () => {
  NodeUnderTest.inRuntime();

  it('turns a JPEG into a mask of 0 and 255 and describes the frame', async () => {
    const picture = await photograph('7');
    const began = Date.now();
    const { payload, frame } = (await (await load()).answer({ payload: picture })) as unknown as {
      payload: Mask;
      frame: Frame;
    };
    assert.deepEqual([payload.width, payload.height, payload.channels], [640, 480, 1]);
    assert.equal(payload.data.length, 640 * 480);
    assert.ok(payload.data.every((value) => value === 0 || value === 255));
    assert.ok(inkOf(payload) > 0.005 && inkOf(payload) < 0.05, `${inkOf(payload)} of the picture is ink`);
    assert.deepEqual([frame.source, frame.width, frame.height], ['message', 640, 480]);
    assert.deepEqual(frame.image, picture);
    assert.match(frame.id, /^[0-9a-f]{16}$/);
    assert.ok(frame.at >= began && frame.at <= Date.now());
  });

  it('keeps the frame that is there', async () => {
    const frame = { id: 'x', at: 1, source: 'camera', width: 1280, height: 960, image: Buffer.alloc(1) };
    const { frame: after } = await (await load()).answer({ payload: await photograph('7'), frame });
    assert.deepEqual(after, frame);
  });

  it('obeys the EXIF orientation', async () => {
    const turned = await sharp(await photograph('7'))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { payload, frame } = (await (await load()).answer({ payload: turned })) as unknown as {
      payload: Mask;
      frame: Frame;
    };
    assert.deepEqual([payload.width, payload.height, frame.width, frame.height], [480, 640, 480, 640]);
  });

  it('takes PNG, WebP, data: strings and raw pixels alike', async () => {
    const node = await load();
    const image = sharp(await photograph('7'));
    const png = await image.png().toBuffer();
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const pictures = [
      png,
      await image.webp({ lossless: true }).toBuffer(),
      `data:image/png;base64,${png.toString('base64')}`,
      { data, ...info },
    ];
    const inks: number[] = [];
    for (const payload of pictures) inks.push(inkOf((await node.answer({ payload })).payload as Mask));
    for (const share of inks)
      assert.ok(Math.abs(share - inks[0]!) < 0.01 * inks[0]!, `shares of ink: ${inks.join(', ')}`);
    assert.ok(inks[0]! > 0);
  });

  it('does as it is set', async () => {
    const picture = await photograph('7');
    const everything = await (
      await load({ method: 'fixed', level: '255', polarity: 'dark' })
    ).answer({ payload: picture });
    assert.ok(inkOf(everything.payload as Mask) > 0.99);
  });

  it('finds light ink on a dark board by itself', async () => {
    const board = await sharp(await photograph('7'))
      .negate()
      .jpeg()
      .toBuffer();
    const { payload } = await (await load()).answer({ payload: board });
    assert.ok(inkOf(payload as Mask) < 0.05);
  });

  it('adds debug pictures where they are switched on', async () => {
    const payload = await photograph('7');
    assert.equal('debug' in (await (await load()).answer({ payload })), false);
    const { debug } = await (await load({ debugPictures: true })).answer({ payload, debug: { mine: 1 } });
    const { flattened, mask, mine } = debug as { flattened: Buffer; mask: Buffer; mine: number };
    for (const png of [flattened, mask]) {
      const { format, width, height } = await sharp(png).metadata();
      assert.deepEqual([format, width, height], ['png', 640, 480]);
    }
    assert.equal(mine, 1);
  });

  it('fails on a setting that makes no sense', async () => {
    const { error } = await (await load({ method: 'fixed', level: 'dark' })).send({ payload: await photograph('7') });
    assert.match(error ?? '', /expected level to be a number from 0 to 255, got NaN/);
  });

  for (const [name, picture] of Object.entries(EMPTY_PICTURES)) {
    it(`finds next to no ink on ${name}`, async () => {
      const { payload } = await (await load()).answer({ payload: await picture() });
      assert.ok(inkOf(payload as Mask) < 0.005, `${inkOf(payload as Mask)} of the picture is ink`);
    });
  }

  for (const [name, { make, error, code }] of Object.entries(BAD_PICTURES)) {
    it(`fails on ${name} and goes on`, async () => {
      const node = await load();
      const outcome = await node.send({ payload: await make(), topic: 'kept' });
      assert.match(outcome.error ?? '', error);
      assert.equal(outcome.code, code ?? 'no-picture');
      assert.equal(outcome.msg.topic, 'kept');
      await node.answer({ payload: await photograph('7') });
    });
  }
});
