import type { CameraSettings } from './settings';

/** A picture that was taken, encoded. */
export interface CapturedPicture {
  image: Buffer;
  /** What took it: the camera's number, or the file's name. */
  source: string;
  /** Size upright, pixels, as the picture itself says: the camera program may choose another one than was asked for. */
  width: number;
  height: number;
  /** When it was taken, milliseconds since 1970. */
  at: number;
}

/** Where pictures come from. */
export interface PictureSource {
  /**
   * Takes one picture; the next one is asked for when this one is over.
   * @throws CameraError, also when the signal ends it.
   */
  capture(settings: CameraSettings, signal: AbortSignal): Promise<CapturedPicture>;
}
