import { strict as assert } from 'node:assert';
import sharp from 'sharp';
import type { Prediction } from '../../lib/classify/prediction';
import { toReading } from '../../lib/classify/reading';
import { digitOutcomes, OUTCOMES, shapeOutcomes } from '../../lib/explain/outcomes';
import { drawSheet, summary } from '../../lib/explain/sheet';
import { drawStages } from '../../lib/explain/stages';
import type { Trace } from '../../lib/pipeline/trace';
import { explainShapes, extractDigits } from '../../lib/extract/extract';
import type { Box, GreyPicture, Mask } from '../../lib/pictures/picture';

const WIDTH = 400;
const HEIGHT = 300;

/** A digit of the drawn page, a speck beside it, and a broad stroke that the right edge cuts. */
const BAR: Box = { x: 80, y: 60, width: 20, height: 140 };
const SPECK: Box = { x: 200, y: 100, width: 5, height: 5 };
const CUT: Box = { x: 340, y: 120, width: 60, height: 70 };

function maskOf(...boxes: Box[]): Mask {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (const { x, y, width, height } of boxes)
    for (let row = y; row < y + height; row++) data.fill(255, row * WIDTH + x, row * WIDTH + x + width);
  return { data, width: WIDTH, height: HEIGHT, channels: 1, mask: true };
}

const prediction = (digit: number, confidence: number): Prediction => ({
  digit,
  confidence,
  probabilities: Array.from({ length: 10 }, (_, i) => (i === digit ? confidence : 0)),
  notDigit: 1 - confidence,
});

/** What reading a mask leaves behind, with predictions in place of the network's. */
function traceOf(mask: Mask, predictions: Prediction[], frame = { width: WIDTH, height: HEIGHT }): Trace {
  const digits = extractDigits(mask, { frame });
  assert.equal(digits.length, predictions.length);
  const picture: GreyPicture = {
    data: mask.data.map((value) => 255 - value),
    width: WIDTH,
    height: HEIGHT,
    channels: 1,
  };
  return {
    thresholded: { picture, mask },
    extracted: { mask, frame, shapes: explainShapes(mask, { frame }) },
    digits,
    classified: { predictions, reading: toReading(digits, predictions) },
  };
}

interface Pixels {
  width: number;
  height: number;
  at: (x: number, y: number) => number[];
}

async function decode(png: Buffer | undefined): Promise<Pixels> {
  assert.ok(png);
  const {
    data,
    info: { width, height, channels },
  } = await sharp(png).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    width,
    height,
    at: (x, y) => [...data.subarray((y * width + x) * channels, (y * width + x) * channels + 3)],
  };
}

/**
 * Whether an outline of the outcome's colour runs along the upper side of a box that was drawn `scale` times as large.
 */
function hasOutline({ at }: Pixels, { x, y, width }: Box, outcome: keyof typeof OUTCOMES, scale: number): boolean {
  const wanted = [1, 3, 5].map((i) => parseInt(OUTCOMES[outcome].colour.slice(i, i + 2), 16));
  const column = Math.round((x + width / 2) * scale);
  const row = Math.round(y * scale);
  return [0, 1, 2, 3, 4].some((up) => at(column, row - up).every((value, c) => Math.abs(value - wanted[c]!) < 40));
}

describe('explainShapes', () => {
  it('tells of every shape why it is left out', () => {
    const shapes = explainShapes(maskOf(BAR, SPECK, CUT));
    const by = (box: Box) => shapes.find((shape) => shape.box.x === box.x);
    assert.deepEqual(by(BAR), { box: BAR });
    assert.deepEqual(by(SPECK), { box: SPECK, doubt: 'speck' });
    assert.deepEqual(by(CUT), { box: CUT, doubt: 'touches the edge' });
    assert.equal(shapes.length, 3);
  });

  it('leaves in exactly what extractDigits finds, in pixels of the frame', () => {
    const mask = maskOf(BAR, { ...BAR, x: 220 }, SPECK, CUT);
    const frame = { width: 2 * WIDTH, height: 2 * HEIGHT };
    const kept = explainShapes(mask, { frame })
      .filter(({ doubt }) => doubt === undefined)
      .map(({ box }) => box);
    assert.deepEqual(
      kept.sort((a, b) => a.x - b.x),
      extractDigits(mask, { frame }).map(({ box }) => box),
    );
    assert.deepEqual(kept[0], { x: 160, y: 120, width: 40, height: 280 });
  });

  it('calls everything texture where there are more digits than anybody writes', () => {
    const many = Array.from({ length: 300 }, (_, i): Box => ({
      x: 8 + 19 * (i % 20),
      y: 6 + 19 * Math.floor(i / 20),
      width: 3,
      height: 10,
    }));
    assert.equal(extractDigits(maskOf(...many.slice(0, 200))).length, 200);
    assert.deepEqual(extractDigits(maskOf(...many)), []);
    assert.ok(explainShapes(maskOf(...many)).every(({ doubt }) => doubt === 'texture'));
  });
});

describe('shapeFates', () => {
  it('adds what the network made of the digits', () => {
    const trace = traceOf(maskOf(BAR, { ...BAR, x: 160 }, { ...BAR, x: 240 }, SPECK), [
      prediction(1, 0.9),
      prediction(7, 0.8),
      prediction(4, 0.2),
    ]);
    const outcomes = shapeOutcomes(trace)
      .sort((a, b) => a.box.x - b.box.x)
      .map(({ outcome, digit }) => [outcome, digit]);
    assert.deepEqual(outcomes, [
      ['digit', 1],
      ['digit', 7],
      ['speck', undefined],
      ['not a digit', undefined],
    ]);
    assert.equal(summary(trace), '2 digits; left out: 1 × not a digit, 1 × speck');
  });

  it('tells digits among other writing', () => {
    const trace = traceOf(maskOf(BAR, { ...BAR, x: 160 }, { ...BAR, x: 240 }), [
      prediction(1, 0.9),
      prediction(7, 0.1),
      prediction(4, 0.2),
    ]);
    assert.deepEqual(digitOutcomes(trace), ['other writing', 'not a digit', 'not a digit']);
  });

  it('knows no outcome of digits that no network has seen', () => {
    assert.deepEqual(digitOutcomes({ digits: extractDigits(maskOf(BAR)) }), [undefined]);
  });
});

describe('drawStages', () => {
  const frame = { width: 3 * WIDTH, height: 3 * HEIGHT };
  const mask = maskOf(BAR, SPECK, CUT);
  mask.ink = mask.data.map((value) => (value ? 200 : 10));

  it('draws every stage that was performed', async () => {
    const stages = await drawStages(traceOf(mask, [prediction(1, 0.9)], frame));
    const flattened = await decode(stages.flattened);
    const black = await decode(stages.mask);
    for (const { width, height } of [flattened, black]) assert.deepEqual([width, height], [WIDTH, HEIGHT]);
    assert.deepEqual(
      [flattened.at(90, 100), flattened.at(10, 10)],
      [
        [55, 55, 55],
        [245, 245, 245],
      ],
    );
    assert.deepEqual(
      [black.at(90, 100), black.at(10, 10)],
      [
        [0, 0, 0],
        [255, 255, 255],
      ],
    );

    const components = await decode(stages.components);
    assert.equal(components.width, 640);
    assert.ok(components.height > 480 + 3 * 20, 'there is a legend of three lines');
    const scale = 640 / WIDTH;
    assert.ok(hasOutline(components, BAR, 'digit', scale));
    assert.ok(hasOutline(components, SPECK, 'speck', scale));
    assert.ok(hasOutline(components, CUT, 'touches the edge', scale));
    assert.ok(!hasOutline(components, CUT, 'digit', scale));

    assert.deepEqual(stages.shapes?.map(({ outcome }) => outcome).sort(), ['speck', 'touches the edge', undefined]);
    const digits = await decode(stages.digits);
    assert.equal(digits.width, 640);
    assert.ok(digits.height > 112);
  });

  it('draws what a closer look takes for written, where one was taken', async () => {
    const trace = traceOf(mask, [prediction(1, 0.9)], frame);
    const written = mask.data.map((value) => 255 - value);
    assert.equal((await drawStages(trace)).written, undefined);
    assert.ok(trace.extracted);
    const black = await decode((await drawStages({ ...trace, extracted: { ...trace.extracted, written } })).written);
    assert.deepEqual(
      [black.at(90, 100), black.at(10, 10)],
      [
        [255, 255, 255],
        [0, 0, 0],
      ],
    );
  });

  it('enlarges the digits, each pixel to a square', async () => {
    const digits = extractDigits(mask);
    const { at } = await decode((await drawStages({ digits })).digits);
    const { image } = digits[0]!;
    for (const [x, y] of [
      [0, 0],
      [14, 14],
      [14, 6],
      [27, 27],
    ] as const) {
      const value = image[y * 28 + x];
      for (const offset of [1, 2]) assert.deepEqual(at(4 + 4 * x + offset, 4 + 4 * y + offset), [value, value, value]);
    }
  });

  it('draws nothing of steps that were not performed', async () => {
    assert.deepEqual(Object.keys(await drawStages({})), []);
    const { thresholded, extracted, digits } = traceOf(mask, [prediction(1, 0.9)]);
    assert.ok(thresholded && extracted && digits);
    assert.deepEqual(Object.keys(await drawStages({ thresholded })), ['flattened', 'mask']);
    assert.deepEqual(Object.keys(await drawStages({ extracted, digits })), ['components', 'shapes', 'digits']);
  });

  it('draws an empty page and hundreds of digits', async () => {
    await decode((await drawStages(traceOf(maskOf(), []))).components);
    const many = Array.from({ length: 200 }, () => extractDigits(maskOf(BAR))[0]!);
    const { height } = await decode((await drawStages({ digits: many })).digits);
    assert.ok(height > 40 * 112);
  });
});

describe('drawSheet', () => {
  const png = (width: number, height: number): Promise<Buffer> =>
    sharp({ create: { width, height, channels: 3, background: 'white' } })
      .png()
      .toBuffer();

  it('puts all stages on one sheet', async () => {
    const sheet = await decode(
      await drawSheet(
        traceOf(maskOf(BAR, SPECK), [prediction(1, 0.9)]),
        await png(WIDTH, HEIGHT),
        'a <page> & "more" \u0001.png',
      ),
    );
    assert.ok(sheet.width > 2 * 640 && sheet.width < 1400);
    assert.ok(sheet.height > 2 * 480 && sheet.height < 1800);
  });

  it('has a panel more where a closer look was taken', async () => {
    const trace = traceOf(maskOf(BAR), [prediction(1, 0.9)]);
    assert.ok(trace.extracted);
    const heightOf = async (extracted: NonNullable<Trace['extracted']>): Promise<number> =>
      (await decode(await drawSheet({ ...trace, extracted }, await png(WIDTH, HEIGHT), 'page.png'))).height;
    const plain = await heightOf(trace.extracted);
    assert.ok((await heightOf({ ...trace.extracted, written: trace.extracted.mask.data })) > plain + 300);
  });

  it('has less on it for one 28×28 picture', async () => {
    const digits = extractDigits(maskOf(BAR));
    const predictions = [prediction(1, 0.9)];
    const sheet = await decode(
      await drawSheet(
        { digits, classified: { predictions, reading: toReading(digits, predictions) } },
        await png(28, 28),
        'one.png',
      ),
    );
    assert.ok(sheet.height < 1100);
  });

  for (const [width, height] of [
    [3000, 40],
    [40, 3000],
  ] as const) {
    it(`takes a picture of ${width} × ${height}`, async () => {
      await decode(await drawSheet(traceOf(maskOf(BAR), [prediction(1, 0.9)]), await png(width, height), 'long.png'));
    });
  }
});
