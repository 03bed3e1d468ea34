// What a result must be like, whatever the input was. Each check answers with what is wrong, or with undefined.
import { inspect } from 'node:util';

type Problem = string | undefined;
type Size = { width: number; height: number };

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;
const isSide = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
/** A value in few words, on one line. */
export const short = (value: unknown): string =>
  inspect(value, { depth: 1, breakLength: Infinity, compact: 9 }).replaceAll(/\s+/g, ' ').slice(0, 120);

/** Digits in reading order, lines of writing with a newline between them. */
const TEXT = /^(\d+(\n\d+)*)?$/;

/** Pixels by which a box may stand out over its frame: it is scaled from the mask, and rounded. */
const OVER = 2;

/** A digit that was extracted, or classified where `read` is true. */
export function digitProblem(
  value: unknown,
  { read, frame, fromNetwork = false }: { read: boolean; frame?: Size | undefined; fromNetwork?: boolean },
): Problem {
  const digit = (value ?? {}) as Record<string, unknown>;
  if (!fromNetwork && !(digit.image instanceof Uint8Array && digit.image.length === 784))
    return `a digit whose image is ${short(digit.image)}`;
  const problem = boxProblem(digit.box, frame);
  if (problem) return problem;
  if (!(Number.isInteger(digit.line) && Number(digit.line) >= 0)) return `a digit whose line is ${short(digit.line)}`;
  return read ? predictionProblem(digit, !fromNetwork) : undefined;
}

function boxProblem(value: unknown, frame: Size | undefined): Problem {
  const { x, y, width, height } = (value ?? {}) as Record<string, unknown>;
  if (!(isSide(x) && isSide(y) && isSide(width) && isSide(height) && width > 0 && height > 0))
    return `a digit whose box is ${short(value)}`;
  if (!frame) return undefined;
  const isInside = x >= -OVER && y >= -OVER && x + width <= frame.width + OVER && y + height <= frame.height + OVER;
  return isInside ? undefined : `a digit's box outside its frame of ${frame.width} × ${frame.height}: ${short(value)}`;
}

/** What the network made of one picture; `own` where it comes straight from there, and no flow has had a hand in it. */
export function predictionProblem(value: unknown, own = true): Problem {
  const { digit, confidence, probabilities } = value as Record<string, unknown>;
  if (!(Number.isInteger(digit) && Number(digit) >= 0 && Number(digit) <= 9)) return `a digit that is ${short(digit)}`;
  if (!isShare(confidence)) return `a digit's confidence of ${short(confidence)}`;
  if (!Array.isArray(probabilities) || probabilities.length !== 10 || !probabilities.every(isShare))
    return `probabilities of ${short(probabilities)}`;
  const sum = probabilities.reduce((a, b) => a + b);
  if (sum > 1.001) return `probabilities that sum to ${sum}`;
  if (own && Math.abs(probabilities[digit as number]! - confidence) > 1e-3)
    return `a confidence of ${confidence} beside a probability of ${short(probabilities[digit as number])}`;
  return undefined;
}

/** A reading: `{ text, confidence, digits }`; one from the network has no pictures of its digits. */
export function readingProblem(value: unknown, frame?: Size, fromNetwork = false): Problem {
  const { text, confidence, digits } = (value ?? {}) as Record<string, unknown>;
  if (typeof text !== 'string' || !TEXT.test(text)) return `a text of ${short(text)}`;
  if (!isShare(confidence)) return `a confidence of ${short(confidence)}`;
  if (!Array.isArray(digits)) return `digits of ${short(digits)}`;
  if (text === '' && confidence !== 0) return `no text, but a confidence of ${confidence}`;
  for (const digit of digits) {
    const problem = digitProblem(digit, { read: true, frame, fromNetwork });
    if (problem) return problem;
  }
  const read = digits.map(({ digit }: { digit: number }) => digit).join('');
  return text.replaceAll('\n', '') === read ? undefined : `the text ${short(text)} beside the digits ${read}`;
}

/** A mask: one byte a pixel, ink or paper. */
export function maskProblem(value: unknown): Problem {
  const { data, width, height, channels, ink } = (value ?? {}) as Record<string, unknown>;
  if (!(data instanceof Uint8Array) || channels !== 1 || data.length !== Number(width) * Number(height))
    return `a mask of ${short(value)}`;
  if (ink !== undefined && !(ink instanceof Uint8Array && ink.length === data.length))
    return `a mask whose ink is ${short(ink)}`;
  const other = data.find((byte) => byte !== 0 && byte !== 255);
  return other === undefined ? undefined : `a mask with a pixel of ${other}`;
}

/** A PNG of a few pixels of one shade has some seventy. */
const LEAST_BYTES = 60;

/** A JPEG or a PNG that was made here. */
export function madePictureProblem(value: unknown): Problem {
  if (!(value instanceof Uint8Array) || value.length < LEAST_BYTES) return `a picture that is ${short(value)}`;
  const begin = Buffer.from(value.subarray(0, 4)).toString('latin1');
  return begin.startsWith('\xff\xd8\xff') || begin === '\x89PNG'
    ? undefined
    : `a picture that begins with ${short(begin)}`;
}

/** Numbers anywhere in a value that JSON can carry; it would make null of these. */
export function notFinite(value: unknown, path = 'payload', depth = 0): Problem {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > 6) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const problem = notFinite(each, `${path}.${key}`, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}
