import { encodedBytes } from './encoded';
import { formatOf, type PictureFormat } from './format';
import { checkRawPicture, looksRaw, type RawPicture } from './picture';

/** A picture as it came: pixels, whose numbers fit together, or a file's bytes, which begin as one of the formats. */
export type PictureSource =
  { kind: 'raw'; picture: RawPicture } | { kind: 'encoded'; bytes: Uint8Array; format: PictureFormat };

/**
 * Tells what a picture came as. Whether an encoded one is whole, only decoding it tells.
 * @param input see `PictureInput`
 * @throws PictureError naming what was expected and what came
 */
export function pictureSource(input: unknown): PictureSource {
  if (looksRaw(input)) return { kind: 'raw', picture: checkRawPicture(input) };
  const bytes = encodedBytes(input);
  return { kind: 'encoded', bytes, format: formatOf(bytes) };
}
