// Behaves as rpicam-vid 1.12 does, as far as a program that starts it can tell; see camera-program.ts. Every frame tells
// which one it is, and when it was taken: see `stamp` and test/camera/stamp.ts.
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { act, beDeaf, fail, folder, hold, readOr, size, stay, type Options } from './camera-program';

/** How a mode departs from sending frame after frame. */
interface Mode {
  /** After so many frames, `then` happens. */
  after?: number;
  then?: (frame: Buffer) => void;
  /** Bytes before each frame. */
  between?: Buffer;
  /** Rows of raw frames are padded to a multiple of this, and their number to a multiple of 16. */
  stride?: number;
  /** Frames a second, whatever is asked for. */
  framerate?: number;
  /** Each frame as it is sent. */
  change?: (frame: Buffer, number: number) => Buffer;
}

const MODES: Record<string, Mode> = {
  'frames': {},
  'exit': { after: 5, then: () => process.exit(0) },
  'failure': { after: 5, then: () => fail('Camera frontend has timed out!') },
  'aborted': { after: 5, then: () => { process.abort(); } },
  'killed': { after: 5, then: () => { process.kill(process.pid, 'SIGKILL'); } },
  'stall': { after: 5, then: () => { stay(); } },
  'cut': { after: 5, then: (frame) => { send(frame.subarray(0, frame.length / 2)); process.exit(0); } },
  'deaf': { after: 1, then: beDeaf },
  'chatter': { between: Buffer.alloc(0), change: (frame) => { writeSync(2, 'ERROR-looking line of a log that nobody asked for\n'.repeat(200)); return frame; } },
  'garbage': { between: Buffer.from('--boundary\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8 is no start') },
  'padded': { stride: 256 },
  'fast': { framerate: 10_000 },
  'huge': { after: 3, then: (frame) => { huge(frame); } },
  'half frames': { change: (frame, number) => (number % 2 === 1 ? frame.subarray(0, frame.length / 2) : frame) },
  'nothing': { after: 0, then: () => { stay(); } },
};

void act(Object.fromEntries(Object.entries(MODES).map(([name, mode]) => [name, (options: Options) => { film(options, mode); }])), 'frames', ['immediate', 'autofocus-on-capture', 'thumb']);

function film(options: Options, mode: Mode): void {
  hold();
  const width = size(options, 'width', 640), height = size(options, 'height', 480), raw = options.codec === 'yuv420';
  writeSync(2, `[0:01:02.4] [1234]  INFO Camera camera.cpp:1197 configuring streams: (0) ${width}x${height}-YUV420/sYCC (1) 1640x1232-SBGGR10_CSI2P/RAW\n`);
  const picture = raw ? rawPicture(width, height, mode.stride) : undefined;
  const jpeg = raw ? undefined : readFileSync(process.env.FAKE_JPEG ?? join(folder, 'frame.jpg'));
  const period = 1000 / (mode.framerate ?? Number(options.framerate ?? 30)), began = Date.now();
  let number = 0;
  const next = (): void => {
    // Where the reader is slow, frames that could not be written are skipped; the real one holds about 17.
    while (number * period <= Date.now() - began) {
      const frame = picture ? stampRaw(picture, number) : stampJpeg(jpeg as Buffer, number);
      if (number === mode.after) {
        mode.then?.(frame);
        return;
      }
      if (mode.between) send(mode.between);
      send(mode.change ? mode.change(frame, number) : frame);
      number++;
    }
    setTimeout(next, Math.max(0, number * period - (Date.now() - began)));
  };
  next();
}

/** Waits for the reader; when that has gone, the program aborts as the real one does. */
function send(bytes: Buffer): void {
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(1, bytes, from);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
        continue;
      }
      writeSync(2, "terminate called after throwing an instance of 'std::runtime_error'\n  what():  failed to write output bytes\n");
      process.kill(process.pid, 'SIGABRT');
      return;
    }
  }
}

/** A frame whose data do not end. */
function huge(frame: Buffer): void {
  send(frame.subarray(0, frame.length - 2));
  const filling = Buffer.alloc(2 ** 20, 0x55);
  for (let i = 0; i < 50; i++) send(filling);
  send(frame);
  stay();
}

/** Grey that gets brighter to the right, on a reddish ground; what is drawn in `picture.luma` is put into the middle. */
function rawPicture(width: number, height: number, align = 1): Buffer {
  const stride = Math.ceil(width / align) * align, rows = align > 1 ? Math.ceil(height / 16) * 16 : height;
  const frame = Buffer.alloc((stride * rows * 3) / 2, 100);
  const drawn = readOr('picture.luma', '') === '' ? undefined : readFileSync(join(folder, 'picture.luma'));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) frame[y * stride + x] = drawn ? drawn[y * width + x] : 64 + Math.floor((128 * x) / width);
    frame.fill(0xee, y * stride + width, (y + 1) * stride);
  }
  frame.fill(110, stride * rows, (stride * rows * 5) / 4);
  frame.fill(160, (stride * rows * 5) / 4);
  return frame;
}

/** Number and time in the first 16 bytes, which are the picture's left upper corner. */
function stampRaw(picture: Buffer, number: number): Buffer {
  picture.writeDoubleBE(number, 0);
  picture.writeDoubleBE(Date.now(), 8);
  return picture;
}

/** Number and time in a comment segment after SOI. */
function stampJpeg(jpeg: Buffer, number: number): Buffer {
  const comment = Buffer.alloc(20);
  comment.writeUInt16BE(0xfffe);
  comment.writeUInt16BE(18, 2);
  comment.writeDoubleBE(number, 4);
  comment.writeDoubleBE(Date.now(), 12);
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
}
