import type { Size } from './frame-size';

/** Longest line that is waited for, characters. */
const MOST_LINE = 4096;

/** The streams that libcamera has configured: the first in YUV 4:2:0 is the one that is written, others are raw. */
const CONFIGURED = /configuring streams:.*?\(\d+\) (\d+)x(\d+)-YUV420\b/;

/** What `--verbose` adds before each frame; a line that another thread has written into does not count. */
const FRAME = /^FileOutput: output buffer \S+ size (\d+)\s*$/;

/** Settings that would keep these lines from us. */
const LOG_SETTINGS = new Set(['LIBCAMERA_LOG_FILE', 'LIBCAMERA_LOG_LEVELS']);

/** What the log of rpicam-vid tells about the raw frames that it writes. */
export class StreamLog {
  /** The size that the camera really has: one that it cannot do is adjusted without a word. */
  size: Size | undefined;
  /** Bytes of the newest frame, where the program tells. */
  frameBytes: number | undefined;
  private rest = '';

  /** The environment in which the program writes these lines to stderr. */
  static get environment(): NodeJS.ProcessEnv {
    return Object.fromEntries(Object.entries(process.env).filter(([name]) => !LOG_SETTINGS.has(name)));
  }

  /** @param text a piece of stderr, cut anywhere */
  push(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()?.slice(-MOST_LINE) ?? '';
    for (const line of lines) this.read(line);
  }

  private read(line: string): void {
    const size = CONFIGURED.exec(line);
    if (size) this.size = { width: Number(size[1]), height: Number(size[2]) };
    const frame = FRAME.exec(line);
    if (frame) this.frameBytes = Number(frame[1]);
  }
}
