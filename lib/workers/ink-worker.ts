import type { ExtractedDigit } from '../extract/digit';
import { explainShapes, extractDigits } from '../extract/extract';
import { thresholdPicture } from '../threshold/threshold';
import type { InkMethods } from './ink-methods';
import { serve, transferring } from './serve';

serve<InkMethods>({
  threshold(picture, options) {
    const mask = thresholdPicture(picture, options);
    return transferring(mask, [mask.data, mask.ink, mask.paper?.data, mask.margins].flatMap((bytes) => (bytes ? [bytes.buffer as ArrayBuffer] : [])));
  },
  extract: (mask, options) => transferred(extractDigits(mask, options)),
  thresholdAndExtract: (picture, threshold, extract) => transferred(extractDigits(thresholdPicture(picture, threshold), extract)),
  explain: explainShapes,
});

function transferred(digits: ExtractedDigit[]): ReturnType<InkMethods['extract']> {
  const images = new Set(digits.flatMap(({ image, whole }) => (whole ? [image, whole.image] : [image])));
  return transferring(digits, Array.from(images, ({ buffer }) => buffer as ArrayBuffer));
}
