import * as v from 'valibot';

/** A layer of a Keras or TensorFlow.js model, with the names of the layers whose output it takes. */
export interface GraphNode {
  type: string;
  name: string;
  config: Record<string, unknown>;
  from: string[];
}

/** A network's layers, each after those that it takes something from. */
export interface Graph {
  nodes: GraphNode[];
  output: string;
}

const LAYER = v.object({ class_name: v.string(), config: v.looseObject({ name: v.string() }) });
const CALLS = v.pipe(
  v.array(v.array(v.tuple([v.string(), v.literal(0), v.literal(0), v.strictObject({})]))),
  v.maxLength(1),
);
const SEQUENTIAL = v.object({ class_name: v.literal('Sequential'), config: v.object({ layers: v.array(LAYER) }) });
const FUNCTIONAL = v.object({
  class_name: v.picklist(['Functional', 'Model']),
  config: v.object({
    layers: v.array(v.object({ ...LAYER.entries, inbound_nodes: CALLS })),
    output_layers: v.tuple([v.tuple([v.string(), v.literal(0), v.literal(0)])]),
  }),
});

/**
 * The layers of a model that is a plain graph: no layer is used twice, and there is one output.
 * @param topology `modelTopology` of a model in the TensorFlow.js layers format
 * @returns undefined for every other model
 */
export function graphOf(topology: unknown): Graph | undefined {
  const { model_config: inner } = (topology ?? {}) as { model_config?: unknown };
  const network = inner ?? topology;
  if (v.is(SEQUENTIAL, network)) {
    const { layers } = network.config;
    const names = layers.map(({ config }) => config.name);
    const nodes = layers.map(({ class_name: type, config }, i): GraphNode => ({
      type,
      name: config.name,
      config,
      from: names.slice(Math.max(0, i - 1), i),
    }));
    const output = names.at(-1);
    return output === undefined ? undefined : { nodes, output };
  }
  if (!v.is(FUNCTIONAL, network)) return undefined;
  const {
    layers,
    output_layers: [[output]],
  } = network.config;
  const nodes = layers.map(({ class_name: type, config, inbound_nodes: calls }): GraphNode => ({
    type,
    name: config.name,
    config,
    from: calls.flat().map(([name]) => name),
  }));
  return { nodes, output };
}
