import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { input, LayersModel, model, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { SHIPPED_MODEL } from '../../lib/engine/classifier';
import { compile, type Artifacts } from '../../lib/inference/compile';
import { Executor } from '../../lib/inference/executor';
import { loadKernels, plainKernels } from '../../lib/inference/kernels';
import { readModel } from '../../lib/models/model-files';
import { Random } from '../../lib/random';
import { makeModel, tf, type ModelKind } from '../classify/models';

const SURROUNDINGS = join(SHIPPED_MODEL, '..', '..', 'surroundings');
const { layers } = tf;
const { input: inputOf, model: modelOf } = tf as unknown as { input: typeof input; model: typeof model };

/** What a model consists of, as a reader finds it in its files. */
async function artifactsOf(model: LayersModel): Promise<Artifacts> {
  let artifacts: Artifacts | undefined;
  await model.save(
    tf.io.withSaveHandler((saved) => {
      const { modelTopology, weightSpecs = [], weightData } = saved;
      artifacts = {
        modelTopology: JSON.parse(JSON.stringify(modelTopology)) as object,
        weightSpecs,
        weightData: weightData as ArrayBuffer,
      };
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    }),
  );
  assert.ok(artifacts);
  return artifacts;
}

function noise(count: number, seed: number): Uint8Array {
  const random = new Random(seed, 0);
  return Uint8Array.from({ length: count }, () => (random.below(3) === 0 ? random.below(256) : 0));
}

/** Compares what a compiled network and TensorFlow.js compute of three pictures, up to what a softmax takes away. */
function assertSame(model: LayersModel, artifacts: Artifacts, softmax = false): void {
  const network = compile(artifacts);
  assert.ok(network, 'can be compiled');
  const {
    picture: { width, height, channels },
    outputs,
  } = network;
  const count = 35;
  const pictures = noise(count * width * height * channels, 7);
  const numbers = Float32Array.from(noise(count * network.numbers, 9), (value) => value / 255);
  const expected = tf.tidy(() =>
    model.inputs.map(({ shape }) => {
      const own = shape.slice(1) as number[];
      const isNumbers = own.length === 1 && own[0] === network.numbers;
      return tf.tensor(isNumbers ? numbers : Float32Array.from(pictures, (value) => value / 255), [count, ...own]);
    }),
  );
  const output = tf.tidy(() => {
    const raw = model.predict(expected) as Tensor;
    return softmax ? tf.log(raw) : raw;
  });
  const wanted = output.dataSync<'float32'>();
  for (const kernels of [loadKernels(), plainKernels()]) {
    const computed = new Executor(network, kernels).compute(pictures, numbers);
    assert.equal(computed.length, count * outputs);
    for (let first = 0; first < computed.length; first += outputs) {
      const shift = softmax ? computed[first]! - wanted[first]! : 0;
      for (let i = first; i < first + outputs; i++) {
        assert.ok(Math.abs(computed[i]! - shift - wanted[i]!) < 1e-3, `${computed[i]! - shift} for ${wanted[i]}`);
      }
    }
  }
  tf.dispose([output, ...expected]);
}

describe('a compiled network', () => {
  for (const [name, path] of Object.entries({ digits: SHIPPED_MODEL, surroundings: SURROUNDINGS })) {
    it(`computes what TensorFlow.js computes of the shipped model of ${name}`, async () => {
      const { artifacts } = await readModel(path);
      const model = await tf.loadLayersModel({ load: () => Promise.resolve(artifacts) });
      assertSame(model, artifacts);
      model.dispose();
    });
  }

  const kinds: ModelKind[] = [
    { network: 'mlp', inputShape: [28, 28], classes: 10, ending: 'logits' },
    { network: 'mlp', inputShape: [28, 28, 1], classes: 10, ending: 'softmax layer' },
    { network: 'mlp', inputShape: [784], classes: 11, ending: 'softmax' },
  ];
  for (const kind of kinds) {
    it(
      `computes what TensorFlow.js computes of dense layers: ${kind.inputShape.join('×')}, ` + kind.ending,
      async () => {
        const model = makeModel(kind);
        assertSame(model, await artifactsOf(model), kind.ending !== 'logits');
        model.dispose();
      },
    );
  }

  it('computes convolutions of any size, stride and border, channels of any number, and what stands beside them', async () => {
    const input = inputOf({ shape: [28, 28] });
    const numbers = inputOf({ shape: [5] });
    const picture = layers.reshape({ targetShape: [28, 28, 1] }).apply(input) as SymbolicTensor;
    const shared = layers
      .conv2d({ filters: 5, kernelSize: 4, strides: 2, padding: 'same', useBias: false })
      .apply(picture);
    const pooled = layers.maxPooling2d({ poolSize: 2 }).apply(shared);
    const positive = layers.reLU().apply(layers.conv2d({ filters: 13, kernelSize: 3, padding: 'same' }).apply(pooled));
    const wide = layers.conv2d({ filters: 3, kernelSize: 5, activation: 'relu' }).apply(shared);
    const features = layers
      .concatenate()
      .apply(
        [positive, numbers, wide].map((each, i) =>
          i === 1 ? numbers : layers.flatten().apply(each),
        ) as SymbolicTensor[],
      );
    const hidden = layers
      .activation({ activation: 'relu' })
      .apply(layers.dense({ units: 7 }).apply(layers.dropout({ rate: 0.2 }).apply(features)));
    const output = layers.dense({ units: 10, useBias: false }).apply(hidden) as SymbolicTensor;
    const model = modelOf({ inputs: [input, numbers], outputs: output });
    assertSame(model, await artifactsOf(model));
    model.dispose();
  });
});

describe('compile', () => {
  const refused: Record<string, () => LayersModel> = {
    'a layer that the kernels do not know': () =>
      makeModel({ network: 'cnn', inputShape: [28, 28, 1], classes: 10, ending: 'logits' }),
    'another activation': () => makeModel({ network: 'mlp', inputShape: [784], classes: 10, ending: 'sigmoid' }),
    'a layer whose positive part only one of two takes': () => {
      const input = inputOf({ shape: [28, 28, 1] });
      const shared = layers.conv2d({ filters: 8, kernelSize: 3 }).apply(input);
      const positive = layers.reLU().apply(shared);
      const both = [shared, positive].map((each) => layers.flatten().apply(each)) as SymbolicTensor[];
      const output = layers.dense({ units: 10 }).apply(layers.concatenate().apply(both)) as SymbolicTensor;
      return modelOf({ inputs: input, outputs: output });
    },
    'two dense layers beside each other': () => {
      const input = inputOf({ shape: [784] });
      const first = layers.dense({ units: 10 }).apply(input);
      layers.dense({ units: 10 }).apply(first);
      const other = layers.dense({ units: 10 }).apply(first);
      const last = layers.dense({ units: 10 }).apply(first);
      return modelOf({
        inputs: input,
        outputs: layers.add().apply([other, last] as SymbolicTensor[]) as SymbolicTensor,
      });
    },
  };
  for (const [what, make] of Object.entries(refused)) {
    it(`makes nothing of ${what}`, async () => {
      const model = make();
      assert.equal(compile(await artifactsOf(model)), undefined);
      model.dispose();
    });
  }

  it('computes what is no number as that, also where ReLU comes after it', async () => {
    const model = tf.sequential({
      layers: [
        layers.dense({ inputShape: [784], units: 16, activation: 'relu' }),
        layers.dense({ units: 8, activation: 'relu' }),
        layers.dense({ units: 10 }),
      ],
    });
    // Infinity, times 0.
    const huge = model.getWeights().map(({ shape }, i) => tf.fill(shape, i === 0 ? 3e38 : i === 2 ? 0 : 1));
    model.setWeights(huge);
    const network = compile(await artifactsOf(model));
    assert.ok(network, 'its weights are numbers');
    for (const kernels of [loadKernels(), plainKernels()]) {
      const outputs = new Executor(network, kernels).compute(new Uint8Array(784).fill(255));
      assert.ok(!outputs.some(Number.isFinite), [...outputs].join());
    }
    tf.dispose(huge);
    model.dispose();
  });

  it('makes nothing of weights that are no numbers, too few, too many or of other shapes', async () => {
    const { artifacts } = await readModel(SHIPPED_MODEL);
    const { weightSpecs, weightData } = artifacts;
    const damaged = new Float32Array(weightData.slice(0));
    damaged[1000] = NaN;
    const [first, ...others] = weightSpecs;
    assert.ok(first);
    const others32 = weightSpecs.map((spec) => ({ ...spec, dtype: 'int32' as const }));
    const wrong = {
      'no number': { ...artifacts, weightData: damaged.buffer },
      short: { ...artifacts, weightData: weightData.slice(4) },
      'one more': {
        ...artifacts,
        weightSpecs: [...weightSpecs, { name: 'more', shape: [1], dtype: 'float32' as const }],
        weightData: new ArrayBuffer(weightData.byteLength + 4),
      },
      turned: { ...artifacts, weightSpecs: [{ ...first, shape: first.shape.toReversed() }, ...others] },
      integers: { ...artifacts, weightSpecs: others32 },
    };
    for (const [name, each] of Object.entries(wrong)) assert.equal(compile(each), undefined, name);
  });
});
