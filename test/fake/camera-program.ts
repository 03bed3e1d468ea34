// What the fake camera programs share. The folder that they stand in holds what they are to do in a file `mode`, gets a
// line in `log` for each run, and `lock` while the camera is held.
import { appendFileSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

export const SENSOR = { width: 1640, height: 1232 };
export const folder = dirname(process.argv[1]);
export const argv = process.argv.slice(2);

const FLAGS = ['immediate', 'hflip', 'vflip', 'autofocus-on-capture', 'flush', 'list-cameras'];
const VALUES = [
  'thumb', 'camera', 'width', 'height', 'rotation', 'roi', 'shutter', 'gain', 'ev', 'metering', 'exposure', 'awb', 'awbgains',
  'brightness', 'contrast', 'saturation', 'sharpness', 'denoise', 'autofocus-mode', 'lens-position', 'codec', 'framerate',
];

export type Options = Record<string, string | boolean | undefined>;

/** Modes in which every one of them fails, and how. */
export const FAILURES: Record<string, string> = {
  'no camera': 'no cameras available',
  'no media subsystem': 'camera manager failed to start, code 19',
  'disk full': 'failed to write file - output probably corrupt',
  'no memory': 'dmaHeap allocation failure for rpi-apps0',
  'unknown option': "unrecognised option '--foo'",
  'invalid value': "the argument ('abc') for option '--width' is invalid",
  'transpose': 'transforms requiring transpose not supported',
  'illegal rotation': 'illegal rotation value',
  'unknown failure': 'failed to generate capture configuration',
};

/** Runs one of the modes as the file says, with the default where there is none. */
export async function act(modes: Record<string, (options: Options) => Promise<void> | void>, usual: string, without: string[] = []): Promise<void> {
  const mode = readOr('mode', usual);
  appendFileSync(join(folder, 'log'), `${JSON.stringify({ pid: process.pid, argv })}\n`);
  writeSync(2, '[0:01:02.345678901] [1234]  INFO Camera camera_manager.cpp:327 libcamera v0.5.2\n');
  const options = parse(without);
  if (options['list-cameras']) {
    list(mode);
    return;
  }
  if (Object.hasOwn(FAILURES, mode)) return fail(FAILURES[mode]);
  if (Number(options.camera ?? 0) > 0) return fail('selected camera is not available');
  if (options.rotation !== undefined && options.rotation !== '180') return fail('transforms requiring transpose not supported');
  await modes[Object.hasOwn(modes, mode) ? mode : usual](options);
}

/** Odd and too large sizes are adjusted without a word. */
export function size(options: Options, name: 'width' | 'height', usual: number): number {
  const wanted = Number(options[name] ?? 0);
  return wanted > 0 ? Math.min(wanted - (wanted % 2), SENSOR[name]) : usual;
}

/** One process holds a camera. */
export function hold(): void {
  const owner = Number(readOr('lock', '0'));
  if (owner > 0 && isAlive(owner)) {
    writeSync(2, 'ERROR RPI vc4.cpp Pipeline handler in use by another process\n');
    fail('failed to acquire camera /base/soc/i2c0mux/i2c@1/imx219@10');
  }
  writeFileSync(join(folder, 'lock'), String(process.pid));
}

export function fail(text: string): never {
  writeSync(2, `ERROR: *** ${text} ***\n`);
  process.exit(255);
}

export function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return otherwise;
  }
}

export function stay(): void {
  setInterval(() => undefined, 60_000);
}

/** Takes no notice of SIGTERM. */
export function beDeaf(): void {
  process.on('SIGTERM', () => { appendFileSync(join(folder, 'log'), '"SIGTERM"\n'); });
  appendFileSync(join(folder, 'log'), '"deaf"\n');
  stay();
}

function list(mode: string): void {
  if (mode === 'no camera') {
    process.stdout.write('No cameras available!\n');
    return;
  }
  if (Object.hasOwn(FAILURES, mode)) fail(FAILURES[mode]);
  process.stdout.write(`Available cameras
-----------------
0 : imx219 [3280x2464 10-bit] (/base/soc/i2c0mux/i2c@1/imx219@10)
    Modes: 'SRGGB10_CSI2P' : 640x480 [103.01 fps - (0, 0)/3280x2464 crop]
                             1640x1232 [41.00 fps - (0, 0)/3280x2464 crop]
           'SRGGB8' : 640x480 [103.01 fps - (0, 0)/3280x2464 crop]

1 : ov5647 [2592x1944 10-bit GBRG] (/base/soc/i2c0mux/i2c@0/ov5647@36)
    Modes: 'SGBRG10_CSI2P' : 1296x972 [46.34 fps - (0, 0)/2592x1944 crop]
`);
}

function parse(without: string[]): Options {
  try {
    return parseArgs({
      args: argv,
      options: {
        output: { type: 'string', short: 'o' },
        encoding: { type: 'string', short: 'e' },
        quality: { type: 'string', short: 'q' },
        timeout: { type: 'string', short: 't' },
        nopreview: { type: 'boolean', short: 'n' },
        ...Object.fromEntries(FLAGS.filter((name) => !without.includes(name)).map((name) => [name, { type: 'boolean' as const }])),
        ...Object.fromEntries(VALUES.filter((name) => !without.includes(name)).map((name) => [name, { type: 'string' as const }])),
      },
    }).values;
  } catch (error) {
    return fail(`unrecognised option: ${(error as Error).message}`);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
