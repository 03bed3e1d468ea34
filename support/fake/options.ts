// The options of the fake camera programs, checked as rpicam-apps 1.12 checks them: by type, and some of them by value.
// What the real ones take without a word, such as negative sizes and stray words, is taken here, too.
import { parseArgs } from 'node:util';

export type Options = Record<string, string | boolean | undefined>;

/** How a value is refused: undefined where it is not. */
type Check = (value: string, name: string) => string | undefined;

const typed =
  (pattern: RegExp): Check =>
  (value, name) =>
    pattern.test(value) ? undefined : `the argument ('${value}') for option '--${name}' is invalid`;
const oneOf =
  (message: string, values: string[]): Check =>
  (value) =>
    values.includes(value) ? undefined : message + value;

const ANY: Check = () => undefined;
const WHOLE = typed(/^[+-]?\d+$/);
const NUMBER = typed(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i);

const FLAGS = ['hflip', 'vflip', 'flush', 'list-cameras', 'version', 'verbose', 'nopreview'];

const CHECKS: Record<string, Check> = {
  output: ANY,
  timeout: ANY,
  shutter: ANY,
  roi: ANY,
  width: WHOLE,
  height: WHOLE,
  camera: WHOLE,
  quality: WHOLE,
  rotation: WHOLE,
  gain: NUMBER,
  ev: NUMBER,
  brightness: NUMBER,
  contrast: NUMBER,
  saturation: NUMBER,
  sharpness: NUMBER,
  framerate: NUMBER,
  metering: oneOf('Invalid metering mode: ', ['centre', 'spot', 'average', 'matrix', 'custom']),
  exposure: oneOf('Invalid exposure mode:', ['normal', 'sport', 'short', 'long', 'custom']),
  awb: oneOf('Invalid AWB mode: ', [
    'auto',
    'normal',
    'incandescent',
    'tungsten',
    'fluorescent',
    'indoor',
    'daylight',
    'cloudy',
    'custom',
  ]),
  awbgains: (value) => (/^\s*[\d.]+,\s*[\d.]+/.test(value) ? undefined : 'Invalid AWB gains'),
  'autofocus-mode': oneOf('Invalid AfMode:', ['default', 'manual', 'auto', 'continuous']),
  'lens-position': (value) =>
    value === 'default' || /^\s*[+-]?\d*\.?\d+/.test(value) ? undefined : `Invalid lens position: ${value}`,
  denoise: oneOf('Invalid denoise mode: ', ['auto', 'off', 'cdn_off', 'cdn_fast', 'cdn_hq']),
};

/** What a program has beyond the options that all have. */
export interface OwnOptions {
  flags: string[];
  checks: Record<string, Check>;
}

export const STILL_OPTIONS: OwnOptions = {
  flags: ['immediate', 'autofocus-on-capture'],
  checks: {
    encoding: oneOf('invalid encoding format ', ['jpg', 'png', 'rgb', 'bmp', 'yuv420']),
    thumb: (value) => (/^(none$|\d+:\d+:\d+)/.test(value) ? undefined : `bad thumbnail parameters ${value}`),
  },
};
export const VIDEO_OPTIONS: OwnOptions = {
  flags: [],
  checks: { codec: oneOf('unrecognised codec ', ['h264', 'libav', 'mjpeg', 'yuv420']) },
};

const SHORT: Record<string, string> = { output: 'o', encoding: 'e', quality: 'q', timeout: 't', nopreview: 'n' };

/** The options, or how they are refused. */
export function readOptions(args: string[], own: OwnOptions): Options | string {
  const checks = { ...CHECKS, ...own.checks };
  const named = (names: string[], type: 'boolean' | 'string'): [string, { type: typeof type; short?: string }][] =>
    names.map((name) => [name, { type, ...(SHORT[name] && { short: SHORT[name] }) }]);
  let values: Options;
  try {
    const flags = named([...FLAGS, ...own.flags], 'boolean');
    const options = Object.fromEntries([...flags, ...named(Object.keys(checks), 'string')]);
    values = parseArgs({ args, options, allowPositionals: true }).values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const option = /'(?:-\w, )?(-[^' ]+)/.exec(message)?.[1] ?? message;
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `unrecognised option '${option}'`;
    return `the required argument for option '${option}' is missing`;
  }
  for (const [name, check] of Object.entries(checks)) {
    const value = values[name];
    const refused = typeof value === 'string' ? check(value, name) : undefined;
    if (refused !== undefined) return refused;
  }
  const rotation = Number(values.rotation ?? 0);
  if (rotation % 90 !== 0) return 'illegal rotation value';
  return rotation % 180 === 0 ? values : 'transforms requiring transpose not supported';
}
