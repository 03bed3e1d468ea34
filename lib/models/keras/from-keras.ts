import { isRecord, ModelError } from '../model';
import {
  activationFromKeras,
  isIdle,
  kindOf,
  numberGroups,
  renumberCalls,
  snakeCase,
  type LayerKind,
  type Settings,
} from './layers';

/** A layer of a Keras network, with what is needed to find its weights. */
export interface KerasLayer {
  name: string;
  /** See `WeightGroup`. */
  group: string;
  kind: LayerKind;
  settings: Settings;
  /** Of a network inside the network. */
  layers?: KerasLayer[];
}

/** A network as TensorFlow.js wants it, and its layers as Keras has them. */
export interface KerasNetwork {
  modelTopology: object;
  layers: KerasLayer[];
}

/** Networks inside networks inside networks. */
const MAX_DEPTH = 4;

/**
 * Turns what Keras 3 writes as config.json into the topology of TensorFlow.js.
 * @throws ModelError that names every layer that TensorFlow.js has not, or not with such settings
 */
export function fromKeras(file: string, config: unknown): KerasNetwork {
  const unsupported: string[] = [];
  const { object, layers } = new Mapping(unsupported).network(config, 0);
  if (unsupported.length > 0)
    throw new ModelError(
      `${file}: the network has what is not supported here: ${[...new Set(unsupported)].join(', ')}`,
    );
  return { modelTopology: { ...object, keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' }, layers };
}

/** An object with a class: a network or a layer. */
interface KerasObject {
  class_name: string;
  config: Settings;
  [more: string]: unknown;
}

const isNetwork = (className: unknown): boolean =>
  className === 'Sequential' || className === 'Functional' || className === 'Model';

class Mapping {
  constructor(private readonly unsupported: string[]) {}

  network(value: unknown, depth: number): { object: object; layers: KerasLayer[] } {
    const { class_name, config, registered_name } = objectOf(value);
    if (!isNetwork(class_name) || !Array.isArray(config.layers) || depth > MAX_DEPTH) {
      const isRenamed = typeof registered_name === 'string' && registered_name !== class_name;
      this.unsupported.push(`the network ${class_name}${isRenamed ? ` (${registered_name})` : ''}`);
      return { object: {}, layers: [] };
    }
    const layers: KerasLayer[] = [];
    const sequential = class_name === 'Sequential';
    const inside = new Set(
      (config.layers as unknown[])
        .map(objectOf)
        .filter((layer) => isNetwork(layer.class_name))
        .map((layer) => layer.config.name),
    );
    const objects = withInput(config.layers as unknown[], config).map((entry) => {
      const layer = objectOf(entry);
      const { object, found } = this.layer(layer, depth);
      // A sequential network's input is none of its layers to Keras.
      if (found && !(sequential && layer.class_name === 'InputLayer')) layers.push(found);
      return sequential
        ? object
        : {
            ...object,
            name: layer.name ?? layer.config.name,
            inbound_nodes: this.inboundNodes(layer).map((call) => renumberCalls(call, inside, 1)),
          };
    });
    const name = config.name;
    return {
      layers: numberGroups(layers),
      object: sequential
        ? { class_name, config: { name, layers: objects } }
        : {
            class_name: 'Model',
            config: {
              name,
              layers: objects,
              input_layers: ends(config.input_layers),
              output_layers: renumberCalls(ends(config.output_layers), inside, 1),
            },
          },
    };
  }

  private layer(layer: KerasObject, depth: number): { object: object; found?: KerasLayer } {
    const { class_name, config } = layer;
    const name = typeof config.name === 'string' ? config.name : String(layer.name);
    const group = snakeCase(class_name);
    if (isNetwork(class_name)) {
      const { object, layers } = this.network(layer, depth + 1);
      return { object, found: { name, group, kind: { settings: [] }, settings: {}, layers } };
    }
    if (class_name === 'InputLayer') {
      const object = {
        class_name,
        config: { name, batch_input_shape: config.batch_shape ?? config.batch_input_shape, dtype: 'float32' },
      };
      return { object, found: { name, group, kind: { settings: [] }, settings: {} } };
    }
    const kind = kindOf(class_name);
    if (!kind) {
      this.unsupported.push(`${class_name} (${name})`);
      return { object: {} };
    }
    this.checkFixed(layer, name, kind);
    const settings: Settings = isIdle(class_name) ? { activation: 'linear' } : {};
    for (const setting of kind.settings) {
      const value = setting === 'activation' ? this.activation(name, config.activation) : config[setting];
      if (value !== undefined && value !== null) settings[kind.renamed?.[setting] ?? setting] = value;
    }
    const object = {
      class_name: isIdle(class_name) ? 'Activation' : class_name,
      config: { name, trainable: config.trainable !== false, ...settings },
    };
    return { object, found: { name, group, kind, settings } };
  }

  private checkFixed(
    { class_name, config, registered_name }: KerasObject,
    name: string,
    { fixed = {} }: LayerKind,
  ): void {
    if (typeof registered_name === 'string') this.unsupported.push(`${registered_name} (${name})`);
    for (const [setting, only] of Object.entries(fixed)) {
      const value = config[setting] ?? only;
      if (JSON.stringify(value) !== JSON.stringify(only))
        this.unsupported.push(`${class_name} (${name}) with ${setting} ${JSON.stringify(value).slice(0, 80)}`);
    }
    // Mixed precision is how it was trained: the weights are 32-bit floats all the same.
    const policy = isRecord(config.dtype)
      ? isRecord(config.dtype.config)
        ? config.dtype.config.name
        : undefined
      : (config.dtype ?? 'float32');
    if (typeof policy !== 'string' || !/^(float32|float64|mixed_b?float16)$/.test(policy))
      this.unsupported.push(`${class_name} (${name}) with the number format ${JSON.stringify(policy ?? config.dtype)}`);
  }

  private activation(layer: string, activation: unknown): string | undefined {
    if (activation === undefined || activation === null) return undefined;
    const name = typeof activation === 'string' ? activationFromKeras(activation) : undefined;
    if (name === undefined)
      this.unsupported.push(`the activation ${JSON.stringify(activation).slice(0, 80)} (${layer})`);
    return name;
  }

  /** What each call of a layer in a functional network was given: `[[name, node, tensor, {}], …]`. */
  private inboundNodes(layer: KerasObject): unknown[] {
    const calls = Array.isArray(layer.inbound_nodes) ? (layer.inbound_nodes as unknown[]) : [];
    return calls.map((call) => {
      // Keras 2 wrote them like TensorFlow.js.
      if (Array.isArray(call)) return call as unknown[];
      const { args, kwargs } = isRecord(call) ? call : {};
      const given = Array.isArray(args) ? (args as unknown[]) : [];
      // Whether it is training is said by whoever runs the network, to Keras too.
      const settings = Object.entries(isRecord(kwargs) ? kwargs : {}).filter(
        ([name, value]) => name !== 'training' && value !== null,
      );
      const tensors = (given.length === 1 ? [given[0]].flat() : given).map((tensor) =>
        isRecord(tensor) && isRecord(tensor.config) ? tensor.config.keras_history : undefined,
      );
      if (
        settings.length > 0 ||
        tensors.length === 0 ||
        given.length > 1 ||
        !tensors.every((tensor) => Array.isArray(tensor))
      ) {
        this.unsupported.push(
          `${layer.class_name} (${String(layer.name)}) called with ` +
            (settings.length > 0 ? settings.map(([name]) => name).join(', ') : 'something but tensors'),
        );
      }
      return tensors.map((history) => [...(Array.isArray(history) ? (history as unknown[]) : []), {}]);
    });
  }
}

function objectOf(value: unknown): KerasObject {
  if (!isRecord(value) || typeof value.class_name !== 'string' || !isRecord(value.config)) {
    return { class_name: JSON.stringify(value).slice(0, 80), config: {} };
  }
  return value as KerasObject;
}

/** A network that got its shape from the first picture knows it only here. */
function withInput(layers: unknown[], { build_input_shape }: Settings): unknown[] {
  const begins =
    layers.length > 0 && (objectOf(layers[0]).class_name === 'InputLayer' || isNetwork(objectOf(layers[0]).class_name));
  if (begins || !Array.isArray(build_input_shape)) return layers;
  return [{ class_name: 'InputLayer', config: { name: 'input_layer', batch_shape: build_input_shape } }, ...layers];
}

/** One end of a network stands alone, several in a list. */
function ends(value: unknown): unknown[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  return typeof list[0] === 'string' ? [list] : list;
}
