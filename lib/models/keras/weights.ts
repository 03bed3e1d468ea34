import type { File, Group } from 'h5wasm' with { 'resolution-mode': 'import' };
import { ModelError } from '../model';
import { MAX_BYTES } from '../read';
import { loadHdf5 } from './hdf5';
import { hasWholeHeaps } from './heaps';

/** One weight of a layer. */
export interface Weight {
  shape: number[];
  values: Float32Array;
}

/** A layer, or a network inside a network, as its weights are filed. */
export interface WeightGroup {
  /** Of the layer: Keras writes it beside the weights. */
  name: string;
  /** Of the group: the class in snake case, and a counter from the second on. */
  group: string;
  weights: Weight[];
  /** For a network. */
  layers?: WeightGroup[];
}

/**
 * Opens what is in memory as HDF5. The library's files lie in its own memory: an HDF5 file that refers to others finds
 * none.
 */
async function inMemory<T>(
  data: Uint8Array | undefined,
  use: (file: File) => T,
): Promise<{ result: T; data: Uint8Array }> {
  const h5 = await loadHdf5();
  const module = await h5.ready;
  const { FS } = module as unknown as {
    FS: {
      writeFile(path: string, data: Uint8Array): void;
      readFile(path: string): Uint8Array;
      unlink(path: string): void;
    };
  };
  // Errors are thrown, and not printed.
  module.activate_throwing_error_handler();
  const path = '/weights.h5';
  if (data) FS.writeFile(path, data);
  try {
    const file = new h5.File(path, data ? 'r' : 'w');
    let result: T;
    try {
      result = use(file);
    } finally {
      file.close();
    }
    return { result, data: data ?? FS.readFile(path) };
  } finally {
    FS.unlink(path);
  }
}

/** Finds the weights of a network's layers. */
export interface WeightReader {
  /**
   * @param layers of one container, in their order
   * @param container the groups that lead to it, for a network inside a network
   * @returns the paths of their groups, of those that have one
   */
  groups<L extends { name: string; group: string }>(layers: readonly L[], container?: string): Map<L, string>;
  /** The weights in a group. */
  weights(group: string): Weight[];
}

/**
 * Reads model.weights.h5. What `use` throws, a `ModelError` among it, comes through.
 * @throws (rejects) ModelError where the file is damaged
 */
export async function readWeights<T>(file: string, data: Uint8Array, use: (reader: WeightReader) => T): Promise<T> {
  try {
    if (!hasWholeHeaps(data)) throw new Error('its texts are damaged');
    return (await inMemory(data, (h5) => use(new Hdf5Reader(file, h5)))).result;
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    throw new ModelError(
      `${file}: expected weights as Keras 3 saves them, got model.weights.h5 that cannot be read: ${reason}`,
      { cause: error },
    );
  }
}

class Hdf5Reader implements WeightReader {
  /** Bytes that may still be read: a dataset may declare any size without taking room in the file. */
  #budget = MAX_BYTES;

  constructor(
    private readonly file: string,
    private readonly h5: File,
  ) {}

  groups<L extends { name: string; group: string }>(layers: readonly L[], container = ''): Map<L, string> {
    // Keras 2.13 to 2.15 had another name for it.
    const folder = ['layers', '_layer_checkpoint_dependencies']
      .map((name) => `${container}/${name}`)
      .find((path) => this.#groupAt(path));
    const names = folder ? (this.#groupAt(folder)?.keys() ?? []) : [];
    const byName = new Map<unknown, string>();
    for (const name of names) {
      const vars = this.#groupAt(`${folder}/${name}/vars`);
      if (vars && 'name' in vars.attrs) byName.set(vars.attrs.name.value, name);
    }
    return new Map(
      layers.flatMap((layer): [L, string][] => {
        const own = byName.size > 0 ? byName.get(layer.name) : names.find((found) => found === layer.group);
        return own ? [[layer, `${folder}/${own}`]] : [];
      }),
    );
  }

  weights(group: string): Weight[] {
    const vars = this.#groupAt(`${group}/vars`);
    return (vars?.keys() ?? [])
      .sort((a, b) => Number(a) - Number(b))
      .map((key) => this.#weight(`${group}/vars/${key}`, vars?.get(key)));
  }

  #groupAt(path: string): Group | undefined {
    let group: Group = this.h5;
    for (const part of path.split('/').filter(Boolean)) {
      if (!group.keys().includes(part)) return undefined;
      group = group.get(part) as Group;
      if ((group.type as string) !== 'Group') return undefined;
    }
    return group;
  }

  #weight(path: string, dataset: ReturnType<Group['get']> | undefined): Weight {
    if (!dataset || !('metadata' in dataset) || !('shape' in dataset))
      throw new ModelError(`${this.file}: expected ${path} to hold numbers`);
    const {
      metadata: { type, size },
      shape,
    } = dataset;
    // 1 is H5T_FLOAT.
    if (type !== 1 || ![4, 8].includes(size) || !shape)
      throw new ModelError(
        `${this.file}: expected ${path} to hold 32-bit or 64-bit floats, got ${JSON.stringify(dataset.dtype)}`,
      );
    this.#budget -= shape.reduce((product, side) => product * side, size);
    if (!(this.#budget >= 0))
      throw new ModelError(
        `${this.file}: expected at most ${MAX_BYTES / 1024 / 1024} MB of weights, got ${path} of ${shape.join('×')}`,
      );
    const values = dataset.value;
    if (!(values instanceof Float32Array || values instanceof Float64Array))
      throw new ModelError(`${this.file}: expected ${path} to hold numbers`);
    return { shape, values: Float32Array.from(values) };
  }
}

/** Writes model.weights.h5 as Keras reads it. */
export async function writeWeights({ name, layers = [] }: WeightGroup): Promise<Uint8Array> {
  const { data } = await inMemory(undefined, (file) => {
    const write = (into: Group, { name: layer, weights, layers: inner }: Omit<WeightGroup, 'group'>): void => {
      const vars = into.create_group('vars');
      vars.create_attribute('name', layer);
      weights.forEach(({ shape, values }, i) => {
        vars.create_dataset({ name: String(i), data: values, shape, dtype: '<f' });
      });
      if (!inner) return;
      const all = into.create_group('layers');
      for (const one of inner) write(all.create_group(one.group), one);
    };
    write(file, { name, weights: [], layers });
  });
  return data;
}
