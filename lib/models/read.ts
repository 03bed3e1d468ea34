import { open, stat } from 'node:fs/promises';
import { isRecord, ModelError } from './model';

const MB = 1024 * 1024;

/** Most that a model's files may come to, bytes: 16 million weights, or 5 million with their optimizer. */
export const MAX_BYTES = 64 * MB;

/** A network's description may be no longer than this, bytes, and nothing in it may lie deeper. */
export const MAX_JSON = MB;
const MAX_DEPTH = 64;

/**
 * Reads a file of a model, whose size is looked at before anything is taken into memory.
 * @param path of an ordinary file: no folder, and no pipe, which might keep one waiting for ever
 * @param limit bytes
 * @throws (rejects) ModelError; what the file system says where it is missing or may not be read
 */
export async function readLimited(path: string, limit: number): Promise<Buffer> {
  const { size } = await sizeOf(path, limit);
  const bytes = Buffer.allocUnsafe(size);
  const file = await open(path);
  try {
    let at = 0;
    for (let read = -1; at < size && read !== 0; at += read)
      ({ bytesRead: read } = await file.read(bytes, at, size - at, at));
    if (at < size || (await file.stat()).size !== size)
      throw new ModelError(`${path} changes while it is read; try again once it has been copied`);
    return bytes;
  } finally {
    await file.close();
  }
}

/**
 * The size of a file of a model, which is not read.
 * @throws (rejects) as `readLimited` does
 */
export async function sizeOf(path: string, limit: number): Promise<{ size: number }> {
  const found = await stat(path);
  if (!found.isFile()) throw new ModelError(`expected ${path} to be a file, got something else of that name`);
  if (found.size > limit)
    throw new ModelError(`${path}: expected at most ${limit / MB} MB, got ${Math.ceil(found.size / MB)} MB`);
  return { size: found.size };
}

/**
 * Reads a JSON object that describes a network.
 * @param what the file or a part of it, for messages
 * @param expected what it should have been, for messages
 * @throws ModelError for anything else, for nesting without end, and for numbers that are none
 */
export function parseJson(what: string, expected: string, bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length > MAX_JSON)
    throw new ModelError(`expected at most ${MAX_JSON} bytes in ${what}, got ${bytes.length}`);
  const value = parsed(bytes);
  if (!isRecord(value)) throw new ModelError(`${what}: expected ${expected}, got what is no JSON object`);
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (typeof next.value === 'number' && !Number.isFinite(next.value))
      throw new ModelError(`${what}: expected ${expected}, got a number that is too large`);
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth === MAX_DEPTH)
      throw new ModelError(`${what}: expected ${expected}, got one that goes deeper than ${MAX_DEPTH} levels`);
    for (const inner of Object.values(next.value)) pending.push({ value: inner, depth: next.depth + 1 });
  }
  return value;
}

/** Without the parser's words, which quote what may be a binary file. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch {
    return undefined;
  }
}
