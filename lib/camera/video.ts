import { DEFAULT_VIDEO_SIZE, videoArguments } from './arguments';
import { CameraError } from './errors';
import { JpegStream } from './jpeg-stream';
import { LumaStream } from './luma-stream';
import { programFailure } from './program-errors';
import { programsFor, runFirst } from './programs';
import { checkCameraNumber } from './settings';
import type { FrameSink, FrameSource, SourceFrame, StreamRequest } from './source';
import type { StillCameraOptions } from './still';

/** The size that the camera really has, in the log of libcamera: the program adjusts one that it cannot do without a word. */
const CONFIGURED = /configuring streams: \(0\) (\d+)x(\d+)/;

/** Characters of the log in which that is looked for. */
const LOG_HEAD = 32_768;

/** The Pi's camera as a stream: one run of rpicam-vid, whose stdout is always read, for an unread one makes it hang. */
export class VideoCamera implements FrameSource {
  readonly isCamera = true;

  constructor(private readonly options: StillCameraOptions = {}) {}

  async play({ settings, kind, framerate, keepChroma }: StreamRequest, sink: FrameSink, signal: AbortSignal): Promise<void> {
    const camera = checkCameraNumber(this.options.camera);
    const { width, height } = { ...DEFAULT_VIDEO_SIZE, ...settings };
    const common = { source: `camera ${camera}`, turn: settings.rotation === 90 || settings.rotation === 270 ? settings.rotation : undefined };
    const frame = (rest: Omit<SourceFrame, 'source' | 'turn'>): void => { sink.frame({ ...common, ...rest }); };

    // Ends the program when what it sends cannot be understood.
    const misunderstood = new AbortController();
    const splitter = kind === 'luma'
      ? new LumaStream({ width, height, framerate, keepChroma, onUnknown: (error) => { misunderstood.abort(error); } }, ({ picture, chroma, at }) => {
        frame({ image: picture, chroma, width: picture.width, height: picture.height, at });
      })
      : new JpegStream(frame, (count) => { sink.dropped(count); });

    let log = '';
    try {
      const { program, ended } = await runFirst(programsFor('vid', this.options.program), videoArguments(camera, settings, { codec: kind === 'luma' ? 'yuv420' : 'mjpeg', framerate }), {
        signal: AbortSignal.any([signal, misunderstood.signal]),
        onOutput: (chunk) => { splitter.push(chunk); },
        onText: (text) => {
          if (log.length >= LOG_HEAD) return;
          log += text;
          const size = CONFIGURED.exec(log);
          if (!size) return;
          splitter.configured(Number(size[1]), Number(size[2]));
          log = ' '.repeat(LOG_HEAD);
        },
      });
      if (splitter.isInside) sink.dropped(1);
      if (misunderstood.signal.aborted) throw misunderstood.signal.reason as Error;
      throw programFailure(program, ended, 0) ?? new CameraError('ended', `${program} ended by itself`, { status: 'camera stopped' });
    } finally {
      splitter.close();
    }
  }
}
