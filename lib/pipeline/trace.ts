import type { Prediction } from '../classify/prediction';
import type { Reading } from '../classify/reading';
import type { ExplainedShape, ExtractedDigit } from '../extract/digit';
import type { GreyPicture, Mask } from '../pictures/picture';

/** What the steps of one reading have made; each step that is performed puts its own in. */
export interface Trace {
  thresholded?: { picture: GreyPicture; mask: Mask };
  /**
   * `frame` is the size in whose pixels the boxes are given; `written` is what a closer look takes for ink (255), of
   * the mask's size, where one was taken.
   */
  extracted?: {
    mask: Mask;
    frame: { width: number; height: number };
    shapes: ExplainedShape[];
    written?: Uint8Array;
  };
  /** The 28×28 pictures, in reading order. */
  digits?: ExtractedDigit[];
  /** One prediction for each of `digits`. */
  classified?: { predictions: Prediction[]; reading: Reading };
}
