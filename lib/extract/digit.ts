import type { Box } from '../pictures/picture';
import type { Doubt } from './doubts';
import type { Surroundings } from './surroundings';

/** What networks see of a shape. */
export interface Drawn {
  /** 784 bytes, 28×28, white ink (255) on black (0). */
  image: Uint8Array;
  /** Where it stands, in pixels of the frame. */
  box: Box;
  /** What stands about it; missing where the picture that it was found in is not known. */
  surroundings?: Surroundings;
  /** Instead of surroundings what a network has made of them: five probabilities, see `CANDIDATES`. */
  judgement?: readonly number[];
  /** Where this is a part of a shape that may be one digit or several: which one. */
  part?: Part;
}

/** Neighbouring pieces of a shape that was cut into pieces: two parts with a piece in common cannot both be digits. */
export interface Part {
  /** Where the whole stands, in pixels of the frame. */
  of: Box;
  /** The first and the last piece, counted from 0 at the left. */
  first: number;
  last: number;
}

/** One shape cut out of a picture that may be a digit. */
export interface ExtractedDigit extends Drawn {
  /** Which line of writing it belongs to, counted from 0 at the top. */
  line: number;
  /** What speaks against a digit here: whether it is one is for a network to tell that sees `surroundings`. */
  doubt?: Doubt;
  /** Where this may be one of several digits that touch: the shape that they were before they were separated. */
  whole?: Whole;
}

/** A shape that may be one digit, or several that touch: the network tells. */
export type Whole = Omit<Drawn, 'part'>;

/** A digit with what the network made of it. */
export interface Digit extends Omit<ExtractedDigit, 'whole' | 'part' | 'doubt' | 'surroundings'> {
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
  doubt?: Doubt;
  /** Where this is a part of a shape that was separated: that shape's box. */
  whole?: Box;
}
