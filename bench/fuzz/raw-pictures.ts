// Raw pictures and other forms of a picture, right ones and wrong ones.
import type { Dice } from './dice';
import { RAW_PAGES, type Base } from './picture-bases';
import { hostile, NUMBERS, spoil } from './values';

export interface GivenPicture {
  name: string;
  input: unknown;
  /** What has to be read, where anything is. */
  text?: string;
  /** Whether it has to be read. */
  must?: boolean;
  /** Whether an error may be that of a trap in it. */
  traps?: boolean;
}

type Maker = (dice: Dice, bases: readonly Base[]) => GivenPicture;

function grey({ data, width, height }: (typeof RAW_PAGES)[number]): {
  data: Uint8Array;
  width: number;
  height: number;
  channels: number;
} {
  return {
    data: Uint8Array.from({ length: width * height }, (_, i) =>
      Math.round(0.2126 * data[3 * i]! + 0.7152 * data[3 * i + 1]! + 0.0722 * data[3 * i + 2]!),
    ),
    width,
    height,
    channels: 1,
  };
}

const right: Maker = (dice, bases) => {
  const page = dice.pick(RAW_PAGES);
  const { text, data, width, height, channels } = page;
  const base = dice.pick(bases.filter((each) => each.lossless));
  const { bytes } = base;
  const forms: [string, unknown, must: boolean, text: string][] = [
    ['raw, 3 channels', { data, width, height, channels }, true, text],
    ['raw, 1 channel', grey(page), true, text],
    [
      'raw, 4 channels',
      {
        data: Uint8Array.from({ length: width * height * 4 }, (_, i) =>
          i % 4 === 3 ? 255 : data[Math.floor(i / 4) * 3 + (i % 4)]!,
        ),
        width,
        height,
        channels: 4,
      },
      true,
      text,
    ],
    [
      'raw, its bytes in a Uint8ClampedArray',
      { data: new Uint8ClampedArray(data), width, height, channels },
      true,
      text,
    ],
    ['raw, its bytes in shared memory', { data: shared(data), width, height, channels }, false, text],
    ['raw, its bytes in the middle of others', { data: within(data), width, height, channels }, true, text],
    ['raw, frozen', Object.freeze({ data, width, height, channels }), true, text],
    ['raw, with more on it', { data, width, height, channels, more: () => 7, frame: { a: Symbol('b') } }, true, text],
    ['raw, without channels', { data, width, height }, false, text],
    [`${base.name} as a Uint8Array`, new Uint8Array(bytes), true, base.text],
    [`${base.name} as a data: address`, `data:image/png;base64,${bytes.toString('base64')}`, true, base.text],
    [`${base.name} in base64`, bytes.toString('base64'), false, base.text],
    [`${base.name} as an ArrayBuffer`, new Uint8Array(bytes).buffer, false, base.text],
    [`${base.name} as JSON has a Buffer`, JSON.parse(JSON.stringify(bytes)), false, base.text],
    [`${base.name} in the middle of other bytes`, within(bytes), true, base.text],
  ];
  const [name, input, must, wanted] = dice.pick(forms);
  return { name, input, must, text: wanted };
};

function within(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + 200).fill(77);
  all.set(bytes, 100);
  return all.subarray(100, 100 + bytes.length);
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

const wrongNumbers: Maker = (dice) => {
  const { data, width, height, channels } = dice.pick(RAW_PAGES);
  const name = dice.pick(['width', 'height', 'channels'] as const);
  const value = dice.pick(NUMBERS);
  return { name: `raw, of a ${name} of ${value}`, input: { data, width, height, channels, [name]: value } };
};

const wrongSize: Maker = (dice) => {
  const [width, height, channels] = dice.pick([
    [0, 0, 1],
    [1, 1, 1],
    [7, 7, 1],
    [8, 8, 1],
    [8, 8, 4],
    [1, 65_536, 1],
    [65_536, 8, 1],
    [9000, 9000, 1],
    [28, 28, 1],
    [28, 28, 3],
    [4000, 3000, 1],
    [640, 480, 2],
  ] as const);
  const data = new Uint8Array(width * height * channels);
  const fill = dice.pick(['zeros', '255s', 'noise', '0 and 255'] as const);
  for (let i = 0; fill !== 'zeros' && i < data.length; i++)
    data[i] = fill === '255s' ? 255 : fill === 'noise' ? (i * 7919) % 256 : ((i * 7919) % 2) * 255;
  return { name: `raw, ${width} × ${height} × ${channels} of ${fill}`, input: { data, width, height, channels } };
};

const wrongData: Maker = (dice) => {
  const { width, height, channels } = dice.pick(RAW_PAGES);
  const count = width * height * channels;
  const makers = [
    () => new Float32Array(count).fill(NaN),
    () => new Int8Array(count),
    () => new Uint16Array(count),
    () => new Float64Array(count),
    () => Array<number>(count).fill(255),
    () => new ArrayBuffer(count),
    () => new DataView(new ArrayBuffer(count)),
    () => new Proxy(new Uint8Array(count), {}),
    () => 'x'.repeat(count),
    () => ({ length: count }),
    () => ({ type: 'Buffer', data: Array<number>(9).fill(1) }),
  ];
  const data = dice.pick(makers)();
  return {
    name: `raw, its data of the kind ${Object.prototype.toString.call(data)}`,
    input: { data, width, height, channels },
  };
};

const maskOf = (dice: Dice): Record<string, unknown> => {
  const page = dice.pick(RAW_PAGES);
  const { data, width, height } = grey(page);
  const mask = data.map((value) => (value < 110 ? 255 : 0));
  return {
    data: mask,
    width,
    height,
    channels: 1,
    mask: true,
    ink: mask,
    background: { data: new Uint8Array(12).fill(200), width: 4, height: 3 },
    border: new Uint8Array(mask.length),
  };
};

const spoiltMask: Maker = (dice) => {
  const { value, how } = spoil(maskOf(dice), dice);
  return { name: `a mask ${how}`, input: value, traps: true };
};

const spoiltRaw: Maker = (dice) => {
  const { data, width, height, channels } = dice.pick(RAW_PAGES);
  const { value, how } = spoil({ data, width, height, channels }, dice);
  return { name: `raw, ${how}`, input: value, traps: true };
};

const spoiltDigits: Maker = (dice) => {
  const digits = Array.from({ length: dice.pick([1, 3, 300]) }, (_, i) => ({
    image: dice.bytes(784),
    box: { x: 30 * i, y: 5, width: 20, height: 40 },
    line: 0,
  }));
  const at = dice.whole(0, digits.length - 1);
  const { value, how } = spoil(digits[at]!, dice);
  digits[at] = value;
  return { name: `digits, one ${how}`, input: digits, traps: true };
};

const whatever: Maker = (dice) => {
  const { name, value } = hostile(dice);
  return { name, input: value, traps: true };
};

const MAKERS = [
  [3, right],
  [2, wrongNumbers],
  [2, wrongSize],
  [1, wrongData],
  [3, spoiltMask],
  [2, spoiltRaw],
  [2, spoiltDigits],
  [3, whatever],
] as const;

export function givenPicture(dice: Dice, bases: readonly Base[]): GivenPicture {
  return dice.weighted(MAKERS)(dice, bases);
}

export { maskOf };
