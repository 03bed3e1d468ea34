import type { Box } from '../pictures/picture';
import type { Doubt } from './doubts';
import type { LeftOut } from './shapes';
import type { Surroundings } from './surroundings';

/** One shape cut out of a picture that may be a digit. */
export interface ExtractedDigit {
  /** 784 bytes, 28×28, white ink (255) on black (0). */
  image: Uint8Array;
  /** Where it stands, in pixels of the frame. */
  box: Box;
  /** Which line of writing it belongs to, counted from 0 at the top. */
  line: number;
  /** What speaks against a digit here: whether it is one is for a network to tell that sees `surroundings`. */
  doubt?: Doubt;
  /** What stands about it; missing where the picture that it was found in is not known. */
  surroundings?: Surroundings;
  /** Where this may be one of several digits that touch: the shape that they were before they were separated. */
  whole?: Whole;
}

/** A shape that may be one digit, or several that touch: the network tells. */
export interface Whole {
  /** As a digit's. */
  image: Uint8Array;
  box: Box;
  surroundings?: Surroundings;
}

/** A digit with what the network made of it. */
export interface Digit extends Omit<ExtractedDigit, 'whole' | 'doubt' | 'surroundings'> {
  /** 0 to 9. */
  digit: number;
  /** Calibrated probability, 0 to 1, that `digit` is right. */
  confidence: number;
  /** Ten calibrated probabilities, for 0 to 9. They may sum to less than 1: the rest is "not a digit". */
  probabilities: number[];
}

/** A shape of a mask and, unless it is taken for a digit, why it is left out. */
export interface ExplainedShape {
  /** Where it stands, in pixels of the frame. */
  box: Box;
  leftOut?: LeftOut;
  /** Where this is a part of a shape that was separated: that shape's box. */
  whole?: Box;
}
