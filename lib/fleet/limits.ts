/** What cameras and readers agree on: nothing that comes from a broker is larger. */

/** Digits of one frame; what has more is no handwriting on paper. */
export const MOST_DIGITS = 1000;

/** Bytes of one message: a job of 1000 digits that cannot be compressed has 900,000, its reading at most 300,000. */
export const MOST_BYTES = 1_000_000;

/** Of names and ids, characters. */
export const LONGEST_NAME = 100;

/** Of a reading's text, reason or error, characters: a digit and a line break for each digit. */
export const LONGEST_TEXT = 2 * MOST_DIGITS;

/** Of a side of a frame, pixels. */
export const LONGEST_SIDE = 100_000;
