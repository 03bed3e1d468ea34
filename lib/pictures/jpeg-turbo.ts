import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PictureError, type GreyPicture } from './picture';
import type { PlainJpeg } from './plain-jpeg';

/** Of turbojpeg.h: brightness alone, so that colours are not even worked out. */
const TJPF_GRAY = 6;

/** What is used of libjpeg-turbo's TurboJPEG API; numbers are places in its memory. */
interface TurboJpeg {
  memory: WebAssembly.Memory;
  /** 0 where there is no memory left. */
  malloc: (bytes: number) => number;
  free: (place: number) => void;
  tjInitDecompress: () => number;
  /** 0 where all is well, also for `tjDestroy`. */
  tjDecompress2: (
    handle: number,
    jpeg: number,
    size: number,
    pixels: number,
    width: number,
    row: number,
    height: number,
    format: number,
    flags: number,
  ) => number;
  tjDestroy: (handle: number) => number;
}

let loaded: TurboJpeg | undefined;

/**
 * Decodes the brightness of a plain JPEG where it stands: no thread, no colours.
 * @throws PictureError (`damaged`) where something is wrong with it. What, only a decoder that takes more care tells.
 */
export function decodePlainJpeg({ jpeg, width, height }: PlainJpeg): GreyPicture {
  try {
    const data = decode((loaded ??= load()), jpeg, width, height);
    return { data, width, height, channels: 1 };
  } catch (error) {
    // What broke off midway has left its memory as it was.
    loaded = undefined;
    throw error instanceof PictureError ? error : damaged(error);
  }
}

function decode(turbo: TurboJpeg, jpeg: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const from = turbo.malloc(jpeg.length);
  const to = turbo.malloc(width * height);
  const handle = turbo.tjInitDecompress();
  if (from === 0 || to === 0 || handle === 0) throw damaged('no memory is left');
  new Uint8Array(turbo.memory.buffer, from, jpeg.length).set(jpeg);
  const status = turbo.tjDecompress2(handle, from, jpeg.length, to, width, width, height, TJPF_GRAY, 0);
  if (status !== 0) throw damaged('it is damaged');
  const pixels = new Uint8Array(turbo.memory.buffer, to, width * height).slice();
  turbo.tjDestroy(handle);
  turbo.free(to);
  turbo.free(from);
  return pixels;
}

function damaged(cause: unknown): PictureError {
  return new PictureError('the JPEG cannot be decoded the quick way', 'damaged', { cause });
}

/** libjpeg-turbo leaves by a long jump where a picture is damaged: here that is an error. */
function load(): TurboJpeg {
  const leave = (): never => {
    throw new Error('libjpeg-turbo gave up');
  };
  const none = (): number => 0;
  const wasi = {
    environ_sizes_get: none,
    environ_get: none,
    fd_close: none,
    fd_seek: none,
    fd_write: none,
    proc_exit: leave,
  };
  const module = new WebAssembly.Module(readFileSync(join(__dirname, 'jpeg-turbo.wasm')));
  const { exports } = new WebAssembly.Instance(module, {
    env: { setjmp: none, longjmp: leave },
    wasi_snapshot_preview1: wasi,
  });
  return exports as unknown as TurboJpeg;
}
