import type { ExtractedDigit } from '../extract/digit';
import { explainShapes, extractCandidates, writtenIn } from '../extract/extract';
import { thresholdPicture } from '../threshold/threshold';
import type { InkMethods } from './ink-methods';
import { serve, transferring } from './serve';

serve<InkMethods>({
  threshold(picture, options) {
    const mask = thresholdPicture(picture, options);
    return transferring(mask, [mask.data, mask.ink, mask.paper?.data, mask.margins, mask.grey].flatMap((bytes) => (bytes ? [bytes.buffer as ArrayBuffer] : [])));
  },
  extract: (mask, options) => transferred(extractCandidates(mask, options)),
  thresholdAndExtract: (picture, threshold, extract) => transferred(extractCandidates(thresholdPicture(picture, threshold), extract)),
  explain: explainShapes,
  written: writtenIn,
});

function transferred(digits: ExtractedDigit[]): ReturnType<InkMethods['extract']> {
  const shapes = digits.flatMap((digit) => (digit.whole ? [digit, digit.whole] : [digit]));
  const pictures = new Set(shapes.flatMap(({ image, surroundings }) => (surroundings ? [image, surroundings.picture] : [image])));
  return transferring(digits, Array.from(pictures, ({ buffer }) => buffer as ArrayBuffer));
}
