import { explainShapes, extractDigits } from '../extract/extract';
import { thresholdPicture } from '../threshold/threshold';
import type { InkMethods } from './ink-methods';
import { serve, transferring } from './serve';

serve<InkMethods>({
  threshold(picture, options) {
    const mask = thresholdPicture(picture, options);
    return transferring(mask, [mask.data, ...(mask.ink ? [mask.ink] : [])].map(({ buffer }) => buffer as ArrayBuffer));
  },
  extract(mask, options) {
    const digits = extractDigits(mask, options);
    return transferring(digits, digits.map(({ image }) => image.buffer as ArrayBuffer));
  },
  explain: explainShapes,
});
