import type { GreyPicture } from '../pictures/picture';
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

/** What is wanted of a stream of frames. */
export interface StreamRequest {
  settings: CameraSettings;
  /** What most of those who look want; a source that has only the other sends that. */
  kind: 'jpeg' | 'luma';
  /** Frames a second. */
  framerate: number;
  /** Asked for each frame of luma: whether its colours are wanted, too. */
  keepChroma: () => boolean;
}

/** A frame as its source has it. */
export interface SourceFrame extends Omit<CapturedPicture, 'image'> {
  /** Encoded, or luma. */
  image: Buffer | GreyPicture;
  /** Of luma: its colours, where they were asked for (see LumaFrame). */
  chroma?: Buffer | undefined;
  /** The size that is wanted, before any turn, where the source has only a larger one of the same shape. */
  scale?: { width: number; height: number } | undefined;
  /** Quarter turns that the source could not do itself, degrees clockwise. */
  turn?: 90 | 270 | undefined;
}

/** Takes what a source sends. */
export interface FrameSink {
  frame(frame: SourceFrame): void;
  /** Frames were damaged. */
  dropped(count: number): void;
}

/** Where streams of frames come from. */
export interface FrameSource {
  /** Whether settings change its pictures, and only one program at a time can use it: true of a real camera. */
  readonly isCamera: boolean;
  /**
   * Sends frames until the signal ends it; resolves or rejects when the source is free for another user.
   * @throws CameraError where it ends by itself.
   */
  play(request: StreamRequest, sink: FrameSink, signal: AbortSignal): Promise<void>;
}
