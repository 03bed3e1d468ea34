import { acquireClassifier, type Classifier } from '../engine/classifier';
import type { Reading } from '../classify/reading';
import type { ExtractedDigit } from '../extract/digit';
import type { Mask } from '../pictures/picture';
import { acquireInk } from '../ink/ink';
import {
  readDigits,
  readJudgedDigits,
  readMask,
  readText,
  type PictureSize,
  type ReadOptions,
  type Sized,
} from './reader';

/**
 * Reads pictures, whole or step by step. A picture is a Buffer or Uint8Array with a JPEG, PNG, WebP, TIFF, GIF or AVIF,
 * a `data:image/…;base64,…` string, or raw pixels `{ data, width, height, channels }` of 8 bits a channel, row by row;
 * sides of at least 8 pixels, at most 70 megapixels. All readers of a process share one worker thread, which starts
 * with the first picture.
 */
export class PictureReader {
  /** The digit model. */
  readonly model: Classifier;
  readonly #ink = acquireInk();

  /**
   * @param model a model file or its folder; or one that has been opened, which the reader releases when it is closed;
   *   default: the shipped model. It is loaded when it is first used
   */
  constructor(model?: string | Classifier) {
    this.model = typeof model === 'object' ? model : acquireClassifier(model);
  }

  /**
   * Reads the digits of a picture.
   * @param input a picture, or what one of the other steps gives; or one digit as 784 bytes, 28×28
   * @returns the reading; `size`, in pixels, is that of the whole picture, where one came
   * @throws (rejects) PictureError where the input is none of these, RangeError for an option out of its range,
   *   ModelError where the model cannot be loaded, WorkerError where a worker fails or is overloaded
   */
  async read(input: unknown, options: ReadOptions = {}): Promise<Sized<Reading>> {
    const { reading, ...size } = await readText(this.#ink, this.model, input, options);
    return { ...reading, ...size };
  }

  /**
   * Tells ink from what it is written on.
   * @param input a picture
   * @returns 255 for ink and 0 for background, at the size that pictures are worked on
   * @throws (rejects) as `read` does
   */
  threshold(input: unknown, options: ReadOptions = {}): Promise<{ mask: Mask; size: PictureSize }> {
    return readMask(this.#ink, input, options);
  }

  /**
   * Cuts out what may be digits, in reading order.
   * @param input a picture or a mask
   * @throws (rejects) as `read` does
   */
  extract(input: unknown, options: ReadOptions = {}): Promise<Sized<{ digits: ExtractedDigit[] }>> {
    return readDigits(this.#ink, input, options);
  }

  /**
   * As `extract`, with what stands about each shape judged here: for who reads the digits where the picture is not.
   * @param input a picture, a mask or digits
   * @throws (rejects) as `read` does
   */
  extractJudged(input: unknown, options: ReadOptions = {}): Promise<Sized<{ digits: ExtractedDigit[] }>> {
    return readJudgedDigits(this.#ink, input, options);
  }

  /** Lets go of the model and of the worker; the last reader's close waits until they have ended. */
  async close(): Promise<void> {
    await Promise.all([this.#ink.release(), this.model.release()]);
  }
}
