import { unzipSync, zipSync, type UnzipFileInfo } from 'fflate';
import { ModelError } from '../model';
import { MAX_BYTES } from '../read';
import { crc32 } from './crc32';

/** The parts of a .keras file. */
export interface KerasParts {
  'config.json': Uint8Array;
  'metadata.json': Uint8Array;
  'model.weights.h5': Uint8Array;
}

type PartName = keyof KerasParts;

const NAMES: readonly string[] = ['config.json', 'metadata.json', 'model.weights.h5'] satisfies PartName[];

/**
 * Takes a .keras file, which is a zip, apart. Nothing is unpacked before it is known to fit, and never more than it
 * says.
 * @throws ModelError for anything but a whole zip that has the three parts once each, of `MAX_BYTES` at most
 */
export function unpack(file: string, data: Uint8Array): KerasParts {
  const found: UnzipFileInfo[] = [];
  const parts = attempt(file, () =>
    unzipSync(data, {
      filter: (info) => {
        if (!NAMES.includes(info.name)) return false;
        found.push(info);
        const total = found.reduce((sum, { originalSize }) => sum + originalSize, 0);
        if (total > MAX_BYTES)
          throw new ModelError(
            `${file}: expected at most ${MAX_BYTES / 1024 / 1024} MB in a .keras file, got ` +
              `${Math.ceil(total / 1024 / 1024)} MB unpacked`,
          );
        return true;
      },
    }),
  );
  const part = (name: PartName): Uint8Array => checkedPart(file, data, name, found, parts.get(name));
  return {
    'config.json': part('config.json'),
    'metadata.json': part('metadata.json'),
    'model.weights.h5': part('model.weights.h5'),
  };
}

/** A part as it was packed: there once, of the size and with the checksum that the zip tells. */
function checkedPart(
  file: string,
  data: Uint8Array,
  name: PartName,
  found: readonly UnzipFileInfo[],
  part: Uint8Array | undefined,
): Uint8Array {
  const infos = found.filter((info) => info.name === name);
  const info = infos.at(0);
  if (!info || !part || infos.length > 1)
    throw new ModelError(
      `${file}: expected a .keras file of Keras 3, with ${NAMES.join(', ')}; ` +
        `${name} is ${info ? 'there twice' : 'missing'}`,
    );
  if (part.length !== info.originalSize || crc32(part) !== storedChecksum(data, name)) {
    throw new ModelError(
      `${file}: expected ${name} to be as it was packed, got one that was damaged or cut on the way`,
    );
  }
  return part;
}

/** The parts as one zip, entries stored as Keras does. */
export function pack(parts: KerasParts): Uint8Array {
  return zipSync(
    {
      'metadata.json': parts['metadata.json'],
      'config.json': parts['config.json'],
      'model.weights.h5': parts['model.weights.h5'],
    },
    { level: 0 },
  );
}

function attempt(file: string, unzip: () => Record<string, Uint8Array>): Map<string, Uint8Array> {
  try {
    return new Map(Object.entries(unzip()));
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(
      `${file}: expected a .keras file of Keras 3, which is a zip, got one that cannot be unpacked: damaged, not ` +
        'whole, or something else',
      { cause: error },
    );
  }
}

/**
 * The CRC-32 that the zip's directory has for an entry, which fflate does not look at. (PKWARE's APPNOTE, 4.3.12 and
 * 4.3.16.)
 */
function storedChecksum(data: Uint8Array, name: string): number | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let end = data.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && view.getUint32(at, true) === 0x02014b50; left--) {
    const length = view.getUint16(at + 28, true);
    if (Buffer.from(data.buffer, data.byteOffset + at + 46, length).toString() === name)
      return view.getUint32(at + 16, true);
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return undefined;
}
