import type { Node, NodeAPI, NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';

export type Message = NodeMessage & Record<string, unknown>;

/** What a message led to: a message at an output, counted from 1, or an error that a catch node got. */
export interface Outcome {
  output?: number;
  error?: string;
  code?: string;
  msg: Message;
}

type NodeModule = (RED: NodeAPI) => void;
type Settings = Record<string, unknown>;

helper.init(require.resolve('node-red'));

/** One node in a real runtime, with something listening at each of its outputs and for its errors. */
export class NodeUnderTest {
  readonly #outcomes: Outcome[] = [];
  #arrived: () => void = () => undefined;

  /** Hooks for a `describe`: the runtime starts before its tests and stops after them, with the last flow. */
  static inRuntime(): void {
    before((done) => {
      helper.startServer(done);
    });
    after(async () => {
      await helper.unload();
    });
    after((done) => {
      helper.stopServer(done);
    });
  }

  /**
   * Loads a flow in place of the one before.
   * @param others modules and settings of configuration nodes that the node refers to
   */
  static async load(
    type: string,
    module: NodeModule,
    settings: Settings = {},
    others: { modules?: NodeModule[]; nodes?: Settings[] } = {},
  ): Promise<NodeUnderTest> {
    const z = 'tab';
    const outputs = [1, 2];
    await helper.unload();
    await helper.load([module, ...(others.modules ?? [])], [
      { id: z, type: 'tab' },
      ...(others.nodes ?? []),
      { id: 'node', z, type, wires: outputs.map((n) => [`output ${n}`]), ...settings },
      ...outputs.map((n) => ({ id: `output ${n}`, z, type: 'helper', wires: [] })),
      { id: 'catcher', z, type: 'catch', scope: null, wires: [['errors']] },
      { id: 'errors', z, type: 'helper', wires: [] },
    ] as Parameters<typeof helper.load>[1]);
    return new NodeUnderTest(outputs);
  }

  private constructor(outputs: number[]) {
    for (const output of outputs)
      helper.getNode(`output ${output}`).on('input', (msg) => {
        this.#add({ output, msg: msg });
      });
    helper.getNode('errors').on('input', (msg) => {
      const { error, ...rest } = msg as Message & { error: { message: string; code?: string } };
      this.#add({ error: error.message, ...(error.code && { code: error.code }), msg: rest });
    });
  }

  get node(): Node {
    return helper.getNode('node');
  }

  /** Gives the node a message and waits for what comes of it. */
  async send(msg: Settings): Promise<Outcome> {
    this.node.receive(msg);
    return this.next();
  }

  /** Gives the node a message that must come out at output 1. */
  async answer(msg: Settings): Promise<Message> {
    const { output, error, msg: answer } = await this.send(msg);
    if (output !== 1) throw new Error(error ?? `came out at output ${output}`);
    return answer;
  }

  async next(): Promise<Outcome> {
    while (this.#outcomes.length === 0)
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    return this.#outcomes.shift() as Outcome;
  }

  #add(outcome: Outcome): void {
    this.#outcomes.push(outcome);
    this.#arrived();
  }
}
