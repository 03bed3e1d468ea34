import { isRecord, ModelError } from './model';

/**
 * More layers than any reader of digits has, each counted as often as it is called, those of networks inside it among
 * them.
 */
const MAX_LAYERS = 500;

/** No setting of a layer is a larger number, but for seeds: TensorFlow.js counts up to some of them. */
const MOST = 2 ** 20;

/** Settings that count: none of them may be 0, which TensorFlow.js takes, and computes nonsense. */
const COUNTS = new Set([
  'units',
  'filters',
  'kernel_size',
  'strides',
  'pool_size',
  'dilation_rate',
  'depth_multiplier',
  'size',
  'n',
]);

/** TensorFlow.js knows these names in camel case, too; here they are looked for as its files have them. */
const KEYS = [
  'class_name',
  'config',
  'name',
  'layers',
  'inbound_nodes',
  'input_layers',
  'output_layers',
  'model_config',
];

interface Layer {
  name: string;
  isInput: boolean;
  isNetwork: boolean;
  /** What each call of it was given: `[name of the layer, number of its call, number of the tensor]` each. */
  calls: Tensor[][];
}

type Tensor = readonly [layer: string, call: number, tensor: number];

/**
 * Checks the network that a model.json describes, as far as TensorFlow.js would wait for ever or build what nobody
 * meant: every layer has a name of its own and takes what comes from layers that are there and come before it, and no
 * setting is enormous. Networks inside it, wherever they are, are checked likewise.
 *
 * @param file for messages
 * @param topology `modelTopology`, which goes no deeper than `MAX_DEPTH`
 * @throws ModelError
 */
export function checkTopology(file: string, topology: unknown): void {
  let layers = 0;
  const pending: { name: string; value: unknown }[] = [{ name: '', value: topology }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { name, value } = next;
    if (typeof value === 'number') checkNumber(file, name, value);
    if (typeof value !== 'object' || value === null) continue;
    // What is in a list is called as that is.
    for (const [key, inner] of Object.entries(value))
      pending.push({ name: Array.isArray(value) ? name : key, value: inner as unknown });
    if (!isRecord(value)) continue;
    checkKeys(file, value);
    if (isNetwork(value.class_name)) layers += checkNetwork(file, value);
    if (layers > MAX_LAYERS)
      throw new ModelError(`${file}: expected at most ${MAX_LAYERS} layers, got ${layers} or more`);
  }
}

function checkNumber(file: string, name: string, value: number): void {
  if (Math.abs(value) > MOST && !/seed/.test(name))
    throw new ModelError(`${file}: expected settings of ${MOST} at most, got ${value} for ${name.slice(0, 80)}`);
  if (COUNTS.has(name) && !(Number.isInteger(value) && value >= 1))
    throw new ModelError(`${file}: expected ${name} to be whole numbers from 1, got ${value}`);
}

/**
 * No name of a setting may be one of ours in another spelling, which TensorFlow.js would read, and these checks not.
 */
function checkKeys(file: string, settings: Record<string, unknown>): void {
  const odd = Object.keys(settings).find(
    (key) => !KEYS.includes(key) && KEYS.some((known) => plain(known) === plain(key)),
  );
  if (odd !== undefined)
    throw new ModelError(
      `${file}: expected the network's settings to have names such as inbound_nodes, got ${odd.slice(0, 80)}`,
    );
}

const plain = (key: string): string => key.replaceAll('_', '').toLowerCase();

function isNetwork(className: unknown): boolean {
  return className === 'Sequential' || className === 'Functional' || className === 'Model';
}

/** @returns the number of its layers, without those inside them, each as often as it is called */
function checkNetwork(file: string, { class_name, config }: Record<string, unknown>): number {
  const sequential = class_name === 'Sequential';
  const entries = Array.isArray(config) ? (config as unknown[]) : isRecord(config) ? config.layers : undefined;
  if (!Array.isArray(entries) || entries.length === 0)
    throw new ModelError(`${file}: expected a network with a list of layers, got ${shown(entries ?? config)}`);
  const layers = new Map<string, Layer>();
  for (const [i, entry] of entries.entries()) {
    const layer = layerOf(file, entry, i, sequential);
    if (layers.has(layer.name))
      throw new ModelError(
        `${file}: expected every layer to have a name of its own, got two layers ${shown(layer.name)}`,
      );
    layers.set(layer.name, layer);
  }
  if (sequential) return entries.length;
  const { input_layers, output_layers } = isRecord(config) ? config : {};
  for (const [what, ends] of Object.entries({ input_layers, output_layers })) {
    for (const end of tensorsOf(file, what, ends)) checkTensor(file, `the network's ${what}`, end, layers);
  }
  for (const layer of layers.values()) {
    for (const tensor of layer.calls.flat()) checkTensor(file, `the layer ${shown(layer.name)}`, tensor, layers);
  }
  checkOrder(file, layers);
  return [...layers.values()].reduce((sum, { calls }) => sum + Math.max(1, calls.length), 0);
}

function layerOf(file: string, entry: unknown, place: number, sequential: boolean): Layer {
  const { class_name, config, name, inbound_nodes } = isRecord(entry) ? entry : {};
  if (typeof class_name !== 'string' || !(isRecord(config) || Array.isArray(config)))
    throw new ModelError(`${file}: expected layers with a class and settings, got ${shown(entry)}`);
  const own = isRecord(config) ? config.name : undefined;
  const isInput = class_name === 'InputLayer';
  const kind = { isInput, isNetwork: isNetwork(class_name) };
  // A layer without a name is given one.
  if (sequential) return { ...kind, name: ownName(file, own) ?? `without a name: ${place}`, calls: [] };
  const only = onlyName(file, name, own);
  return { ...kind, name: only, calls: callsOf(file, only, inbound_nodes, isInput) };
}

/** In a sequential network, layers need no name. */
function ownName(file: string, own: unknown): string | undefined {
  if (own !== undefined && (typeof own !== 'string' || own === ''))
    throw new ModelError(`${file}: expected the name of a layer to be a text, got ${shown(own)}`);
  return own;
}

/** In a functional network, layers are told apart by their names, which stand beside the settings, too. */
function onlyName(file: string, name: unknown, own: unknown): string {
  if (typeof name !== 'string' || name === '' || (own !== undefined && own !== name))
    throw new ModelError(`${file}: expected every layer to have one name, got ${shown(name)} and ${shown(own)}`);
  return name;
}

function callsOf(file: string, name: string, inbound: unknown, isInput: boolean): Tensor[][] {
  if (!Array.isArray(inbound) || (isInput && inbound.length > 0))
    throw new ModelError(`${file}: expected the layer ${shown(name)} to say what it takes, got ${shown(inbound)}`);
  return inbound.map((call) => tensorsOf(file, `the layer ${shown(name)}`, call));
}

function tensorsOf(file: string, what: string, value: unknown): Tensor[] {
  const isTensor = (tensor: unknown): boolean =>
    Array.isArray(tensor) && typeof tensor[0] === 'string' && isCount(tensor[1]) && isCount(tensor[2]);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isTensor)) {
    throw new ModelError(`${file}: expected ${what} to name layers as [name, call, tensor], got ${shown(value)}`);
  }
  return value as Tensor[];
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

/** Number of the first call among a layer's nodes: inputs, and networks inside others, have one by themselves. */
const firstCall = ({ isInput, isNetwork: inner }: Layer): number => (isInput || inner ? 1 : 0);

function checkTensor(file: string, what: string, [name, call]: Tensor, layers: ReadonlyMap<string, Layer>): void {
  const source = layers.get(name);
  if (!source)
    throw new ModelError(
      `${file}: ${what} takes what comes from ${shown(name)}, which is no layer of the network; save the model again`,
    );
  if (call >= firstCall(source) + source.calls.length) {
    throw new ModelError(
      `${file}: ${what} takes what comes from call ${call} of ${shown(name)}, which is called ` +
        `${source.calls.length} times; save the model again`,
    );
  }
}

/**
 * No call may wait for itself: each takes what comes from calls before it, and follows its layer's own earlier ones
 * (Kahn 1962).
 */
function checkOrder(file: string, layers: ReadonlyMap<string, Layer>): void {
  const nodeOf = (name: string, call: number): string => JSON.stringify([name, call]);
  const followers = new Map<string, string[]>();
  const missing = new Map<string, number>();
  const ready: string[] = [];
  for (const layer of layers.values()) {
    const first = firstCall(layer);
    if (first > 0) ready.push(nodeOf(layer.name, 0));
    layer.calls.forEach((tensors, i) => {
      const node = nodeOf(layer.name, first + i);
      const sources = [
        ...tensors.map(([name, call]) => nodeOf(name, call)),
        ...(first + i > 0 ? [nodeOf(layer.name, first + i - 1)] : []),
      ];
      missing.set(node, sources.length);
      for (const source of sources) {
        const known = followers.get(source);
        if (known) known.push(node);
        else followers.set(source, [node]);
      }
    });
  }
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const follower of followers.get(node) ?? []) {
      const left = (missing.get(follower) ?? 0) - 1;
      missing.set(follower, left);
      if (left === 0) ready.push(follower);
    }
  }
  const [pending] = [...missing].find(([, left]) => left > 0) ?? [];
  if (pending !== undefined) {
    throw new ModelError(
      `${file}: expected layers that follow from one another, but ${shown((JSON.parse(pending) as [string])[0])} ` +
        'would have to wait for what comes after it; save the model again',
    );
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}
