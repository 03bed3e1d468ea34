/** What every picture of a digit is, and what classes a network tells apart, everywhere in this project. */

/** Side of a digit's picture, pixels, as MNIST has them (LeCun, Cortes, Burges: "The MNIST database"). */
export const DIGIT_SIZE = 28;

/** Pixels of such a picture, one byte each: white ink (255) on black (0). */
export const DIGIT_PIXELS = DIGIT_SIZE ** 2;

/** Digits that a model tells apart. */
export const DIGITS = 10;

/** The class "not a digit", after 0 to 9, where a model has it. */
export const NOT_A_DIGIT = DIGITS;

/** 0 to 9, and "not a digit". */
export const CLASSES = DIGITS + 1;
