import { EXPECTED } from './format';
import { describe, isBytes, PictureError } from './picture';

/**
 * The bytes of an encoded picture, which may come as a `data:image/…;base64,…` string.
 * @throws PictureError where the input is neither
 */
export function encodedBytes(input: unknown): Uint8Array {
  if (typeof input === 'string') {
    const [, base64] = /^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=\s]*)$/.exec(input) ?? [];
    if (base64 === undefined) throw new PictureError(`${EXPECTED}, got ${describe(input)}`);
    return encodedBytes(Buffer.from(base64, 'base64'));
  }
  if (!isBytes(input) || input.length === 0) throw new PictureError(`${EXPECTED}, got ${describe(input)}`);
  return input;
}
