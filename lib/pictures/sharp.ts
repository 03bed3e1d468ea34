import { PictureError } from './picture';

let failure: PictureError | undefined;

/**
 * sharp, which decodes and encodes pictures. It and its native library are loaded by the first call.
 * @throws PictureError (`no-decoder`) where it does not run on this computer
 */
export function loadSharp(): typeof import('sharp') {
  // What it says itself is long, and the same each time.
  if (failure) throw failure;
  try {
    return require('sharp') as typeof import('sharp');
  } catch (error) {
    failure = noDecoder(error);
    throw failure;
  }
}

function noDecoder(cause: unknown): PictureError {
  const { platform, arch, version } = process;
  const isMissing = (cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' && !/sharp-|@img/.test(String(cause));
  const message =
    `pictures cannot be decoded here (${platform} on ${arch}, Node.js ${version}): ` +
    `${isMissing ? 'the library sharp is not installed' : 'the library sharp does not run on this computer'}. It ` +
    'runs on Linux (x64 and 64-bit ARM; 32-bit ARMv7 from Debian 12 "Bookworm" on), macOS and Windows, not on ARMv6 ' +
    '(Pi 1, Zero). "npm install --os=linux --cpu=wasm32 sharp" in the folder where the package is installed brings ' +
    'one that runs anywhere, but slowly';
  return new PictureError(message, 'no-decoder', { cause });
}
