import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { HttpCamera, type HttpCameraOptions } from '../../lib/camera/http-camera';
import type { SourceFrame } from '../../lib/camera/source';

const NEVER = new AbortController().signal;

describe('HTTP camera', () => {
  let server: Server;
  let base: string;
  let jpeg: Buffer;
  let asked: { url: string; authorization: string | undefined }[];
  let answer: (url: string, response: ServerResponse) => void;

  before(async () => {
    jpeg = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
  });
  beforeEach(async () => {
    asked = [];
    answer = (_url, response) => {
      stream(response);
    };
    server = createServer((request, response) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
      answer(request.url ?? '', response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** Frame after frame, as motion and mjpg-streamer send them. */
  function stream(
    response: ServerResponse,
    type = 'multipart/x-mixed-replace; boundary=frame',
    times = Infinity,
  ): void {
    response.writeHead(200, { 'content-type': type });
    let sent = 0;
    const timer = setInterval(() => {
      if (sent++ >= times) {
        clearInterval(timer);
        response.end();
      } else {
        response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
        response.write(jpeg);
        response.write('\r\n');
      }
    }, 5);
    response.on('close', () => {
      clearInterval(timer);
    });
  }

  async function play(
    options: HttpCameraOptions = {},
    until = 3,
  ): Promise<{ frames: SourceFrame[]; dropped: number; error: Error | undefined }> {
    const frames: SourceFrame[] = [];
    const controller = new AbortController();
    let dropped = 0;
    let error: Error | undefined;
    const sink = {
      frame: (frame: SourceFrame) => {
        frames.push(frame);
        if (frames.length === until) controller.abort();
      },
      dropped: (count: number) => {
        dropped += count;
      },
    };
    await new HttpCamera({ url: `${base}/stream`, ...options })
      .play({ framerate: 10 }, sink, controller.signal)
      .catch((reason: unknown) => {
        error = reason as Error;
      });
    return { frames, dropped, error };
  }

  const rejects = async (message: RegExp, options: HttpCameraOptions = {}): Promise<void> => {
    const { error, frames } = await play(options);
    assert.match(error?.message ?? 'no error', message);
    assert.equal(frames.length, 0);
  };

  it('sends frame after frame', async () => {
    const { frames, error, dropped } = await play();
    assert.equal(error, undefined);
    assert.equal(dropped, 0);
    for (const { image, width, height, source } of frames)
      assert.deepEqual([image, width, height, source], [jpeg, 40, 30, base.slice(7)]);
  });

  it('takes one picture', async () => {
    const { image, width } = await new HttpCamera({ url: base }).capture({}, NEVER);
    assert.deepEqual([image, width], [jpeg, 40]);
  });

  it('says that the stream has ended, and counts what was cut off', async () => {
    answer = (_url, response) => {
      stream(response, undefined, 2);
    };
    const { frames, error } = await play();
    assert.equal(frames.length, 2);
    assert.match(error?.message ?? '', /no stream from the camera at .*: it was closed/);
    answer = (_url, response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace' });
      response.end(jpeg.subarray(0, jpeg.length - 10));
    };
    assert.equal((await play()).dropped, 1);
  });

  it('follows redirections, but not for ever, and with the password only to where it belongs', async () => {
    const { hostname, port } = new URL(base);
    answer = (url, response) => {
      if (url === '/moved') stream(response);
      else response.writeHead(302, { location: url === '/stream' ? `http://localhost:${port}/moved` : url }).end();
    };
    assert.equal(hostname, '127.0.0.1');
    assert.equal((await play({ user: 'me', password: 'secret' })).frames.length, 3);
    assert.deepEqual(
      asked.map(({ authorization }) => authorization),
      [`Basic ${Buffer.from('me:secret').toString('base64')}`, undefined],
    );
    await rejects(/redirects more than 5 times/, { url: `${base}/loop` });
    answer = (_url, response) => {
      response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    };
    await rejects(/it redirects to file:/);
  });

  it('says what came in place of a stream', async () => {
    answer = (_url, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>');
    };
    await rejects(/expected a stream of JPEGs \(multipart\/x-mixed-replace\), got text\/html/);
    answer = (_url, response) => {
      response.writeHead(404).end();
    };
    await rejects(/it answered 404/);
    answer = (_url, response) => {
      response.writeHead(401).end();
    };
    await rejects(/it answered 401: check user and password/);
    answer = (_url, response) => {
      response.socket?.destroy();
    };
    await rejects(/socket hang up/);
    await rejects(/ECONNREFUSED/, { url: 'http://127.0.0.1:9/' });
  });

  it('refuses what is no address of a camera', async () => {
    for (const url of ['', 'camera', 'rtsp://camera/', 'file:///etc/passwd'])
      await rejects(/expected the address of a camera that begins with http:\/\/ or https:\/\//, { url });
  });

  it('can be ended while it waits for an answer, or for frames', async () => {
    for (const head of [false, true]) {
      answer = (_url, response) => {
        if (head) response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace' }).flushHeaders();
      };
      const controller = new AbortController();
      const over = new HttpCamera({ url: base }).capture({}, controller.signal);
      while (asked.length < (head ? 2 : 1))
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      controller.abort();
      await assert.rejects(over, { code: 'closed' });
    }
  });

  it('gives up a picture that does not come', async () => {
    for (const head of [false, true]) {
      answer = (_url, response) => {
        if (head) response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace' }).flushHeaders();
      };
      await assert.rejects(new HttpCamera({ url: base }).capture({ timeout: 100 }, NEVER), {
        code: 'hung',
        message: /no picture came from 127\.0\.0\.1:\d+ in 0\.1 s/,
      });
    }
  });
});
