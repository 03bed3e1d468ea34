import { randomBytes } from 'node:crypto';
import type { PictureInput } from './picture';

/** Which picture a reading is about. Boxes of digits are in its pixels. */
export interface Frame {
  /** 16 hexadecimal digits. */
  id: string;
  /** When it was taken, or came in: milliseconds since 1970-01-01. */
  at: number;
  /** The camera's name, or `message` for pictures that came with one. */
  source: string;
  /** Size upright, pixels. */
  width: number;
  height: number;
  /** The whole picture as it came. */
  image: PictureInput;
  /** Of a frame of a live stream: which stream. Of such frames only the newest is worth waiting for. */
  stream?: string;
  /**
   * Of a frame of a live stream: how many of its frames were lost so far, on the way here, since they were damaged or a
   * newer one came.
   */
  dropped?: number;
}

/** Describes a picture that has just been taken, with an id that no other has. */
export function newFrame(
  source: string,
  { width, height }: { width: number; height: number },
  image: PictureInput,
): Frame {
  return { id: randomBytes(8).toString('hex'), at: Date.now(), source, width, height, image };
}
