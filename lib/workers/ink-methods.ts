import type { ExplainedShape, ExtractedDigit } from '../extract/digit';
import type { ExtractOptions } from '../extract/options';
import type { Mask, RawPicture } from '../pictures/picture';
import type { PlainJpeg } from '../pictures/plain-jpeg';
import type { ThresholdOptions } from '../threshold/options';

/** A picture as the ink worker takes it. */
export type InkPicture = RawPicture | PlainJpeg;

/** What the ink worker can do. */
export interface InkMethods {
  threshold(picture: InkPicture, options: ThresholdOptions): Mask;
  extract(mask: Mask, options: ExtractOptions): ExtractedDigit[];
  /** Both, one after the other: the mask stays where it is. */
  thresholdAndExtract(
    picture: InkPicture, threshold: ThresholdOptions, extract: ExtractOptions,
  ): ExtractedDigit[];
  explain(mask: Mask, options: ExtractOptions): ExplainedShape[];
  written(mask: Mask, options: ExtractOptions): Uint8Array | undefined;
}
