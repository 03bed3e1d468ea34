import type { ExtractedDigit } from '../extract/digit';
import { explainShapes, extractCandidates, writtenIn } from '../extract/extract';
import { decodePlainJpeg } from '../pictures/jpeg-turbo';
import type { Mask } from '../pictures/picture';
import type { ThresholdOptions } from '../threshold/options';
import { thresholdPicture } from '../threshold/threshold';
import type { InkMethods, InkPicture } from './ink-methods';
import { serve, transferring } from './serve';

serve<InkMethods>({
  threshold(picture, options) {
    const mask = maskOf(picture, options), { data, ink, paper, margins, grey } = mask;
    return transferring(mask, [data, ink, paper?.data, margins, grey].flatMap((bytes) => (
      bytes ? [bytes.buffer as ArrayBuffer] : []
    )));
  },
  extract: (mask, options) => transferred(extractCandidates(mask, options)),
  thresholdAndExtract: (picture, threshold, extract) => (
    transferred(extractCandidates(maskOf(picture, threshold), extract))
  ),
  explain: explainShapes,
  written: writtenIn,
});

function maskOf(picture: InkPicture, options: ThresholdOptions): Mask {
  return thresholdPicture('jpeg' in picture ? decodePlainJpeg(picture) : picture, options);
}

function transferred(digits: ExtractedDigit[]): ReturnType<InkMethods['extract']> {
  const shapes = digits.flatMap((digit) => (digit.whole ? [digit, digit.whole] : [digit]));
  const pictures = new Set(shapes.flatMap(({ image, surroundings }) => (
    surroundings ? [image, surroundings.picture] : [image]
  )));
  return transferring(digits, Array.from(pictures, ({ buffer }) => buffer as ArrayBuffer));
}
