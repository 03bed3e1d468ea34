import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { describe } from '../../lib/pictures/picture';
import { MotionJpegSubscribers } from './motion-jpeg';
import { ExplainedError } from '../../lib/errors';

/** An address cannot be used for a stream. */
export class AddressError extends ExplainedError {
  override name = 'AddressError';

  constructor(message: string) {
    super(message, { status: 'bad address' });
  }
}

/** By the app that serves the flows' own addresses: what is streamed where. */
const streams = new WeakMap<object, Map<string, MotionJpegSubscribers>>();

/**
 * Streams pictures at an address of the flow's own, as an "http in" node would: below `httpNodeRoot`, behind
 * `httpNodeAuth` and `httpNodeMiddleware`.
 * @param path begins with a slash, e.g. /digits/live
 * @param type of the pictures, such as `image/jpeg`
 * @param most viewers at a time
 * @returns where to show pictures, and what frees the address
 * @throws AddressError
 */
export function openStream(
  RED: NodeAPI,
  path: string,
  type: string,
  most: number,
  changed: (count: number) => void,
): { subscribers: MotionJpegSubscribers; close: () => void } {
  if (!/^(\/[\w.~-]+)+$/.test(path))
    throw new AddressError(
      `expected the address of a stream to begin with a slash, such as /digits/live, got ${describe(path)}`,
    );
  const paths = pathsOf(RED);
  if (paths.has(path)) throw new AddressError(`another node streams at ${path} already`);
  const subscribers = new MotionJpegSubscribers(type, most, changed);
  paths.set(path, subscribers);
  return {
    subscribers,
    close: () => {
      paths.delete(path);
      subscribers.close();
    },
  };
}

/** One handler for all streams stays with the app: taking handlers away is not provided for. */
function pathsOf(RED: NodeAPI): Map<string, MotionJpegSubscribers> {
  const known = streams.get(RED.httpNode);
  if (known) return known;
  const paths = new Map<string, MotionJpegSubscribers>();
  streams.set(RED.httpNode, paths);
  const find = (request: Request, _response: Response, next: NextFunction): void => {
    if (request.method === 'GET' && paths.has(request.path)) next();
    else next('route');
  };
  RED.httpNode.get(/.*/, find, ...middlewareOf(RED), (request: Request, response: Response, next: NextFunction) => {
    const subscribers = paths.get(request.path);
    if (subscribers) subscribers.add(response);
    else next();
  });
  return paths;
}

/** What the settings put before "http in" nodes, e.g. a login of their own. */
function middlewareOf(RED: NodeAPI): RequestHandler[] {
  const { httpNodeMiddleware: before } = RED.settings as { httpNodeMiddleware?: RequestHandler | RequestHandler[] };
  return before === undefined ? [] : [before].flat();
}
