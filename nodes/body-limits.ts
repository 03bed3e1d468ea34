import { limitBodies as limit, pathsAmong, type BodyLimits, type Middleware } from '../lib/http/limit-bodies';

/**
 * For Node-RED's settings file: `...require('@inkcam/node-red-digits').limitBodies(),`. Bodies that are sent to *http
 * in* nodes are refused while they come where they are too large, unless "Do not parse request body" is on in the node:
 * then Node-RED reads them before it asks anyone.
 *
 * @param limits `raw` has the paths as they stand in addresses: where `httpNodeRoot` is set, with it
 */
export function limitBodies({ raw = ['/digits'], ...limits }: BodyLimits = {}): Record<
  'httpAdminMiddleware' | 'httpNodeMiddleware',
  Middleware
> {
  const middleware = limit({ raw, ...limits });
  const isRaw = pathsAmong(raw);
  return {
    // The editor's part of Node-RED, at "/", parses JSON and forms of all paths, and comes first.
    httpAdminMiddleware: (request, response, next) => {
      if (isRaw(request)) middleware(request, response, next);
      else next();
    },
    httpNodeMiddleware: middleware,
  };
}
