// Behaves as rpicam-still 1.12 does, as far as a program that starts it can tell; see camera-program.ts.
import { writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { act, beDeaf, folder, hold, SENSOR, size, stay } from './camera-program';
import { STILL_OPTIONS, type Options } from './options';

const MODES: Record<string, (options: Options) => Promise<void> | void> = {
  picture: async (options) => {
    process.stdout.write(await takePicture(options));
  },
  chatter: async (options) => {
    for (let i = 0; i < 50_000; i++)
      writeSync(2, `ERROR-looking line ${i} of a log that nobody asked for, though all is well\n`);
    process.stdout.write(await takePicture(options));
  },
  half: async (options) => {
    const picture = await takePicture(options);
    process.stdout.write(picture.subarray(0, picture.length / 2));
  },
  nothing: () => undefined,
  text: () => {
    process.stdout.write('Usage: something else altogether\n');
  },
  hang: () => {
    stay();
  },
  deaf: beDeaf,
  endless: () => {
    const block = Buffer.alloc(65536, 0xff);
    const more = (): void => {
      while (process.stdout.write(block));
      process.stdout.once('drain', more);
    };
    more();
  },
  killed: () => {
    process.kill(process.pid, 'SIGKILL');
    stay();
  },
  // Something that it started outlives it and holds its pipes open.
  heir: async (options) => {
    const { spawn } = await import('node:child_process');
    process.stdout.write(await takePicture(options));
    const heir = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120_000)'], {
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    writeFileSync(join(folder, 'heir'), String(heir.pid));
    heir.unref();
  },
};

async function takePicture(options: Options): Promise<Buffer> {
  hold();
  const settling = options.immediate ? 0 : Number(options.timeout ?? 5000);
  await new Promise((resolve) => {
    setTimeout(resolve, settling);
  });
  // White, with a black corner at the top left.
  const { default: sharp } = await import('sharp');
  const corner = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'black' } })
    .png()
    .toBuffer();
  const page = sharp({
    create: {
      width: size(options, 'width', SENSOR.width),
      height: size(options, 'height', SENSOR.height),
      channels: 3,
      background: 'white',
    },
  }).composite([{ input: corner, left: 0, top: 0 }]);
  const turned = sharp(await page.png({ compressionLevel: 1 }).toBuffer())
    .flop(Boolean(options.hflip) !== (options.rotation === '180'))
    .flip(Boolean(options.vflip) !== (options.rotation === '180'));
  return (
    options.encoding === 'png' ? turned.png() : turned.jpeg({ quality: Number(options.quality ?? 93) })
  ).toBuffer();
}

void act(MODES, 'picture', STILL_OPTIONS);
