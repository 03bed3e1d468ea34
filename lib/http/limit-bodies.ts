import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes of one body: a photograph of a large phone camera has at most 15 MB. */
const MOST = 20_000_000;

/** So many bodies of that size may be unanswered at a time. */
const MOST_TOGETHER = 5;

/**
 * After a refusal, what still comes is read for so long and thrown away: who is cut off while sending may miss the
 * answer. Milliseconds.
 */
const LINGER = 5000;

/** The methods that come with a body. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What Express adds to a request, and what its parsers agree on: `_body` says that the body has been read. */
type Request = IncomingMessage & { path?: string; body?: unknown; _body?: boolean };

export interface BodyLimits {
  /** Bytes of one body. Default 20,000,000. */
  most?: number;
  /** Bytes of all bodies together that are not answered yet; more are refused with 503. Default five times `most`. */
  together?: number;
  /** Paths whose bodies come as a Buffer, as they are, whatever their content type says. Default `/digits`. */
  raw?: readonly string[];
}

/** A middleware of Express. */
export type Middleware = (request: Request, response: ServerResponse, next: () => void) => void;

/**
 * Makes a middleware that refuses bodies that are too large while they come, with 413 and `{ "error": … }`, at once
 * where content-length tells. It has to come before whatever reads bodies.
 */
export function limitBodies({
  most = MOST,
  together = MOST_TOGETHER * most,
  raw = ['/digits'],
}: BodyLimits = {}): Middleware {
  const isRaw = pathsAmong(raw);
  let unanswered = 0;

  return (request, response, next) => {
    if (!WITH_BODY.has(request.method ?? '') || request._body) {
      next();
      return;
    }
    let received = 0;
    const release = (): void => {
      unanswered -= received;
      received = 0;
    };
    const refusal = (bytes: number, got: string): [number, string] | undefined => {
      if (bytes > most) return [413, `expected a body of at most ${most / 1e6} MB, got ${got}`];
      // What is received is among the unanswered already.
      return unanswered - received + bytes > together
        ? [503, 'expected fewer bodies at a time: too many are not answered yet']
        : undefined;
    };
    const declared = Number(request.headers['content-length'] ?? 0);
    const refused = refusal(declared, `${declared} bytes`);
    if (refused) {
      refuse(request, response, ...refused);
      return;
    }
    response.once('close', release);
    // Counts along with whoever reads the body, and does not begin to read itself.
    request.on('newListener', function begin(event) {
      if (event !== 'data') return;
      request.off('newListener', begin);
      request.on('data', (data: Uint8Array) => {
        received += data.length;
        unanswered += data.length;
        const late = refusal(received, 'more');
        if (!late) return;
        release();
        refuse(request, response, ...late);
      });
    });
    if (isRaw(request)) readRaw(request, next);
    else next();
  };
}

/** Whether a request is for one of these paths, as Express compares them. */
export function pathsAmong(paths: readonly string[]): (request: Request) => boolean {
  const among = new Set(paths.map(plainPath));
  return ({ path, url = '' }) => among.has(plainPath(path ?? url));
}

function plainPath(path: string): string {
  return path.replace(/\?.*$/, '').replace(/\/+$/, '').toLowerCase();
}

function readRaw(request: Request, next: () => void): void {
  const pieces: Uint8Array[] = [];
  request.on('data', (piece: Uint8Array) => {
    pieces.push(piece);
  });
  request.on('end', () => {
    request.body = Buffer.concat(pieces);
    request._body = true;
    next();
  });
}

function refuse(request: Request, response: ServerResponse, status: number, error: string): void {
  // Whoever was collecting the body lets go of what it has, and hears nothing more.
  for (const event of ['data', 'end', 'error', 'aborted', 'close']) request.removeAllListeners(event);
  request.unpipe();
  request.on('error', () => undefined);
  const body = JSON.stringify({ error });
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      ...(status === 503 && { 'retry-after': '1' }),
    })
    .write(body);
  // The answer is whole by its length. Ended any earlier, it would close a connection that is not kept, and what was
  // still to be received would take the answer with it.
  request.once('end', () => {
    response.end();
  });
  request.resume();
  const linger = setTimeout(() => {
    request.destroy();
  }, LINGER);
  linger.unref();
  request.once('close', () => {
    clearTimeout(linger);
    response.end();
  });
}
