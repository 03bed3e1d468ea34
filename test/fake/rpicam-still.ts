// Behaves as rpicam-still 1.12 does, as far as a program that starts it can tell. The folder that it stands in holds what
// it is to do in a file `mode` (see MODES), gets a line in `log` for each run, and `lock` while the camera is held.
import { appendFileSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const SENSOR = { width: 1640, height: 1232 };
const folder = dirname(process.argv[1]);
const argv = process.argv.slice(2);

const FLAGS = ['immediate', 'hflip', 'vflip', 'autofocus-on-capture'];
const VALUES = [
  'thumb', 'camera', 'width', 'height', 'rotation', 'roi', 'shutter', 'gain', 'ev', 'metering', 'exposure', 'awb', 'awbgains',
  'brightness', 'contrast', 'saturation', 'sharpness', 'denoise', 'autofocus-mode', 'lens-position',
];

type Options = Record<string, string | boolean | undefined>;

function main(): Promise<void> | void {
  const mode = readOr('mode', 'picture');
  appendFileSync(join(folder, 'log'), `${JSON.stringify({ pid: process.pid, argv })}\n`);
  writeSync(2, '[0:01:02.345678901] [1234]  INFO Camera camera_manager.cpp:327 libcamera v0.5.2\n');
  const options = parse();
  if (Object.hasOwn(FAILURES, mode)) return fail(FAILURES[mode]);
  if (Number(options.camera ?? 0) > 0) return fail('selected camera is not available');
  if (options.rotation !== undefined && options.rotation !== '180') return fail('transforms requiring transpose not supported');
  return MODES[mode](options);
}

const FAILURES: Record<string, string> = {
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

const MODES: Record<string, (options: Options) => Promise<void> | void> = {
  picture: async (options) => { process.stdout.write(await takePicture(options)); },
  chatter: async (options) => {
    for (let i = 0; i < 50_000; i++) writeSync(2, `ERROR-looking line ${i} of a log that nobody asked for, though all is well\n`);
    process.stdout.write(await takePicture(options));
  },
  half: async (options) => {
    const picture = await takePicture(options);
    process.stdout.write(picture.subarray(0, picture.length / 2));
  },
  nothing: () => undefined,
  text: () => { process.stdout.write('Usage: something else altogether\n'); },
  hang: () => { stay(); },
  deaf: () => {
    process.on('SIGTERM', () => { appendFileSync(join(folder, 'log'), '"SIGTERM"\n'); });
    appendFileSync(join(folder, 'log'), '"deaf"\n');
    stay();
  },
  endless: () => {
    const block = Buffer.alloc(65536, 0xff);
    const more = (): void => { while (process.stdout.write(block)); process.stdout.once('drain', more); };
    more();
  },
  killed: () => { process.kill(process.pid, 'SIGKILL'); stay(); },
  // Something that it started outlives it and holds its pipes open.
  heir: async (options) => {
    const { spawn } = await import('node:child_process');
    process.stdout.write(await takePicture(options));
    spawn(process.execPath, ['-e', 'setTimeout(() => {}, 5000)'], { stdio: ['ignore', 'inherit', 'inherit'], detached: true }).unref();
  },
};

/** Odd and too large sizes are adjusted without a word. */
async function takePicture(options: Options): Promise<Buffer> {
  hold();
  const settling = options.immediate ? 0 : Number(options.timeout ?? 5000);
  await new Promise((resolve) => { setTimeout(resolve, settling); });
  const size = (name: 'width' | 'height'): number => {
    const wanted = Number(options[name] ?? 0);
    return wanted > 0 ? Math.min(wanted - (wanted % 2), SENSOR[name]) : SENSOR[name];
  };
  // White, with a black corner at the top left.
  const { default: sharp } = await import('sharp');
  const corner = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'black' } }).png().toBuffer();
  const page = sharp({ create: { width: size('width'), height: size('height'), channels: 3, background: 'white' } })
    .composite([{ input: corner, left: 0, top: 0 }]);
  const turned = sharp(await page.png({ compressionLevel: 1 }).toBuffer())
    .flop(Boolean(options.hflip) !== (options.rotation === '180'))
    .flip(Boolean(options.vflip) !== (options.rotation === '180'));
  return (options.encoding === 'png' ? turned.png() : turned.jpeg({ quality: Number(options.quality ?? 93) })).toBuffer();
}

/** One process holds a camera. */
function hold(): void {
  const owner = Number(readOr('lock', '0'));
  if (owner > 0 && isAlive(owner)) {
    writeSync(2, 'ERROR RPI vc4.cpp Pipeline handler in use by another process\n');
    fail('failed to acquire camera /base/soc/i2c0mux/i2c@1/imx219@10');
  }
  writeFileSync(join(folder, 'lock'), String(process.pid));
}

function parse(): Options {
  try {
    return parseArgs({
      args: argv,
      options: {
        output: { type: 'string', short: 'o' },
        encoding: { type: 'string', short: 'e' },
        quality: { type: 'string', short: 'q' },
        timeout: { type: 'string', short: 't' },
        nopreview: { type: 'boolean', short: 'n' },
        ...Object.fromEntries(FLAGS.map((name) => [name, { type: 'boolean' as const }])),
        ...Object.fromEntries(VALUES.map((name) => [name, { type: 'string' as const }])),
      },
    }).values;
  } catch (error) {
    return fail(`unrecognised option: ${(error as Error).message}`);
  }
}

function fail(text: string): never {
  writeSync(2, `ERROR: *** ${text} ***\n`);
  process.exit(255);
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return otherwise;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function stay(): void {
  setInterval(() => undefined, 60_000);
}

void main();
