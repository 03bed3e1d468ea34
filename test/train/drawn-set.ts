import type { LabelledDigits } from '../../lib/data/idx';
import { drawDigit } from '../../lib/train/synthesis/drawn-digits';
import { Random } from '../../lib/random';

/** Drawn digits, in place of a data set; others for another seed. */
export function drawnSet(count: number, seed = 9): LabelledDigits {
  const drawn = Array.from({ length: count }, (_, i) => drawDigit(new Random(seed, i)));
  return {
    images: Uint8Array.from(drawn.flatMap(({ image }) => [...image])),
    labels: Uint8Array.from(drawn, ({ label }) => label),
  };
}
