import { DEFAULT_VIDEO_SIZE, videoArguments } from './arguments';
import { CameraError } from './errors';
import { unpaddedAround, unpaddedInside, type Size } from './frame-size';
import { JpegStream } from './jpeg-stream';
import { LumaStream } from './luma-stream';
import { programFailure } from './program-errors';
import { explained, programsFor, runFirst } from './programs';
import type { RunOptions } from './run';
import { checkCameraNumber } from './settings';
import type { FrameSink, FrameSource, SourceFrame, StreamRequest } from './source';
import type { StillCameraOptions } from './still';
import { StreamLog } from './stream-log';

/** The Pi's camera as a stream: one run of rpicam-vid, whose stdout is always read, for an unread one makes it hang. */
export class VideoCamera implements FrameSource {
  readonly isCamera = true;
  /** Sizes, as `320x240`, that the camera turned out not to have, and what it is asked for instead. */
  private readonly instead = new Map<string, Size>();

  constructor(private readonly options: StillCameraOptions = {}) {}

  async play(request: StreamRequest, sink: FrameSink, signal: AbortSignal): Promise<void> {
    const camera = checkCameraNumber(this.options.camera);
    const { rotation } = request.settings;
    const turn = rotation === 90 || rotation === 270 ? rotation : undefined;
    let frames = 0;
    const send = (frame: PlainFrame): void => {
      frames++;
      sink.frame({ source: `camera ${camera}`, turn, ...frame });
    };
    const dropped = (count: number): void => {
      sink.dropped(count);
    };
    const run = { camera, request, send, dropped, signal };
    const { program, failure } = await (request.kind === 'luma' ? this.luma(run) : this.jpeg(run));
    // A program from which no frame came may be another one altogether, and then that is why it stalled.
    const stalled = failure.code === 'closed' && signal.reason instanceof CameraError ? signal.reason : failure;
    throw frames > 0 ? failure : await explained(program, stalled);
  }

  private async jpeg({ camera, request: { settings, framerate }, send, dropped, signal }: Run): Promise<Outcome> {
    const splitter = new JpegStream(send, dropped);
    const outcome = await this.run(videoArguments(camera, settings, { codec: 'mjpeg', framerate }), {
      signal,
      onOutput: (chunk) => {
        splitter.push(chunk);
      },
    });
    if (!signal.aborted && splitter.isInside) dropped(1);
    return outcome;
  }

  /** Asks for a size without padding; a frame that is sent on is scaled to the wanted one. */
  private async luma({ camera, request, send, dropped, signal }: Run): Promise<Outcome> {
    const { settings, framerate, keepChroma } = request;
    const { width, height } = { ...DEFAULT_VIDEO_SIZE, ...settings };
    const around = unpaddedAround({ width, height });
    const misfit = new AbortController();
    const stream = new LumaStream(
      {
        keepChroma,
        onMisfit: (error, size) => {
          const other = size && unpaddedInside(size);
          if (other) this.instead.set(key(around), other);
          misfit.abort(error);
        },
      },
      ({ picture, chroma, at }) => {
        // Frames of a camera that has another size than it was asked for are left as they are.
        const scale = key(picture) === key(around) && width !== around.width ? { width, height } : undefined;
        send({ image: picture, chroma, width: picture.width, height: picture.height, at, scale });
      },
    );
    const size = this.instead.get(key(around)) ?? around;
    try {
      const args = videoArguments(camera, { ...settings, ...size }, { codec: 'yuv420', framerate });
      const { program, failure } = await this.run(args, {
        signal: AbortSignal.any([signal, misfit.signal]),
        env: StreamLog.environment,
        onOutput: (chunk) => {
          stream.push(chunk);
        },
        onText: (text) => {
          stream.text(text);
        },
      });
      if (!signal.aborted) {
        stream.end();
        if (stream.isInside) dropped(1);
      }
      return { program, failure: misfit.signal.aborted ? (misfit.signal.reason as CameraError) : failure };
    } finally {
      stream.close();
    }
  }

  private async run(args: string[], options: RunOptions): Promise<Outcome> {
    const { program, ended } = await runFirst(programsFor('vid', this.options.program), args, options);
    const bySelf = new CameraError('ended', `${program} ended by itself`, { status: 'camera stopped' });
    return { program, failure: programFailure(program, ended, 0) ?? bySelf };
  }
}

type PlainFrame = Omit<SourceFrame, 'source' | 'turn'>;

/** One run of the program. */
interface Run {
  camera: number;
  request: StreamRequest;
  send: (frame: PlainFrame) => void;
  dropped: (count: number) => void;
  signal: AbortSignal;
}

/** How a run ended, which it does not do while all is well. */
interface Outcome {
  program: string;
  failure: CameraError;
}

function key({ width, height }: Size): string {
  return `${width}x${height}`;
}
