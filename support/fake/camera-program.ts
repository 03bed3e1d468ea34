// What the fake camera programs share. The folder that they stand in holds what they are to do in a file `mode`, gets a
// line in `log` for each run, and `lock` while the camera is held.
import { appendFileSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOptions, type Options, type OwnOptions } from './options';

/** The largest picture, pixels. */
export const SENSOR = { width: 1640, height: 1232 };
export const folder = dirname(process.argv[1]!);
export const argv = process.argv.slice(2);

/** Modes in which every one of them fails, and how. */
export const FAILURES: Record<string, string> = {
  'no camera': 'no cameras available',
  'no media subsystem': 'camera manager failed to start, code 19',
  'disk full': 'failed to write file - output probably corrupt',
  'no memory': 'dmaHeap allocation failure for rpi-apps0',
  'unknown option': "unrecognised option '--foo'",
  'invalid value': "the argument ('abc') for option '--width' is invalid",
  transpose: 'transforms requiring transpose not supported',
  'illegal rotation': 'illegal rotation value',
  'missing library':
    'rpicam-still: error while loading shared libraries: libcamera.so.0.5: cannot open shared object file',
  'unknown failure': 'failed to generate capture configuration',
};

/** What the real ones log though all is well. */
const NOISE = `[0:01:02.345678901] [1234]  INFO Camera camera_manager.cpp:327 libcamera v0.5.2
[0:01:02.345891234] [1240]  WARN RPiSdn sdn.cpp:40 Using legacy SDN tuning - please consider moving SDN inside rpi.denoise
[0:01:02.346891234] [1240] ERROR CameraSensor camera_sensor_legacy.cpp:352 'imx219 10-0010': No sensor delays found
Mode selection for 1640:1232:12:P
    SRGGB10_CSI2P,640x480/0 - Score: 4504
    SRGGB10_CSI2P,1640x1232/0 - Score: 1000
Stream configuration adjusted
`;

type Act = (options: Options) => Promise<void> | void;

/** Runs one of the modes as the file says, with the default where there is none. */
export async function act(modes: Record<string, Act>, usual: string, own: OwnOptions): Promise<void> {
  const mode = readOr('mode', usual);
  const options = readOptions(argv, own);
  if (typeof options !== 'string' && options.version) {
    process.stdout.write('rpicam-apps build: v1.12.0 f5174e5099fd 22-11-2026 (13:31:24)\nlibcamera build: v0.5.2\n');
    return;
  }
  appendFileSync(join(folder, 'log'), `${JSON.stringify({ pid: process.pid, argv })}\n`);
  if (typeof options === 'string') return fail(options);
  if (options['list-cameras']) {
    list(mode);
    return;
  }
  writeSync(2, NOISE);
  if (Object.hasOwn(FAILURES, mode)) return fail(FAILURES[mode]!);
  if (Number(options.camera ?? 0) > 0) return fail('selected camera is not available');
  await modes[Object.hasOwn(modes, mode) ? mode : usual]!(options);
}

/** Odd and too large sizes are adjusted without a word. */
export function size(options: Options, name: 'width' | 'height', usual: number, most = SENSOR): number {
  const wanted = Number(options[name] ?? 0);
  return wanted > 0 ? Math.min(wanted - (wanted % 2), most[name]) : usual;
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
  process.on('SIGTERM', () => {
    appendFileSync(join(folder, 'log'), '"SIGTERM"\n');
  });
  appendFileSync(join(folder, 'log'), '"deaf"\n');
  stay();
}

function list(mode: string): void {
  if (mode === 'no camera') {
    process.stdout.write('No cameras available!\n');
    return;
  }
  if (Object.hasOwn(FAILURES, mode)) fail(FAILURES[mode]!);
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
