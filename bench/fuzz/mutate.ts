import type { Dice } from './dice';

export interface Mutated {
  bytes: Buffer;
  /** What was done. */
  how: string;
}

/** Numbers that lengths and sizes break at. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

type Mutation = (bytes: Buffer, dice: Dice, other: Buffer) => Mutated;

const flip: Mutation = (bytes, dice) => {
  const out = Buffer.from(bytes);
  const count = dice.chance(0.5) ? 1 : dice.whole(2, 64);
  const at: number[] = [];
  for (let i = 0; i < count; i++) {
    const place = placeIn(out, dice);
    out[place]! ^= 1 << dice.whole(0, 7);
    at.push(place);
  }
  return { bytes: out, how: `${count} bits flipped, the first in byte ${at[0]}` };
};

const cut: Mutation = (bytes, dice) => {
  const left = dice.whole(0, bytes.length - 1);
  return { bytes: bytes.subarray(0, left), how: `cut off after ${left} of ${bytes.length} bytes` };
};

const remove: Mutation = (bytes, dice) => {
  const from = placeIn(bytes, dice);
  const count = dice.whole(1, Math.min(bytes.length - from, 2000));
  return {
    bytes: Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + count)]),
    how: `${count} bytes left out at ${from}`,
  };
};

const repeat: Mutation = (bytes, dice) => {
  const from = placeIn(bytes, dice);
  const count = dice.whole(1, Math.min(bytes.length - from, 2000));
  const times = dice.weighted([
    [6, 1],
    [2, 10],
    [1, 200],
  ] as const);
  const piece = bytes.subarray(from, from + count);
  return {
    bytes: Buffer.concat([
      bytes.subarray(0, from + count),
      ...Array<Buffer>(times).fill(piece),
      bytes.subarray(from + count),
    ]),
    how: `${count} bytes at ${from} ${times} times more`,
  };
};

const insert: Mutation = (bytes, dice) => {
  const at = placeIn(bytes, dice);
  const noise = dice.bytes(dice.whole(1, 300));
  return {
    bytes: Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]),
    how: `${noise.length} random bytes put in at ${at}`,
  };
};

const overwrite: Mutation = (bytes, dice) => {
  const out = Buffer.from(bytes);
  const at = placeIn(out, dice);
  const noise = dice.bytes(Math.min(dice.whole(1, 300), out.length - at));
  noise.copy(out, at);
  return { bytes: out, how: `${noise.length} random bytes over those at ${at}` };
};

const edge: Mutation = (bytes, dice) => {
  const width = dice.pick([1, 2, 4]);
  const out = Buffer.from(bytes);
  if (out.length < width) return flip(bytes, dice, bytes);
  const at = Math.min(placeIn(out, dice), out.length - width);
  const value = dice.pick(EDGES);
  const little = dice.chance(0.5);
  const unsigned = width === 4 ? value : value % 2 ** (8 * width);
  if (little) out.writeUIntLE(unsigned, at, width);
  else out.writeUIntBE(unsigned, at, width);
  return { bytes: out, how: `${width} bytes at ${at} set to ${unsigned}, ${little ? 'little' : 'big'} endian` };
};

const splice: Mutation = (bytes, dice, other) => {
  const to = placeIn(bytes, dice);
  const from = placeIn(other, dice);
  return {
    bytes: Buffer.concat([bytes.subarray(0, to), other.subarray(from)]),
    how: `its first ${to} bytes, then another one's from ${from} on`,
  };
};

const lengthen: Mutation = (bytes, dice) => {
  const tail = dice.bytes(dice.whole(1, 2000));
  return { bytes: Buffer.concat([bytes, tail]), how: `${tail.length} random bytes put behind it` };
};

const MUTATIONS = [
  [5, flip],
  [3, cut],
  [2, remove],
  [2, repeat],
  [2, insert],
  [2, overwrite],
  [4, edge],
  [1, splice],
  [1, lengthen],
] as const;

/**
 * Damages bytes in one way or in several.
 * @param other bytes of the same kind, pieces of which may come in
 */
export function mutate(bytes: Buffer, dice: Dice, other: Buffer = bytes): Mutated {
  const times = dice.weighted([
    [7, 1],
    [2, 2],
    [1, 5],
  ] as const);
  const how: string[] = [];
  let out = bytes;
  for (let i = 0; i < times && out.length > 0; i++) {
    const mutated = dice.weighted(MUTATIONS)(out, dice, other);
    out = mutated.bytes;
    how.push(mutated.how);
  }
  return { bytes: out, how: how.join('; ') };
}

/** Cuts off the end of what must be whole: at least a tenth is left, at least a tenth is missing. */
export function truncate(bytes: Buffer, dice: Dice): Mutated {
  const left = dice.whole(Math.ceil(bytes.length * 0.1), Math.floor(bytes.length * 0.9));
  return { bytes: bytes.subarray(0, left), how: `cut off after ${left} of ${bytes.length} bytes` };
}

/** Any place; one in three at the beginning, where headers are. */
function placeIn({ length }: Buffer, dice: Dice): number {
  return dice.whole(0, (dice.chance(1 / 3) ? Math.min(length, 64) : length) - 1);
}
