// The nodes that messages are sent to: every type with every choice of its settings, odd ones too, and what each does
// with a good message.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { digitProblem, madePictureProblem, maskProblem, notFinite, readingProblem } from './checks';
import type { Fate, Message } from './node-red';

const ROOT = join(__dirname, '../../..');

export interface Target {
  id: string;
  type: string;
  settings: Record<string, unknown>;
  /** Whether its settings make sense, so that a good message has to be done without an error. */
  sound: boolean;
}

/** What good messages are made of. */
export interface Goods {
  /** A picture of "407", encoded. */
  picture: Buffer;
  mask: object;
  digits: Message[];
  labelled: { images: Uint8Array; labels: Uint8Array };
}

/** Node types of this collection that are no configuration. */
export const TYPES = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { 'node-red': { nodes: Record<string, string> } })[
    'node-red'
  ].nodes,
).filter((type) => !['digits-camera-device', 'digits-broker', 'digits-model'].includes(type));

/** Values of a setting that make sense, and one that does not; each is tried with the others as they are by default. */
const CHOICES: Partial<Record<string, Record<string, readonly [sound: readonly unknown[], odd: readonly unknown[]]>>> =
  {
    'digits-threshold': {
      method: [
        ['automatic', 'otsu', 'adaptive', 'fixed'],
        ['best', 7],
      ],
      polarity: [['dark', 'light'], ['__proto__']],
      level: [
        ['0', '255'],
        ['-1', '1e999', 'x'],
      ],
      sensitivity: [
        ['0', '1'],
        ['NaN', {}],
      ],
      debugPictures: [[true], []],
    },
    'digits-extract': {
      strengthen: [[true, false], []],
      minimumSize: [
        ['', '10'],
        ['100', '-5', 'x', '1e308'],
      ],
      debugPictures: [[true], []],
    },
    'digits-classify': {
      model: [
        ['', 'my model'],
        ['gone', 'my broken-model'],
      ],
      debugPictures: [[true], []],
    },
    'digits-filter': {
      minimumConfidence: [
        ['', '0', '1'],
        ['2', 'x'],
      ],
      inARow: [
        ['1', '3'],
        ['0', '1e9', '-1'],
      ],
      onlyOnChange: [[true, false], []],
    },
    'digits-annotate': {
      format: [['jpeg', 'png'], ['exe']],
      longestSide: [
        ['', '64', '8192'],
        ['1', '1e9'],
      ],
      atMost: [
        ['', '1'],
        ['-1', 'x'],
      ],
      stream: [['/digits/fuzz'], ['no slash', '/../x']],
    },
    'digits-samples': {
      keep: [['unsure', 'all'], ['x']],
      perLabel: [
        ['', '3'],
        ['0', 'x'],
      ],
      inAll: [['10'], ['-1']],
      frameCrops: [[true], []],
    },
    'digits-dataset': {
      source: [['idx'], ['pictures', 'x']],
      folder: [['idx'], ['samples', '/dev/null', '../../..', 'gone']],
      part: [['train', 'test'], ['x']],
    },
    'digits-evaluate': {
      model: [
        ['', 'my model'],
        ['gone', 'my broken-model'],
      ],
      precision: [
        ['', '0.5', '1'],
        ['-1', 'x'],
      ],
    },
    'digits-train': {
      data: [['mnist', 'samples', 'both'], ['x']],
      network: [['cnn', 'mlp', 'existing'], ['x']],
      augmentation: [['', 'on', 'off'], []],
      epochs: [['1'], ['0', '1e9', 'x']],
      batchSize: [['', '4096'], ['0']],
      learningRate: [[''], ['-1', '1e9']],
    },
    'digits-camera': {
      encoding: [['jpg', 'png'], ['bmp']],
      rotation: [['0', '90'], ['45']],
      width: [[''], ['-16', '99999']],
      pacing: [['rate', 'asked'], ['x']],
      device: [
        ['my replay', 'my fake', 'my network'],
        ['gone', ''],
      ],
    },
    'digits-send': {
      camera: [
        ['', 'room 1/+#'],
        ['x'.repeat(200), '\ud800'],
      ],
      window: [
        ['', '1'],
        ['0', '-1', 'x'],
      ],
      patience: [
        ['', '1'],
        ['-1', 'x'],
      ],
      expiry: [['600'], ['x']],
    },
    'digits-jobs': {
      group: [
        ['', 'others'],
        ['a/b', '+'],
      ],
      inFlight: [
        ['', '1'],
        ['0', '-1', '99999999', 'x'],
      ],
    },
  };

/** Choices that make sense together only. */
const TOGETHER: Partial<Record<string, Record<string, unknown>[]>> = {
  'digits-dataset': [{ source: 'pictures', folder: 'samples' }],
  'digits-threshold': [{ method: 'fixed', level: '100', polarity: 'dark' }],
  'digits-filter': [{ inARow: '3', onlyOnChange: true, minimumConfidence: '0.5' }],
  'digits-samples': [{ keep: 'all', perLabel: '3', inAll: '10', frameCrops: true }],
  'digits-train': [
    { data: 'samples', samples: 'samples', network: 'existing' },
    { data: 'samples', samples: 'samples', network: 'cnn' },
  ],
};

/** Settings of every node of a type, unless a choice says otherwise. */
const USUAL: Partial<Record<string, Record<string, unknown>>> = {
  'digits-dataset': { source: 'idx', folder: 'idx', part: 'test' },
  'digits-train': { mnist: 'idx', data: 'mnist', network: 'mlp', engine: 'wasm', epochs: '1' },
  'digits-camera': { device: 'my replay' },
  'digits-send': { broker: 'my broker', camera: 'fuzz' },
  'digits-jobs': { broker: 'my broker', inFlight: '' },
};

/** @param broker whether there is one: without it, what is sent to one waits */
export function targets(broker: boolean): Target[] {
  return TYPES.flatMap((type) => {
    const usual = USUAL[type] ?? {};
    const able = broker || !('broker' in usual);
    const list: Omit<Target, 'id'>[] = [{ type, settings: usual, sound: able }];
    for (const [name, [sound, odd]] of Object.entries(CHOICES[type] ?? {})) {
      for (const value of sound) list.push({ type, settings: { ...usual, [name]: value }, sound: able });
      for (const value of odd) list.push({ type, settings: { ...usual, [name]: value }, sound: false });
    }
    for (const settings of TOGETHER[type] ?? []) list.push({ type, settings: { ...usual, ...settings }, sound: true });
    return list.map((target, i) => ({ ...target, id: `${type} ${i}` }));
  });
}

/** A good message for a node of this type. */
export function goodMessage(type: string, { picture, digits, labelled }: Goods): Message {
  switch (type) {
    case 'digits-filter':
      return { payload: '407', confidence: 0.99, digits };
    case 'digits-annotate':
      return { payload: picture, digits };
    case 'digits-samples':
      return { payload: 'count' };
    case 'digits-dataset':
      return { payload: 0 };
    case 'digits-evaluate':
      return { payload: labelled };
    case 'digits-train':
      return { payload: 'stop' };
    case 'digits-camera':
      return { payload: '' };
    case 'digits-jobs':
      return { payload: '', job: { id: 'of nobody' } };
    default:
      return { payload: picture };
  }
}

/** What is wrong with what became of a good message, given to a node whose settings make sense. */
export function goodProblem({ type, settings }: Target, { error, sent }: Fate): string | undefined {
  const [first] = sent.map(({ msg }) => msg);
  const { payload } = first ?? {};
  // The one asks for an open job, and there is none; a camera in the network is not there.
  if (type === 'digits-jobs' || settings.device === 'my network')
    return error === undefined ? 'done without an error, though there is none of that name' : undefined;
  if (error !== undefined) return `failed: ${error instanceof Error ? error.message : typeof error}`;
  const reads = {
    'digits-classify': () => payload === '407',
    'digits-extract': () =>
      Array.isArray(payload) &&
      (payload as { doubt?: unknown }[]).filter(({ doubt }) => doubt === undefined).length === 3,
    'digits-evaluate': () => (payload as { n?: unknown }).n === 40,
  } as Partial<Record<string, () => boolean>>;
  if (reads[type]?.() === false) return `sent ${inspect(payload).slice(0, 60)}`;
  return undefined;
}

/** What is wrong with what a node has sent, whatever it had been given. */
export function sentProblem(type: string, sent: Fate['sent']): string | undefined {
  for (const { output, msg } of sent) {
    const problem = messageProblem(type, output, msg);
    if (problem) return `sent ${problem}`;
  }
  return undefined;
}

function messageProblem(type: string, output: number, msg: Message): string | undefined {
  const { payload, confidence, digits, samples } = msg;
  const frame = frameOf(msg);
  switch (type) {
    case 'digits-threshold':
      return maskProblem(payload);
    case 'digits-extract':
      return extractedProblem(payload, frame);
    case 'digits-classify':
      return readingProblem({ text: payload, confidence, digits }, Array.isArray(payload) ? undefined : frame);
    case 'digits-annotate':
      return madePictureProblem(payload);
    case 'digits-filter':
      return filteredProblem(output, msg);
    case 'digits-samples':
      return notFinite(samples, 'samples') ?? notFinite(payload);
    case 'digits-evaluate':
      return notFinite({ ...(payload as object), digitsPerSecond: 1 });
    case 'digits-dataset':
    case 'digits-train':
      return notFinite(payload);
    default:
      return undefined;
  }
}

function extractedProblem(payload: unknown, frame: Size | undefined): string | undefined {
  if (!Array.isArray(payload)) return 'no digits';
  return payload.map((digit) => digitProblem(digit, { read: false, frame })).find((each) => each !== undefined);
}

function filteredProblem(output: number, { accepted, confidence, reason }: Message): string | undefined {
  if (accepted === (output === 0) && (output === 0 || typeof reason === 'string'))
    return notFinite(confidence, 'confidence');
  return `at output ${output + 1} what is ${accepted === true ? 'accepted' : 'rejected'}`;
}

interface Size {
  width: number;
  height: number;
}

/** A frame that makes sense. */
function frameOf({ frame }: Message): Size | undefined {
  const { width, height } = (typeof frame === 'object' && frame !== null ? frame : {}) as Record<string, unknown>;
  return typeof width === 'number' &&
    typeof height === 'number' &&
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    width > 0 &&
    height > 0
    ? { width, height }
    : undefined;
}
