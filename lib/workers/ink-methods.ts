import type { ExplainedShape, ExtractedDigit } from '../extract/digit';
import type { ExtractOptions } from '../extract/options';
import type { Mask, RawPicture } from '../pictures/picture';
import type { ThresholdOptions } from '../threshold/options';

/** What the ink worker can do. */
export interface InkMethods {
  threshold(picture: RawPicture, options: ThresholdOptions): Mask;
  extract(mask: Mask, options: ExtractOptions): ExtractedDigit[];
  /** Both, one after the other: the mask stays where it is. */
  thresholdAndExtract(picture: RawPicture, threshold: ThresholdOptions, extract: ExtractOptions): ExtractedDigit[];
  explain(mask: Mask, options: ExtractOptions): ExplainedShape[];
  written(mask: Mask, options: ExtractOptions): Uint8Array | undefined;
}
