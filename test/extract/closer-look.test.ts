import assert from 'node:assert/strict';
import { extractCandidates } from '../../lib/extract/extract';
import { proposeShapes } from '../../lib/extract/propose';
import type { Box, GreyPicture } from '../../lib/pictures/picture';
import { thresholdPicture } from '../../lib/threshold/threshold';

const WIDTH = 320;
const HEIGHT = 240;
const DIGIT: Box = { x: 150, y: 80, width: 30, height: 60 };

/** A seven of a pen 4 pixels wide on paper that is as bright as `paper` says. */
function page(paper: (x: number, y: number) => number, ink: (x: number, y: number) => number): GreyPicture {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const u = x - DIGIT.x;
      const v = y - DIGIT.y;
      const isBar = u >= 0 && u < 30 && v >= 0 && v < 4;
      const isStem = v >= 0 && v < 60 && Math.abs(u - (27 - v * 0.3)) < 2.5;
      data[y * WIDTH + x] = isBar || isStem ? ink(x, y) : paper(x, y);
    }
  }
  return { data, width: WIDTH, height: HEIGHT, channels: 1 };
}

const doubtAt = (picture: GreyPicture, { x, y, width, height }: Box): string | undefined => {
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 5;
  const found = extractCandidates(thresholdPicture(picture)).find(
    ({ box }) => near(box.x, x) && near(box.y, y) && near(box.width, width) && near(box.height, height),
  );
  assert.ok(found, 'the digit is not among the candidates');
  return found.doubt;
};

describe('a closer look', () => {
  it('is not taken at a plain page', () => {
    const candidates = extractCandidates(
      thresholdPicture(
        page(
          () => 200,
          () => 60,
        ),
      ),
    );
    assert.deepEqual(
      candidates.map(({ doubt }) => doubt).filter((doubt) => doubt !== 'part'),
      [undefined],
    );
  });

  it('is taken at many strong specks, and not at the grain of paper', () => {
    const speckled =
      (speck: number) =>
      (x: number, y: number): number =>
        x % 20 < 2 && y % 20 < 2 ? speck : 200;
    const isTaken = (speck: number): boolean =>
      proposeShapes(thresholdPicture(page(speckled(speck), () => 60))).closer !== undefined;
    assert.deepEqual([180, 100].map(isTaken), [false, true]);
  });

  it('sees nothing in the noise of an empty sheet', () => {
    const noisy = (x: number, y: number): number => 205 * (1 - x / WIDTH / 4) + ((x * 7919 + y * 104_729) % 9) - 4;
    assert.deepEqual(extractCandidates(thresholdPicture(page(noisy, noisy))), []);
  });

  it('finds what the shadow of a blind hides', () => {
    const shade = (x: number): number => 160 + 50 * Math.tanh(3 * Math.sin(x / 8));
    assert.equal(
      doubtAt(
        page(shade, (x) => shade(x) * 0.2),
        DIGIT,
      ),
      'closer look',
    );
  });

  it('finds what hangs together with the lines of squared paper', () => {
    const squared = (x: number, y: number): number => (x % 24 === 6 || y % 24 === 6 ? 120 : 215);
    doubtAt(
      page(squared, () => 50),
      DIGIT,
    );
  });

  it('finds chalk on a dark sheet on a bright table', () => {
    const isSheet = (x: number, y: number): boolean => x > 60 && x < 260 && y > 30 && y < 210;
    assert.equal(
      doubtAt(
        page(
          (x, y) => (isSheet(x, y) ? 50 : 210),
          () => 170,
        ),
        DIGIT,
      ),
      'closer look',
    );
  });
});
