/** The settings of a layer, as they stand in either format: by names with underscores. */
export type Settings = Record<string, unknown>;

/** Shape of a weight as far as the settings tell it; null is any side. */
type WeightShape = readonly unknown[] | undefined;

/**
 * How a layer stands in both formats: under the same class name. What is not said here, they leave to their defaults.
 */
export interface LayerKind {
  /**
   * Settings that mean the same in both, by their names in Keras; an object where TensorFlow.js calls some otherwise.
   */
  settings: readonly string[];
  renamed?: Readonly<Record<string, string>>;
  /** What TensorFlow.js does in one way only, where Keras has the choice; undefined in a file is this too. */
  fixed?: Settings;
  /** The weights in Keras' order, by their names in TensorFlow.js. */
  weights?: (settings: Settings) => [name: string, shape?: WeightShape][];
}

const convolution = ['kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'activation', 'use_bias'];
const channelsLast = { data_format: 'channels_last' };
const pooling: LayerKind = { settings: ['pool_size', 'strides', 'padding', 'data_format'], fixed: channelsLast };
const globalPooling: LayerKind = { settings: ['data_format'], fixed: { ...channelsLast, keepdims: false } };
const global1d: LayerKind = { settings: [], fixed: { ...channelsLast, keepdims: false } };
const merge: LayerKind = { settings: [] };
/** Keras' layers that do something in training only: here they let everything through. */
const idle: LayerKind = { settings: [] };

type Weights = ReturnType<NonNullable<LayerKind['weights']>>;
const bias = ({ use_bias }: Settings, length?: unknown): Weights =>
  use_bias === false ? [] : [['bias', [length ?? null]]];
const kernelOf = (size: unknown): unknown[] => (Array.isArray(size) ? size : [size]);
const normalisation = ({ scale, center }: Settings): Weights => [
  ...(scale === false ? [] : ([['gamma']] as Weights)),
  ...(center === false ? [] : ([['beta']] as Weights)),
];

const KINDS: Record<string, LayerKind> = {
  Dense: {
    settings: ['units', 'activation', 'use_bias'],
    fixed: { quantization_config: null, lora_rank: null },
    weights: (s) => [['kernel', [null, s.units]], ...bias(s, s.units)],
  },
  Conv1D: {
    settings: ['filters', ...convolution],
    fixed: { ...channelsLast, groups: 1 },
    weights: (s) => [['kernel', [...kernelOf(s.kernel_size), null, s.filters]], ...bias(s, s.filters)],
  },
  Conv2D: {
    settings: ['filters', ...convolution],
    fixed: { ...channelsLast, groups: 1 },
    weights: (s) => [['kernel', [...kernelOf(s.kernel_size), null, s.filters]], ...bias(s, s.filters)],
  },
  Conv2DTranspose: {
    settings: ['filters', ...convolution.filter((name) => name !== 'dilation_rate')],
    fixed: { ...channelsLast, output_padding: null, dilation_rate: [1, 1] },
    weights: (s) => [['kernel', [...kernelOf(s.kernel_size), s.filters, null]], ...bias(s, s.filters)],
  },
  DepthwiseConv2D: {
    settings: ['depth_multiplier', ...convolution],
    fixed: channelsLast,
    weights: (s) => [['depthwise_kernel', [...kernelOf(s.kernel_size), null, s.depth_multiplier]], ...bias(s)],
  },
  SeparableConv2D: {
    settings: ['filters', 'depth_multiplier', ...convolution],
    fixed: channelsLast,
    weights: (s) => [
      ['depthwise_kernel', [...kernelOf(s.kernel_size), null, s.depth_multiplier]],
      ['pointwise_kernel', [1, 1, null, s.filters]],
      ...bias(s, s.filters),
    ],
  },
  BatchNormalization: {
    settings: ['axis', 'momentum', 'epsilon', 'center', 'scale'],
    fixed: { renorm: false },
    weights: (s) => [...normalisation(s), ['moving_mean'], ['moving_variance']],
  },
  LayerNormalization: {
    settings: ['axis', 'epsilon', 'center', 'scale'],
    fixed: { rms_scaling: false },
    weights: normalisation,
  },
  Rescaling: { settings: ['scale', 'offset'] },
  Activation: { settings: ['activation'] },
  ReLU: { settings: ['max_value'], fixed: { negative_slope: 0, threshold: 0 } },
  LeakyReLU: { settings: ['negative_slope'], renamed: { negative_slope: 'alpha' } },
  PReLU: { settings: ['shared_axes'], weights: () => [['alpha']] },
  ELU: { settings: [], fixed: { alpha: 1 } },
  Softmax: { settings: ['axis'] },
  MaxPooling1D: pooling,
  AveragePooling1D: pooling,
  MaxPooling2D: pooling,
  AveragePooling2D: pooling,
  GlobalMaxPooling1D: global1d,
  GlobalAveragePooling1D: global1d,
  GlobalMaxPooling2D: globalPooling,
  GlobalAveragePooling2D: globalPooling,
  Flatten: { settings: ['data_format'], fixed: channelsLast },
  Reshape: { settings: ['target_shape'] },
  Permute: { settings: ['dims'] },
  RepeatVector: { settings: ['n'] },
  ZeroPadding2D: { settings: ['padding', 'data_format'], fixed: channelsLast },
  Cropping2D: { settings: ['cropping', 'data_format'], fixed: channelsLast },
  UpSampling2D: { settings: ['size', 'data_format'], fixed: { ...channelsLast, interpolation: 'nearest' } },
  Dropout: { settings: ['rate'] },
  GaussianDropout: { settings: ['rate'] },
  AlphaDropout: { settings: ['rate'] },
  GaussianNoise: { settings: ['stddev'] },
  Add: merge,
  Multiply: merge,
  Average: merge,
  Maximum: merge,
  Minimum: merge,
  Concatenate: { settings: ['axis'] },
};

const IDLE = [
  'Identity',
  'ActivityRegularization',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'RandomBrightness',
  'RandomContrast',
  'RandomFlip',
  'RandomRotation',
  'RandomShear',
  'RandomTranslation',
  'RandomZoom',
];

/** How a class of layers is mapped; undefined where it cannot be. */
export function kindOf(className: string): LayerKind | undefined {
  if (isIdle(className)) return idle;
  return Object.hasOwn(KINDS, className) ? KINDS[className] : undefined;
}

/** Whether a layer of Keras does something in training only. */
export function isIdle(className: string): boolean {
  return IDLE.includes(className);
}

/** Keras' activations, with what TensorFlow.js calls them. Its hard sigmoid is another function than Keras 3's. */
const ACTIVATIONS: Record<string, string> = {
  linear: 'linear',
  relu: 'relu',
  relu6: 'relu6',
  elu: 'elu',
  selu: 'selu',
  sigmoid: 'sigmoid',
  softmax: 'softmax',
  softplus: 'softplus',
  softsign: 'softsign',
  tanh: 'tanh',
  gelu: 'gelu',
  mish: 'mish',
  silu: 'swish',
  swish: 'swish',
};

/** What TensorFlow.js calls an activation of Keras; undefined for one that is not read. */
export function activationFromKeras(name: string): string | undefined {
  return Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
}

/** What Keras calls an activation of TensorFlow.js; undefined for one that is not written. */
export function activationToKeras(name: unknown): string | undefined {
  return Object.keys(ACTIVATIONS).find((keras) => ACTIVATIONS[keras] === name);
}

/** A class's name as Keras names groups of weights after it: MaxPooling2D is max_pooling2d, ReLU is re_lu. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Renumbers what comes out of networks inside a functional network: in TensorFlow.js their first call is number 1, in
 * Keras number 0.
 *
 * @param tensors `[name of the layer, number of its call, number of the tensor, …]` each
 * @param networks the names of the networks inside
 * @param by 1 towards TensorFlow.js, -1 towards Keras
 */
export function renumberCalls(tensors: unknown, networks: ReadonlySet<unknown>, by: 1 | -1): unknown[] {
  const list = Array.isArray(tensors) ? (tensors as unknown[]) : [];
  return list.map((tensor) => {
    if (!Array.isArray(tensor) || !networks.has(tensor[0])) return tensor;
    const [name, call, ...rest] = tensor as unknown[];
    return [name, Number(call) + by, ...rest];
  });
}

/** Gives the groups of weights of one network's layers names of their own: from the second on, they are numbered. */
export function numberGroups<T extends { group: string }>(layers: readonly T[]): T[] {
  const counts = new Map<string, number>();
  return layers.map((layer) => {
    const count = counts.get(layer.group) ?? 0;
    counts.set(layer.group, count + 1);
    return count === 0 ? layer : { ...layer, group: `${layer.group}_${count}` };
  });
}
