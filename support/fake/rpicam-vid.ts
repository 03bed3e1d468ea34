// Behaves as rpicam-vid 1.12 on a Pi does, as far as a program that starts it can tell; see camera-program.ts. Every
// frame tells which one it is, and when it was taken: see `stamp` and test/camera/stamp.ts.
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { act, beDeaf, fail, folder, hold, readOr, size, stay } from './camera-program';
import { VIDEO_OPTIONS, type Options } from './options';

/** How a mode departs from sending frame after frame. */
interface Mode {
  /** After so many frames, `then` happens. */
  after?: number;
  then?: (frame: Buffer) => void;
  /** Bytes before each frame. */
  between?: Buffer;
  /** Rows of raw frames are padded to a multiple of this, bytes; by default 64, as on a Pi 4. */
  stride?: number;
  /** The largest picture, pixels. */
  most?: { width: number; height: number };
  /** What the log has before the line with the sizes, and whether it has that line and one for each frame. */
  log?: { before?: string; size?: boolean; frames?: boolean };
  /** From one piece of a raw frame to the next, milliseconds: there is no pause between frames. */
  pause?: number;
  /** Frames a second, whatever is asked for. */
  framerate?: number;
  /** Each frame as it is sent. */
  change?: (frame: Buffer, number: number) => Buffer;
}

/** As with LIBCAMERA_LOG_LEVELS set: each mode of the sensor is tried. */
const RAW_STREAMS = ['640x480', '1640x1232', '1920x1080', '3280x2464']
  .map((each) => configured(`(0) ${each}-SBGGR10_CSI2P/RAW`))
  .join('');

const MODES: Record<string, Mode> = {
  frames: {},
  exit: { after: 5, then: () => process.exit(0) },
  failure: { after: 5, then: () => fail('Camera frontend has timed out!') },
  aborted: {
    after: 5,
    then: () => {
      process.abort();
    },
  },
  killed: {
    after: 5,
    then: () => {
      process.kill(process.pid, 'SIGKILL');
    },
  },
  stall: {
    after: 5,
    then: () => {
      stay();
    },
  },
  cut: {
    after: 5,
    then: (frame) => {
      send(frame.subarray(0, frame.length / 2));
      process.exit(0);
    },
  },
  deaf: { after: 1, then: beDeaf },
  chatter: {
    between: Buffer.alloc(0),
    change: (frame) => {
      writeSync(2, 'ERROR-looking line of a log that nobody asked for\n'.repeat(200));
      return frame;
    },
  },
  garbage: { between: Buffer.from('--boundary\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8 is no start') },
  pauses: { pause: 20 },
  'pi 5': { stride: 128 },
  'other padding': { stride: 256 },
  'small sensor': { most: { width: 1640, height: 1232 } },
  'raw streams first': { log: { before: RAW_STREAMS } },
  'no size': { log: { before: RAW_STREAMS, size: false } },
  'no frame sizes': { log: { frames: false } },
  'other size': {
    after: 5,
    then: (frame) => {
      writeSync(2, configured('(0) 256x192-YUV420/sYCC'));
      sendRaw(frame, 0, true);
      stay();
    },
  },
  fast: { framerate: 10_000, pause: 0 },
  huge: {
    after: 3,
    then: (frame) => {
      huge(frame);
    },
  },
  'half frames': { change: (frame, number) => (number % 2 === 1 ? frame.subarray(0, frame.length / 2) : frame) },
  nothing: {
    after: 0,
    then: () => {
      stay();
    },
  },
};

/** The largest picture of the sensor, pixels. */
const MOST = { width: 3280, height: 2464 };

/** Bytes in which a raw frame is handed over. */
const PIECE = 60_000;

const ACTS = Object.entries(MODES).map(
  ([name, mode]) =>
    [
      name,
      (options: Options) => {
        film(options, mode);
      },
    ] as const,
);

void act(Object.fromEntries(ACTS), 'frames', VIDEO_OPTIONS);

function film(options: Options, mode: Mode): void {
  hold();
  const { most = MOST, stride = 64, pause = 1, log = {} } = mode;
  const width = size(options, 'width', 640, most);
  const height = size(options, 'height', 480, most);
  const raw = options.codec === 'yuv420';
  writeSync(2, log.before ?? '');
  if (log.size !== false)
    writeSync(2, configured(`(0) ${width}x${height}-YUV420/sYCC (1) 1640x1232-SBGGR10_CSI2P/RAW`));
  const picture = raw ? rawPicture(width, height, stride) : undefined;
  const jpeg = raw ? undefined : readFileSync(process.env.FAKE_JPEG ?? join(folder, 'frame.jpg'));
  const period = 1000 / (mode.framerate ?? Number(options.framerate ?? 30));
  const began = Date.now();
  const isVerbose = options.verbose === true && log.frames !== false;
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
      const sent = mode.change ? mode.change(frame, number) : frame;
      if (isVerbose) writeSync(2, `Viewfinder frame ${number}\n`);
      if (raw) sendRaw(sent, pause, isVerbose);
      else send(sent);
      number++;
    }
    setTimeout(next, Math.max(0, number * period - (Date.now() - began)));
  };
  next();
}

function configured(streams: string): string {
  return `[0:01:02.412345678] [1234]  INFO Camera camera.cpp:1197 configuring streams: ${streams}\n`;
}

/** In two writes, as the C library does: a multiple of its buffer's size, then the rest. */
function sendRaw(frame: Buffer, pause: number, isVerbose: boolean): void {
  if (isVerbose) writeSync(2, `FileOutput: output buffer 0x7f8a2c000000 size ${frame.length}\n`);
  const first = frame.length - (frame.length % 4096);
  for (let from = 0; from < first; from += PIECE) {
    send(frame.subarray(from, Math.min(first, from + PIECE)));
    if (pause > 0 && from + PIECE < first) wait(pause);
  }
  send(frame.subarray(first));
}

function wait(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Waits for the reader; when that has gone, the program aborts as the real one does. */
function send(bytes: Buffer): void {
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(1, bytes, from);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        wait(1);
        continue;
      }
      writeSync(
        2,
        "terminate called after throwing an instance of 'std::runtime_error'\n  what():  failed to write output " +
          'bytes\n',
      );
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

/**
 * Grey that gets brighter to the right, on a reddish ground; or what is drawn in `picture.luma`, if it has this size.
 */
function rawPicture(width: number, height: number, align: number): Buffer {
  const stride = Math.ceil(width / align) * align;
  const frame = Buffer.alloc((stride * height * 3) / 2, 0xee);
  const file = readOr('picture.luma', '') === '' ? undefined : readFileSync(join(folder, 'picture.luma'));
  const drawn = file?.length === width * height ? file : undefined;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      frame[y * stride + x] = drawn ? drawn[y * width + x]! : 64 + Math.floor((128 * x) / width);
  }
  for (const [plane, value] of [110, 160].entries()) {
    const first = (stride * height * (4 + plane)) / 4;
    for (let y = 0, at = first; y < height / 2; y++, at += stride / 2) frame.fill(value, at, at + width / 2);
  }
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
