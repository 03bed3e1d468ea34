import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { NodeAPI } from 'node-red';
import { ExplainedError } from '../../lib/errors';

/**
 * The collection's own folder below Node-RED's user folder: data sets, models and samples live there, where an update
 * leaves them alone.
 */
export const OWN_FOLDER = 'digits';

/** A place outside the folder that it has to be in. */
export class PathError extends ExplainedError {
  override name = 'PathError';

  constructor(message: string) {
    super(message, { status: 'path not allowed' });
  }
}

/** The absolute path of a place that a person set in the editor: relative to the user folder, or wherever they say. */
export function settingPath(RED: NodeAPI, path: string): string {
  return resolve(RED.settings.userDir ?? '.', path);
}

/** The absolute path of something of the collection's own, e.g. `ownPath(RED, 'mnist')`. */
export function ownPath(RED: NodeAPI, ...parts: string[]): string {
  return resolve(RED.settings.userDir ?? '.', OWN_FOLDER, ...parts);
}

/**
 * The absolute path of a place that a message names. It may come from anywhere, so it has to stay inside the folder.
 * @throws PathError
 */
export function messagePath(folder: string, path: unknown): string {
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw new PathError(`expected a path inside ${folder}, got ${JSON.stringify(path)}`);
  const full = resolve(folder, path);
  const inside = relative(folder, full);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new PathError(`expected a path inside ${folder}, got ${path}`);
  return full;
}
