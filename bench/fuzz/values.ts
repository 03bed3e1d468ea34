// Values of every kind that JavaScript has, as a function node or another collection may put them into a message.
import type { Dice } from './dice';

export interface Hostile {
  name: string;
  value: unknown;
}

type Maker = (dice: Dice) => unknown;

/** What throwing getters and traps throw; an error of their own making is no fault of who reads them. */
export class TrapError extends Error {
  override name = 'TrapError';
}

const trap = (): never => {
  throw new TrapError('this value does not want to be looked at');
};

class Person {
  #secret = 7;
  get secret(): number {
    return this.#secret;
  }
}

const circular = (): object => {
  const one: Record<string, unknown> = { a: 1 };
  one.self = one;
  return one;
};

const deep = (depth: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = { value };
  return value;
};

/** Numbers at which something may break. */
export const NUMBERS = [
  0,
  -0,
  -1,
  1,
  7,
  0.5,
  1e-320,
  28,
  784,
  1e9,
  2 ** 31,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  1e308,
  -1e308,
  NaN,
  Infinity,
  -Infinity,
];

/** Strings, places outside among them. */
export const STRINGS = [
  '',
  ' ',
  '7',
  '407',
  '4\n7',
  '-1',
  'NaN',
  '1e999',
  'start',
  'stop',
  'next',
  'count',
  'list',
  'all',
  'random',
  'sheet',
  'fetch',
  'preview',
  'null',
  '__proto__',
  'constructor',
  'toString',
  'data:image/png;base64,',
  'data:image/png;base64,AAAA',
  'data:image/svg+xml;base64,PHN2Zy8+',
  'data:,hello',
  'http://127.0.0.1:9/a.jpg',
  'file:///etc/passwd',
  '/etc/passwd',
  '../../../../etc/passwd',
  '..\\..\\x',
  'a\0b',
  '\0',
  '%2e%2e%2f',
  '~root/x',
  '$(touch x)',
  '`touch x`',
  ';touch x',
  '-rf',
  '--help',
  '<script>alert(1)</script>',
  '{{payload}}',
  '\ud800',
  '٤٠٧',
  '４０７',
  '🙂',
  '\u202e704',
  'a'.repeat(300),
] as const;

const KINDS: Record<string, Maker> = {
  undefined: () => undefined,
  null: () => null,
  'a number': (dice) => dice.pick(NUMBERS),
  'a string': (dice) => dice.pick(STRINGS),
  'a long string': (dice) => 'x'.repeat(dice.pick([1000, 1e6, 3e7])),
  true: () => true,
  'a bigint': () => 7n,
  'a symbol': () => Symbol('seven'),
  'a function': () => () => 7,
  'a class': () => Person,
  'an instance of a class': () => new Person(),
  'a date': () => new Date(NaN),
  'a regular expression': () => /(a+)+$/,
  'a map': () => new Map([['a', 1]]),
  'a set': () => new Set([1]),
  'a weak map': () => new WeakMap(),
  'a promise': () => Promise.resolve(7),
  'a promise that never is': () => new Promise(() => undefined),
  'an error': () => new Error('seven'),
  'a generator': () =>
    (function* () {
      yield 7;
    })(),
  'an empty object': () => ({}),
  'an object without a prototype': () => Object.assign(Object.create(null) as object, { data: 1, width: 2, height: 3 }),
  'an object with __proto__': () =>
    JSON.parse('{"__proto__":{"image":1,"width":8,"height":8},"constructor":{"prototype":{"polluted":1}}}') as unknown,
  'a circular object': circular,
  'an object 20,000 deep': () => deep(20_000),
  'a frozen object': () => Object.freeze({ data: Object.freeze([1]), width: 8, height: 8, channels: 1 }),
  'an object whose getters throw': () =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        ['data', 'width', 'image', 'box', 'list', 'length', 'id'].map((name) => [
          name,
          { get: trap, enumerable: true },
        ]),
      ),
    ),
  'an object whose toString throws': () => ({
    toString: trap,
    valueOf: trap,
    toJSON: trap,
    [Symbol.toPrimitive]: trap,
  }),
  'a thenable': () => ({ then: trap }),
  'a thenable that never answers': () => ({ then: () => undefined }),
  'a proxy that throws': () =>
    new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap }),
  'a proxy that has everything': () => new Proxy({}, { get: () => 8, has: () => true }),
  'a proxy that was revoked': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a proxy of a Buffer': () => new Proxy(Buffer.alloc(784, 9), {}),
  'something like a Uint8Array': () => Object.create(Uint8Array.prototype) as unknown,
  'an empty array': () => [],
  'an array with holes': () => Object.assign([], { length: 5, 3: 1 }),
  'an array of 4,294,967,295 holes': () => Object.assign([], { length: 2 ** 32 - 1 }),
  'an array of everything': (dice) => [null, undefined, 7, 'x', {}, [], Buffer.alloc(dice.pick([0, 784]))],
  'an array of 100,000 numbers': () => Array.from({ length: 100_000 }, (_, i) => i),
  'a Buffer of 784 bytes': (dice) => dice.bytes(784),
  'an empty Buffer': () => Buffer.alloc(0),
  'random bytes': (dice) => dice.bytes(dice.pick([1, 7, 783, 785, 5000])),
  'a Float32Array': () => new Float32Array(784).fill(NaN),
  'a Float64Array': () => new Float64Array(784).fill(Infinity),
  'a BigInt64Array': () => new BigInt64Array(784),
  'an Int8Array': () => new Int8Array(784).fill(-1),
  'an ArrayBuffer': () => new ArrayBuffer(784),
  'shared memory': () => new Uint8Array(new SharedArrayBuffer(784)),
  'a Buffer whose memory was moved away': () => {
    const bytes = new Uint8Array(784);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    return bytes;
  },
  'a DataView': () => new DataView(new ArrayBuffer(784)),
  'a Buffer as JSON has it': (dice) => ({
    type: 'Buffer',
    data: dice.pick([[255, 216, 255], [1, 'x', null], 'x', Array.from({ length: 784 }, () => 300)]),
  }),
};

export const HOSTILE_KINDS = Object.keys(KINDS);

export function hostile(dice: Dice, kinds: readonly string[] = HOSTILE_KINDS): Hostile {
  const name = dice.pick(kinds);
  const value = KINDS[name]!(dice);
  return {
    name:
      typeof value === 'number' || (typeof value === 'string' && value.length < 60)
        ? `${name} ${JSON.stringify(value)}`
        : name,
    value,
  };
}

/** Something that is right but for one property, which is anything; a proper one of theirs may lie deeper. */
export function spoil<T extends object>(value: T, dice: Dice, names = Object.keys(value)): { value: T; how: string } {
  const name = dice.pick(names);
  const way = dice.whole(0, 9);
  const copy = Array.isArray(value) ? ([...(value as unknown[])] as unknown as T) : { ...value };
  if (way === 0) {
    Reflect.deleteProperty(copy, name);
    return { value: copy, how: `without ${name}` };
  }
  if (way === 1)
    return { value: Object.defineProperty(copy, name, { get: trap, enumerable: true }), how: `whose ${name} throws` };
  if (way === 2) {
    const values = [hostile(dice).value, (value as Record<string, unknown>)[name], hostile(dice).value];
    let looked = 0;
    return {
      value: Object.defineProperty(copy, name, { get: () => values[looked++ % 3], enumerable: true }),
      how: `whose ${name} is another thing at every look`,
    };
  }
  const inner = (value as Record<string, unknown>)[name];
  if (way < 6 && typeof inner === 'object' && inner !== null && !ArrayBuffer.isView(inner)) {
    const { value: spoilt, how } = spoil(inner, dice);
    return Object.keys(inner).length > 0
      ? { value: { ...copy, [name]: spoilt }, how: `${name} ${how}` }
      : { value: copy, how: 'as it should be' };
  }
  const { name: kind, value: anything } =
    way < 8 ? hostile(dice, ['a number', 'a string', 'undefined', 'null']) : hostile(dice);
  Reflect.set(copy, name, anything);
  return { value: copy, how: `whose ${name} is ${kind}` };
}
