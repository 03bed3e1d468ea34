import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { CameraError } from './errors';
import { JpegStream } from './jpeg-stream';
import { closedError } from './program-errors';
import type { CameraSettings } from './settings';
import type { CapturedPicture, FrameSink, FrameSource, PictureSource, SourceFrame, StreamRequest } from './source';

/** Redirections that are followed. */
const MOST_REDIRECTIONS = 5;

/** How long the answer may take to begin, and a single picture to come, milliseconds. */
const ANSWER_TIMEOUT = 10_000;
const PICTURE_TIMEOUT = 15_000;

/** What a stream of JPEGs is sent as. */
const STREAM_TYPES = /^(multipart\/|image\/jpe?g|video\/x-(motion-jpeg|mjpeg)|application\/octet-stream)/i;

export interface HttpCameraOptions {
  /** http: or https:, of an MJPEG stream (multipart/x-mixed-replace). */
  url?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
}

/** A camera in the network: JPEGs over HTTP, one after another. Settings change nothing. */
export class HttpCamera implements PictureSource, FrameSource {
  readonly isCamera = false;

  constructor(private readonly options: HttpCameraOptions) {}

  async play(_request: Pick<StreamRequest, 'framerate'>, sink: FrameSink, signal: AbortSignal): Promise<void> {
    const address = this.address();
    const answer = await this.open(address, signal);
    const source = address.host;
    const splitter = new JpegStream(
      (frame) => {
        sink.frame({ source, ...frame });
      },
      (count) => {
        sink.dropped(count);
      },
    );
    try {
      // Read as it comes, never paused: what is behind would be old.
      for await (const chunk of answer) splitter.push(chunk as Buffer);
    } catch (error) {
      if (!signal.aborted) throw this.lost(address, (error as Error).message, error);
    }
    if (splitter.isInside) sink.dropped(1);
    if (!signal.aborted) throw this.lost(address, 'it was closed');
  }

  /** The first frame of a stream of its own. */
  async capture({ timeout = PICTURE_TIMEOUT }: CameraSettings, signal: AbortSignal): Promise<CapturedPicture> {
    const enough = new AbortController();
    const limit = AbortSignal.timeout(timeout);
    let first: SourceFrame | undefined;
    const sink: FrameSink = {
      frame: (frame) => {
        first ??= frame;
        enough.abort();
      },
      dropped: () => undefined,
    };
    try {
      await this.play({ framerate: 1 }, sink, AbortSignal.any([signal, enough.signal, limit]));
    } catch (error) {
      if (!enough.signal.aborted && !limit.aborted) throw error;
    }
    if (first) return { ...first, image: first.image as Buffer };
    if (signal.aborted) throw closedError();
    throw new CameraError('hung', `no picture came from ${this.address().host} in ${timeout / 1000} s`, {
      status: 'camera hangs',
      hint: 'Open its address in a browser: does it show a moving picture?',
    });
  }

  /** @throws CameraError (`bad-address`) */
  private address(): URL {
    const text = this.options.url?.trim() ?? '';
    const address = URL.canParse(text) ? new URL(text) : undefined;
    if (address?.protocol === 'http:' || address?.protocol === 'https:') return address;
    throw new CameraError(
      'bad-address',
      'expected the address of a camera that begins with http:// or https://, got ' +
        (text === '' ? 'none' : JSON.stringify(text)),
      {
        status: 'bad address',
        hint: "Set it in the camera's settings.",
      },
    );
  }

  /** Follows redirections to the answer with the stream. */
  private async open(first: URL, signal: AbortSignal): Promise<IncomingMessage> {
    let address = first;
    for (let redirections = 0; redirections <= MOST_REDIRECTIONS; redirections++) {
      const answer = await this.ask(address, address.origin === first.origin, signal);
      const { statusCode = 0, headers } = answer;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        answer.destroy();
        if (!URL.canParse(headers.location, address.href))
          throw this.lost(first, `it redirects to ${JSON.stringify(headers.location)}, which is no address`);
        address = new URL(headers.location, address);
        if (address.protocol !== 'http:' && address.protocol !== 'https:')
          throw this.lost(first, `it redirects to ${address.protocol}`);
        continue;
      }
      const type = headers['content-type'] ?? 'no type';
      if (statusCode === 200 && STREAM_TYPES.test(type)) return answer;
      answer.destroy();
      if (statusCode === 401 || statusCode === 403)
        throw this.lost(first, `it answered ${statusCode}: check user and password`);
      throw this.lost(
        first,
        statusCode === 200
          ? `expected a stream of JPEGs (multipart/x-mixed-replace), got ${type}`
          : `it answered ${statusCode}`,
      );
    }
    throw this.lost(first, `it redirects more than ${MOST_REDIRECTIONS} times`);
  }

  private ask(address: URL, isOwn: boolean, signal: AbortSignal): Promise<IncomingMessage> {
    const { user, password } = this.options;
    // A password is for the camera itself, not for where it redirects to.
    const auth = isOwn && user ? { auth: `${user}:${password ?? ''}` } : {};
    return new Promise((resolve, reject) => {
      const get = address.protocol === 'https:' ? getHttps : getHttp;
      const request = get(
        address,
        { ...auth, agent: false, signal, headers: { accept: 'multipart/x-mixed-replace, image/jpeg' } },
        (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
      );
      const timer = setTimeout(() => {
        request.destroy(new Error(`no answer in ${ANSWER_TIMEOUT / 1000} s`));
      }, ANSWER_TIMEOUT);
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(signal.aborted ? closedError() : this.lost(address, error.message, error));
      });
    });
  }

  private lost({ host }: URL, why: string, cause?: unknown): CameraError {
    return new CameraError('no-stream', `no stream from the camera at ${host}: ${why}`, { status: 'no stream', cause });
  }
}
