import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { annotate } from '../../lib/annotate/annotate';
import { drawConfusion, drawMistakes } from '../../lib/evaluate/pictures';
import { drawContactSheet } from '../../lib/explain/contact-sheet';
import { svg, text, widthOf } from '../../lib/explain/svg';

const TEXTS = [
  ...Array.from({ length: 10 }, (_, digit) => String(digit)),
  '0 %',
  'none',
  'read as',
  'is',
  '99.62 % of 10,000 right',
  '4 → 9',
  'Grün',
  '日',
];

/** Every picture with text on it, by its name: a digest of its pixels. */
export async function drawAll(): Promise<Record<string, string>> {
  const digest = async (png: Buffer | Promise<Buffer>): Promise<string> =>
    createHash('sha256')
      .update(
        await sharp(await png)
          .raw()
          .toBuffer(),
      )
      .digest('hex');
  const confusion = Array.from({ length: 10 }, (_, label) =>
    Array.from({ length: 11 }, (__, read) => (read === label ? 980 + label : (label * read) % 7)),
  );
  const blank = new Uint8Array(784);
  const paper = { data: new Uint8Array(200 * 150).fill(200), width: 200, height: 150, channels: 1 as const };
  const drawn: Record<string, string> = {
    'the confusion matrix': await digest(drawConfusion({ n: 10_000, accuracy: 0.9962, confusion })),
    'the mistakes': await digest(
      drawMistakes(
        { n: 10, mistakes: [{ index: 0, label: 4, read: 10, confidence: 0.9 }] },
        { images: blank, labels: Uint8Array.of(4) },
      ),
    ),
    'a contact sheet': await digest(
      drawContactSheet([{ image: blank, lines: ['7', 'not a digit'] }], { title: 'Title' }),
    ),
    annotations: await digest(
      (
        await annotate(paper, [{ box: { x: 50, y: 50, width: 40, height: 60 }, digit: 7, confidence: 0.97 }], {
          format: 'png',
        })
      ).image,
    ),
  };
  for (const content of TEXTS)
    drawn[content] = await digest(
      sharp(svg(300, 40, [text(5, 30, content, { size: 20 })]))
        .flatten({ background: 'white' })
        .png()
        .toBuffer(),
    );
  return drawn;
}

describe('lettering', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'no fonts '));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('looks the same where the system has no fonts, and no two texts alike', async () => {
    const config = join(folder, 'fonts.conf');
    await writeFile(config, '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>');
    const script =
      `global.describe = () => undefined; ` +
      `require(${JSON.stringify(__filename)}).drawAll().then((drawn) => { console.log(JSON.stringify(drawn)); });`;
    const printed = execFileSync(process.execPath, ['-e', script], {
      env: { ...process.env, FONTCONFIG_FILE: config, FONTCONFIG_PATH: folder, XDG_CACHE_HOME: folder },
      encoding: 'utf8',
    });
    const without = JSON.parse(printed) as Record<string, string>;
    assert.deepEqual(without, await drawAll());
    const texts = TEXTS.map((content) => without[content]);
    assert.equal(new Set(texts).size, TEXTS.length, 'a digit looks like another');
  });

  it('is as wide as it says', async () => {
    for (const content of ['407', 'Shadows should be gone.', '99.2\u2009%']) {
      const { data, info } = await sharp(svg(400, 40, [text(10, 30, content, { size: 20, bold: true })]))
        .flatten({ background: 'white' })
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const columns = Array.from({ length: info.width }, (_, x) =>
        Array.from({ length: info.height }, (__, y) => data[y * info.width + x]!).some((value) => value < 128),
      );
      const right = columns.lastIndexOf(true);
      const left = columns.indexOf(true);
      assert.ok(
        left >= 8 && Math.abs(right - (10 + widthOf(content, 20))) < 4,
        `${content}: from ${left} to ${right}, said ${widthOf(content, 20)}`,
      );
    }
  });

  it('writes what there is no glyph for as well as it can, and never what would end the picture', () => {
    const drawn = (content: string): string => text(0, 0, content);
    assert.equal(drawn('Grün, naïve'), drawn('Grun, naive'));
    assert.equal(drawn('“it’s”'), drawn('"it\'s"'));
    assert.equal(drawn('日\u0000\n'), drawn('?  '));
    assert.ok(!drawn('</g></svg><script>&').includes('script'));
  });
});
