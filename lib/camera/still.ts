import { loadSharp } from '../pictures/decode';
import { DEFAULT_SETTLE, stillArguments } from './arguments';
import { CameraError } from './errors';
import { programFailure } from './program-errors';
import { explained, programsFor, runFirst } from './programs';
import { checkCameraNumber, type CameraSettings } from './settings';
import type { CapturedPicture, PictureSource } from './source';

/** How long a picture may take beyond settling and exposure, milliseconds. */
const DEFAULT_TIMEOUT = 15_000;

/** Frames that a long exposure may cost: those with which the camera starts, and the one that is kept. */
const EXPOSURES = 4;

/** Largest picture, bytes: a 64-megapixel JPEG of the best quality stays below it. */
const MAX_BYTES = 96 * 2 ** 20;

export interface StillCameraOptions {
  /** The camera's number, default 0. */
  camera?: unknown;
  /** Name or path of any camera program, the others stand beside it; empty: `rpicam-…`, or else `libcamera-…`. */
  program?: string | undefined;
}

/** The Pi's camera: one run of rpicam-still for each picture, straight from its stdout, with no file in between. */
export class StillCamera implements PictureSource {
  constructor(private readonly options: StillCameraOptions = {}) {}

  async capture(settings: CameraSettings, signal: AbortSignal): Promise<CapturedPicture> {
    const camera = checkCameraNumber(this.options.camera);
    const allowed = timeLimit(settings);
    const programs = programsFor('still', this.options.program);
    const encoding = settings.encoding ?? 'jpg';
    const limits = { timeout: allowed, maxBytes: MAX_BYTES, signal };
    const { program, ended } = await runFirst(programs, stillArguments(camera, settings), limits);
    const failure = programFailure(program, ended, allowed) ?? incomplete(program, encoding, ended.stdout);
    if (failure) throw await explained(program, failure);
    const { image, width, height } = await upright(ended.stdout, settings);
    return { image, source: `camera ${camera}`, width, height, at: ended.firstByte ?? Date.now() };
  }
}

/** How long the program may run, milliseconds. */
export function timeLimit({ settle = DEFAULT_SETTLE, shutter = 0, timeout = DEFAULT_TIMEOUT }: CameraSettings): number {
  return Math.ceil(settle + (EXPOSURES * shutter) / 1000 + timeout);
}

const MARKS = {
  // SOI and EOI
  jpg: { start: Buffer.from([0xff, 0xd8]), end: Buffer.from([0xff, 0xd9]) },
  // signature and IEND with its checksum
  png: { start: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), end: Buffer.from('IEND\xaeB`\x82', 'latin1') },
};

/** The error where the program said that all is well but the picture is missing, foreign or cut off. */
function incomplete(program: string, encoding: 'jpg' | 'png', picture: Buffer): CameraError | undefined {
  const { start, end } = MARKS[encoding];
  const hint = 'Try once more.';
  if (picture.length === 0) {
    return new CameraError('no-picture', `${program} ended without a picture`, { status: 'no picture', hint });
  }
  if (!picture.subarray(0, start.length).equals(start)) {
    const what = `expected a ${encoding} picture from ${program}, got ${picture.length} bytes of something else`;
    return new CameraError('damaged', what, { status: 'no picture', hint });
  }
  if (picture.subarray(-end.length).equals(end)) return undefined;
  const cut = `the picture from ${program} is cut off after ${picture.length} bytes`;
  return new CameraError('damaged', cut, { status: 'picture cut off', hint });
}

/** Turns by 90° or 270°, which the program cannot do, and tells the size. */
async function upright(
  picture: Buffer,
  { rotation = 0, encoding = 'jpg', quality = 93 }: CameraSettings,
): Promise<{ image: Buffer; width: number; height: number }> {
  try {
    const image = loadSharp()(picture);
    if (rotation % 180 === 0) {
      const { width, height } = (await image.metadata()).autoOrient;
      return { image: picture, width, height };
    }
    const turned = image.rotate(rotation);
    const { data, info } = await (encoding === 'jpg' ? turned.jpeg({ quality }) : turned.png()).toBuffer({
      resolveWithObject: true,
    });
    return { image: data, width: info.width, height: info.height };
  } catch (error) {
    throw new CameraError('damaged', `the picture from the camera cannot be read: ${(error as Error).message}`, {
      status: 'picture damaged',
      cause: error,
    });
  }
}
