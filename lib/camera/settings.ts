import { describe } from '../pictures/picture';
import { CameraError } from './errors';
import { flag, gains, number, oneOf, region, type Reader } from './setting-readers';

/** How a picture is taken. What is left out is up to the camera program. Names and units are those of rpicam-still. */
export interface CameraSettings {
  /** Pixels, even; with `height`, or neither: then the sensor's full size. The program may choose a size close by. */
  width?: number;
  height?: number;
  encoding?: (typeof ENCODINGS)[number];
  /** Of a JPEG, 1 to 100, default 93; of live frames that the camera encodes 50, of those that are made of luma 80. */
  quality?: number;
  /** Degrees, clockwise, after the flips. */
  rotation?: (typeof ROTATIONS)[number];
  /** Mirrored left to right. */
  hflip?: boolean;
  /** Mirrored top to bottom. */
  vflip?: boolean;
  /** Region of interest: x, y, width and height as shares of the whole, 0 to 1. */
  roi?: [x: number, y: number, width: number, height: number];
  /** Exposure time, microseconds. */
  shutter?: number;
  /** Analogue gain, 1 to 64. */
  gain?: number;
  /** Exposure compensation in stops, -10 to 10. */
  ev?: number;
  metering?: (typeof METERINGS)[number];
  exposure?: (typeof EXPOSURES)[number];
  /** White balance. */
  awb?: (typeof AWBS)[number];
  /** Fixed gains of red and blue instead of `awb`, 0 to 32. */
  awbgains?: [red: number, blue: number];
  /** -1 to 1, default 0. */
  brightness?: number;
  /** 0 to 32, default 1. */
  contrast?: number;
  /** 0 (grey) to 32, default 1. */
  saturation?: number;
  /** 0 to 16, default 1. */
  sharpness?: number;
  denoise?: (typeof DENOISES)[number];
  autofocusMode?: (typeof AUTOFOCUS_MODES)[number];
  /** Dioptres (1 / distance in metres), 0 (infinity) to 32. */
  lensPosition?: number;
  /** Focus anew for each picture. */
  autofocusOnCapture?: boolean;
  /**
   * How long exposure and white balance may settle first, milliseconds; default 500; with 0 the picture is taken at
   * once.
   */
  settle?: number;
  /** How long the camera may take beyond `settle` and the exposure, milliseconds; default 15000. */
  timeout?: number;
  /** Of a live stream: frames a second that are wanted, 0.01 to 240; default 10. */
  framerate?: number;
  /** Of a live stream: what its frames are; default `jpeg`. */
  kind?: FrameKind;
  /**
   * Of a live stream: whether frames come at their rate, or one at a time, when the next is asked for; default `rate`.
   */
  pacing?: (typeof PACINGS)[number];
}

/** JPEG, or raw pictures of one channel, which cost the camera and the recogniser less. */
export type FrameKind = (typeof FRAME_KINDS)[number];

const ENCODINGS = ['jpg', 'png'] as const;
const ROTATIONS = [0, 90, 180, 270] as const;
const METERINGS = ['centre', 'spot', 'average'] as const;
const EXPOSURES = ['normal', 'sport'] as const;
const AWBS = ['auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy'] as const;
const DENOISES = ['auto', 'off', 'cdn_off', 'cdn_fast', 'cdn_hq'] as const;
const AUTOFOCUS_MODES = ['manual', 'auto', 'continuous'] as const;
const FRAME_KINDS = ['jpeg', 'luma'] as const;
const PACINGS = ['rate', 'asked'] as const;

const SIZE = number(16, 16384, { step: 2, kind: 'an even whole number' });

const READERS: { [K in keyof CameraSettings]-?: Reader<NonNullable<CameraSettings[K]>> } = {
  width: SIZE,
  height: SIZE,
  encoding: oneOf(ENCODINGS),
  quality: number(1, 100, { step: 1 }),
  rotation: oneOf(ROTATIONS),
  hflip: flag(),
  vflip: flag(),
  roi: region(),
  shutter: number(1, 700e6, { step: 1 }),
  gain: number(1, 64),
  ev: number(-10, 10),
  metering: oneOf(METERINGS),
  exposure: oneOf(EXPOSURES),
  awb: oneOf(AWBS),
  awbgains: gains(),
  brightness: number(-1, 1),
  contrast: number(0, 32),
  saturation: number(0, 32),
  sharpness: number(0, 16),
  denoise: oneOf(DENOISES),
  autofocusMode: oneOf(AUTOFOCUS_MODES),
  lensPosition: number(0, 32),
  autofocusOnCapture: flag(),
  settle: number(0, 600e3, { step: 1 }),
  timeout: number(100, 600e3, { step: 1 }),
  framerate: number(0.01, 240),
  kind: oneOf(FRAME_KINDS),
  pacing: oneOf(PACINGS),
};

/** The names of all settings. */
export const SETTING_NAMES = Object.keys(READERS) as (keyof CameraSettings)[];

/** The camera's number, as the camera programs count them: from 0. */
export function checkCameraNumber(value: unknown): number {
  return isUnset(value) ? 0 : check('the camera number', number(0, 15, { step: 1 }), value);
}

/** How long a replay shows each picture, seconds. */
export function checkHold(value: unknown): number {
  return isUnset(value) ? 0 : check('the seconds for each picture', number(0, 3600), value);
}

/**
 * Reads settings as a form or a message has them. Numbers may be strings of digits, lists may be strings with
 * commas; undefined, null and "" leave a setting to the camera program. The program itself takes negative and odd sizes
 * without a word, hence the checks here.
 * @throws CameraError (`bad-setting`) naming the setting, what was expected and what came.
 */
export function checkCameraSettings(input: unknown): CameraSettings {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw badSetting('camera settings', 'an object', input);
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(READERS, name)) {
      throw new CameraError('bad-setting', `there is no camera setting ${JSON.stringify(name)}`, {
        status: 'bad setting',
        hint: `There are: ${SETTING_NAMES.join(', ')}.`,
      });
    }
    if (!isUnset(value)) settings[name] = check<unknown>(name, READERS[name as keyof CameraSettings], value);
  }
  for (const [one, other] of [
    ['width', 'height'],
    ['height', 'width'],
  ] as const) {
    if (one in settings && !(other in settings)) throw badSetting(other, `a number, since ${one} is set`, undefined);
  }
  return settings;
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function check<T>(name: string, { expected, read }: Reader<T>, value: unknown): T {
  const result = read(value);
  if (result === undefined) throw badSetting(name, expected, value);
  return result;
}

function badSetting(name: string, expected: string, value: unknown): CameraError {
  return new CameraError('bad-setting', `expected ${name} to be ${expected}, got ${describe(value)}`, {
    status: 'bad setting',
  });
}
