import type { io } from '@tensorflow/tfjs-core';
import { isRecord, ModelError } from '../model';
import { activationToKeras, kindOf, numberGroups, renumberCalls, snakeCase, type Settings } from './layers';
import type { Weight, WeightGroup } from './weights';

/** A network as Keras wants it: config.json, and its weights by layer. */
export interface ForKeras {
  config: object;
  weights: WeightGroup;
}

const FLOAT32 = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null };

/** An object with a class: a network or a layer. */
interface TopologyObject {
  class_name: string;
  config: Settings;
  name?: unknown;
  inbound_nodes?: unknown;
}

/**
 * Turns a network of TensorFlow.js into what Keras 3 writes as config.json, with its weights filed as Keras files them.
 * @param topology `modelTopology` of a layers model
 * @throws ModelError for a layer that is not known here, or weights that are not those of the layers
 */
export function toKeras(file: string, topology: unknown, weights: ReadonlyMap<string, Weight>): ForKeras {
  const model = isRecord(topology) && isRecord(topology.model_config) ? topology.model_config : topology;
  const left = new Set(weights.keys());
  const network = networkOf(file, objectOf(file, model), (name) => {
    const weight = weights.get(name);
    if (!weight) throw new ModelError(`${file}: expected the weight ${name} of the network, got none of that name`);
    left.delete(name);
    return weight;
  });
  if (left.size > 0)
    throw new ModelError(`${file}: expected weights of the network's layers, got also ${[...left].join(', ')}`);
  return network;
}

function networkOf(file: string, { class_name, config }: TopologyObject, weightOf: (name: string) => Weight): ForKeras {
  if (!isNetwork({ class_name }))
    throw new ModelError(`${file}: expected a sequential or functional network, got ${class_name}`);
  const entries = (Array.isArray(config) ? config : config.layers) as unknown[];
  const objects = entries.map((entry) => objectOf(file, entry));
  const layers = objects.map((from): WrittenLayer => {
    const name = typeof from.config.name === 'string' ? from.config.name : String(from.name);
    return { from, name, ...layerOf(file, from, name, weightOf) };
  });
  const name = typeof config.name === 'string' ? config.name : 'digits';
  return class_name === 'Sequential' ? sequentialOf(name, layers) : functionalOf(name, layers, config);
}

/** A layer as TensorFlow.js has it and as Keras has it. */
interface WrittenLayer {
  from: TopologyObject;
  name: string;
  object: object;
  group: WeightGroup;
}

/** Keras has a layer for what the first one says of the input, and counts no input among the layers with weights. */
function sequentialOf(name: string, written: readonly WrittenLayer[]): ForKeras {
  const layers = written.map(({ object }) => object);
  const first = written.at(0);
  const shape = first?.from.config.batch_input_shape;
  if (first && first.from.class_name !== 'InputLayer' && shape !== undefined)
    layers.unshift(inputLayer(`${first.name}_input`, shape));
  const groups = written.filter(({ from }) => from.class_name !== 'InputLayer').map(({ group }) => group);
  return {
    config: {
      module: 'keras',
      class_name: 'Sequential',
      config: { name, trainable: true, dtype: FLOAT32, layers },
      registered_name: null,
    },
    weights: { name, group: 'sequential', weights: [], layers: numberGroups(groups) },
  };
}

function functionalOf(name: string, written: readonly WrittenLayer[], config: Settings): ForKeras {
  const { input_layers, output_layers } = config;
  const inside = new Set(written.flatMap(({ from }) => (isNetwork(from) ? [from.config.name ?? from.name] : [])));
  const layers = written.map(({ from, name: layer, object }) => ({
    ...object,
    name: layer,
    inbound_nodes: ((from.inbound_nodes ?? []) as unknown[]).map((call) => renumberCalls(call, inside, -1)),
  }));
  return {
    config: {
      module: 'keras.src.models.functional',
      class_name: 'Functional',
      config: {
        name,
        trainable: true,
        layers,
        input_layers: alone(input_layers),
        output_layers: alone(renumberCalls(output_layers, inside, -1)),
      },
      registered_name: 'Functional',
    },
    weights: { name, group: 'functional', weights: [], layers: numberGroups(written.map(({ group }) => group)) },
  };
}

function layerOf(
  file: string,
  layer: TopologyObject,
  name: string,
  weightOf: (name: string) => Weight,
): { object: object; group: WeightGroup } {
  const { class_name, config } = layer;
  if (isNetwork(layer)) {
    const { config: object, weights } = networkOf(file, layer, weightOf);
    return { object, group: { ...weights, name } };
  }
  const group = { name, group: snakeCase(class_name), weights: [] };
  if (class_name === 'InputLayer') return { object: inputLayer(name, config.batch_input_shape), group };
  const kind = kindOf(class_name);
  if (!kind) throw new ModelError(`${file}: the layer ${name} cannot be written for Keras: ${class_name}`);
  const settings: Settings = {};
  for (const setting of kind.settings) {
    const value = config[kind.renamed?.[setting] ?? setting];
    if (value === undefined || value === null) continue;
    settings[setting] = setting === 'activation' ? activationToKeras(value) : value;
    if (settings[setting] === undefined)
      throw new ModelError(
        `${file}: the layer ${name} cannot be written for Keras: the activation ${JSON.stringify(value)}`,
      );
  }
  return {
    object: kerasLayer(class_name, { name, trainable: config.trainable !== false, dtype: FLOAT32, ...settings }),
    group: { ...group, weights: (kind.weights?.(settings) ?? []).map(([weight]) => weightOf(`${name}/${weight}`)) },
  };
}

/** A network's only input or output stands alone, several in a list. */
function alone(tensors: unknown): unknown {
  return Array.isArray(tensors) && tensors.length === 1 ? (tensors[0] as unknown) : tensors;
}

function isNetwork({ class_name }: Pick<TopologyObject, 'class_name'>): boolean {
  return ['Sequential', 'Model', 'Functional'].includes(class_name);
}

function inputLayer(name: string, shape: unknown): object {
  return kerasLayer('InputLayer', {
    batch_shape: shape,
    dtype: 'float32',
    sparse: false,
    ragged: false,
    name,
    optional: false,
  });
}

function kerasLayer(class_name: string, config: Settings): object {
  return { module: 'keras.layers', class_name, config, registered_name: null };
}

function objectOf(file: string, value: unknown): TopologyObject {
  if (
    !isRecord(value) ||
    typeof value.class_name !== 'string' ||
    (!isRecord(value.config) && !Array.isArray(value.config))
  ) {
    throw new ModelError(
      `${file}: expected the topology of a layers model of TensorFlow.js, got ${JSON.stringify(value).slice(0, 80)}`,
    );
  }
  return value as unknown as TopologyObject;
}

/** The weights by their names, from what a save handler of TensorFlow.js gets. */
export function weightsByName(
  file: string,
  { weightSpecs = [], weightData = [] }: io.ModelArtifacts,
): Map<string, Weight> {
  const pieces = Array.isArray(weightData) ? weightData : [weightData];
  const data = Buffer.concat(pieces.map((piece) => new Uint8Array(piece)));
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const { name, shape, dtype, quantization } of weightSpecs) {
    if (dtype !== 'float32' || quantization)
      throw new ModelError(
        `${file}: expected the weight ${name} to be of float32, got ${quantization?.dtype ?? dtype}`,
      );
    const length = shape.reduce((product, side) => product * side, 1);
    const bytes = data.subarray(offset, offset + 4 * length);
    if (bytes.length !== 4 * length)
      throw new ModelError(`${file}: expected the weight ${name} to have ${4 * length} bytes, got ${bytes.length}`);
    weights.set(name, { shape: [...shape], values: new Float32Array(Uint8Array.from(bytes).buffer) });
    offset += 4 * length;
  }
  return weights;
}
