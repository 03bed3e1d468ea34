import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** A file of a data set, as it has to be once it is unpacked. */
export interface DataFile {
  name: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/**
 * Why the bytes are not those that are wanted; undefined where they are. Takes them in pieces, so that others get their
 * turn.
 */
export async function difference(
  bytes: Readable,
  packed: boolean,
  wanted: DataFile,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const hash = createHash('sha256');
  let size = 0;
  const count = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of pieces) {
      size += piece.length;
      if (size > wanted.bytes) return;
      hash.update(piece);
    }
  };
  const options = signal ? { signal } : {};
  try {
    await (packed ? pipeline(bytes, createGunzip(), count, options) : pipeline(bytes, count, options));
  } catch (error) {
    signal?.throwIfAborted();
    if (size <= wanted.bytes) return `sends a file that is cut off or damaged (${(error as Error).message})`;
  }
  if (size > wanted.bytes) return `sends a file of more than ${wanted.bytes} bytes`;
  if (size < wanted.bytes) return `sends a file of ${size} bytes, expected ${wanted.bytes}`;
  const sha256 = hash.digest('hex');
  return sha256 === wanted.sha256
    ? undefined
    : `sends an altered file: expected the SHA-256 ${wanted.sha256}, got ${sha256}`;
}

/** Whether bytes begin as a gzip file does. */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
