// What messages to the nodes are made of: good ones with something wrong in them, commands with wrong numbers and
// places, and values of every kind.
import type { Dice } from './dice';
import type { Message } from './node-red';
import { goodMessage, type Goods } from './nodes';
import { givenPicture } from './raw-pictures';
import type { Base } from './picture-bases';
import { hostile, NUMBERS, spoil, STRINGS } from './values';

export interface Made {
  how: string;
  msg: object;
  /** Whether a training is begun that may run to its end. */
  long?: boolean;
}

/** Places that a message may name, most of them outside, and one that is a link out of where it stands. */
export const PLACES = [
  'model',
  'model.keras',
  '../escaped',
  '../../escaped',
  '../../../escaped.keras',
  '/tmp/inkcam-fuzz-escaped',
  'link/model',
  'link',
  'a/../../../escaped',
  '..',
  '.',
  '',
  'a\0b',
  '\0',
  '..\\escaped',
  '%2e%2e/escaped',
  'x'.repeat(5000),
  '~/escaped',
  './-rf',
  'CON',
  '__proto__',
  7,
  null,
  {},
  ['../escaped'],
];

const ids = (dice: Dice): unknown =>
  dice.pick([
    ...STRINGS,
    '20261126T150000000Z-0123456789abcdef',
    '../../../canary',
    '../canary',
    '7/../../../canary',
    7,
    null,
    {},
    ['../../../canary'],
    Array(2000).fill('x'),
  ]);

type Maker = (dice: Dice, goods: Goods, bases: readonly Base[]) => Made;

const commands: Partial<Record<string, (dice: Dice) => Message & { payload?: unknown }>> = {
  'digits-samples': (dice) => ({
    payload: dice.pick<unknown>([
      'list',
      { list: dice.pick<unknown>(['7', 'all', true, '../..', 11, 'unsure']), limit: dice.pick(NUMBERS) },
      { relabel: ids(dice), label: dice.pick<unknown>(['7', '../..', 11, undefined, '__proto__']) },
      { delete: ids(dice) },
    ]),
  }),
  'digits-dataset': (dice) => ({
    payload: dice.pick<unknown>([
      dice.pick(NUMBERS),
      { random: dice.pick(NUMBERS) },
      { sheet: dice.pick(NUMBERS), from: dice.pick(NUMBERS) },
      { sheet: true },
      'all',
      'fetch',
      'random',
      'sheet',
    ]),
  }),
  'digits-train': (dice) => {
    const names = ['out', 'from', 'samples', 'mnist'] as const;
    const settings: Message = {};
    for (let i = 0; i < dice.whole(1, 3); i++) settings[dice.pick(names)] = dice.pick(PLACES);
    const others: Message = {
      epochs: dice.pick(NUMBERS),
      batchSize: dice.pick(NUMBERS),
      learningRate: dice.pick(NUMBERS),
      seed: dice.pick(NUMBERS),
      engine: dice.pick(['auto', 'wasm', 'x', 7]),
      data: dice.pick(['samples', 'both', 'x']),
      name: dice.pick(STRINGS),
      __proto__: 1,
      fetch: true,
      mirrors: ['http://127.0.0.1:9/'],
    };
    for (const name of Object.keys(others)) if (dice.chance(0.25)) settings[name] = others[name];
    return { payload: settings };
  },
  'digits-camera': (dice) => {
    const values = [...NUMBERS, ...STRINGS, null, {}, []];
    const names = [
      'width',
      'height',
      'encoding',
      'quality',
      'rotation',
      'roi',
      'shutter',
      'gain',
      'ev',
      'awbgains',
      'settle',
      'timeout',
      'framerate',
      'kind',
      '--output',
      'output',
      '__proto__',
      'program',
    ];
    const camera: Message = {};
    for (let i = 0; i < dice.whole(1, 3); i++)
      Object.defineProperty(camera, dice.pick(names), {
        value: dice.pick(values),
        enumerable: true,
        configurable: true,
      });
    return {
      payload: dice.pick(['', 'start', 'stop', 'next', 'start']),
      camera: dice.chance(0.9) ? camera : hostile(dice).value,
    };
  },
  'digits-jobs': (dice) => ({
    payload: dice.pick<unknown>(['407', 7, null]),
    job: dice.pick<unknown>([{ id: dice.pick(STRINGS) }, { id: 7 }, 7, null]),
    digits: hostile(dice).value,
    confidence: dice.pick(NUMBERS),
  }),
};

/** Properties that nodes look at beside the payload. */
const PROPERTIES = [
  'frame',
  'digits',
  'topic',
  'label',
  'accepted',
  'reason',
  'confidence',
  'otherWriting',
  'camera',
  'job',
  'debug',
  'reset',
  'parts',
  'error',
  'filename',
  'path',
  '_msgid',
  'samples',
  'skipped',
  'constructor',
  'toString',
];

const FRAMES = (dice: Dice): unknown => {
  const side = dice.pick(NUMBERS);
  const stream = dice.pick<unknown>([undefined, 's', '', 7]);
  return dice.pick<unknown>([
    { id: 'x', at: 1, source: 'x', width: side, height: dice.pick(NUMBERS) },
    { id: 'x', at: NaN, source: {}, width: 640, height: 480, image: hostile(dice).value, stream },
    { width: '640', height: '480', stream: 's', dropped: dice.pick(NUMBERS) },
    [],
    7,
  ]);
};

const MAKERS: Record<string, (type: string, ...rest: Parameters<Maker>) => Made> = {
  payload(type, dice, goods) {
    const { name, value } = hostile(dice);
    return { how: name, msg: { ...goodMessage(type, goods), payload: value } };
  },
  picture(_type, dice, _goods, bases) {
    const { name, input } = givenPicture(dice, bases);
    return { how: name, msg: { payload: input } };
  },
  spoilt(type, dice, goods) {
    const { value, how } = spoil(goodMessage(type, goods), dice);
    return { how: `a good message ${how}`, msg: value };
  },
  digits(_type, dice, { digits }) {
    const list = [...digits];
    const at = dice.whole(0, list.length - 1);
    const { value, how } = spoil(list[at]!, dice);
    list[at] = value;
    return {
      how: `digits, one ${how}`,
      msg: { payload: list, digits: list, frame: { id: 'x', at: 1, source: 'x', width: 480, height: 300 } },
    };
  },
  mask(_type, dice, { mask }) {
    const { value, how } = spoil(mask, dice);
    return { how: `a mask ${how}`, msg: { payload: value } };
  },
  property(type, dice, goods) {
    const name = dice.pick(PROPERTIES);
    const { name: kind, value } =
      name === 'frame' && dice.chance(0.7) ? { name: 'an odd frame', value: FRAMES(dice) } : hostile(dice);
    return { how: `a good message whose ${name} is ${kind}`, msg: { ...goodMessage(type, goods), [name]: value } };
  },
  command(type, dice, goods) {
    const msg = commands[type]?.(dice);
    return msg ? { how: `the command ${describe(msg)}`, msg } : MAKERS.property!(type, dice, goods, []);
  },
  whole(type, dice, goods) {
    const msg = goodMessage(type, goods);
    const way = dice.pick([
      'frozen',
      'without a prototype',
      'a proxy',
      'with a million properties',
      'a class',
    ] as const);
    if (way === 'frozen') return { how: 'a frozen message', msg: Object.freeze({ ...msg, _msgid: 'x' }) };
    if (way === 'without a prototype')
      return { how: 'a message without a prototype', msg: Object.assign(Object.create(null) as object, msg) };
    if (way === 'a proxy') return { how: 'a message that is a proxy', msg: new Proxy(msg, {}) };
    if (way === 'a class')
      return {
        how: 'a message of a class',
        msg: Object.assign(
          new (class Message {
            readonly made = 1;
          })(),
          msg,
        ),
      };
    return {
      how: 'a message of 100,000 properties',
      msg: { ...Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`p${i}`, i])), ...msg },
    };
  },
};

export function makeMessage(type: string, dice: Dice, goods: Goods, bases: readonly Base[]): Made {
  const kind = dice.weighted([
    [5, 'payload'],
    [3, 'picture'],
    [5, 'spoilt'],
    [3, 'digits'],
    [3, 'mask'],
    [4, 'property'],
    [type in commands ? 8 : 0, 'command'],
    [1, 'whole'],
  ] as const);
  return MAKERS[kind]!(type, dice, goods, bases);
}

function describe(msg: Message): string {
  try {
    return JSON.stringify(msg).slice(0, 160);
  } catch {
    return Object.keys(msg).join(', ');
  }
}
