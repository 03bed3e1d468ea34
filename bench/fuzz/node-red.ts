// A real Node-RED in this process, which gives messages to nodes and sees what becomes of each.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { NodeMessage } from 'node-red';

const ROOT = join(__dirname, '../../..');

export type Message = Record<string, unknown>;

/** What became of a message. */
export interface Fate {
  /** Whether the node has said that it is done with it; with an error where there was one. */
  done: boolean;
  error?: unknown;
  /** What it sent, with the output that it went to, counted from 0. */
  sent: { output: number; msg: Message }[];
}

interface Hooks {
  add(name: string, hook: (event: never) => void): void;
}
interface Completed {
  msg: object;
  error?: unknown;
  node: { id: string };
}
interface SendEvent {
  msg: NodeMessage;
  source: { id: string; port: number };
}
interface Runtime {
  init(server: Server, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  nodes: { getNode(id: string): { receive(msg: object): void } | null };
  httpAdmin: unknown;
}

export class EmbeddedNodeRed {
  private readonly waiting = new Map<object, { id: string; sent: Fate['sent']; finish: (error: unknown) => void }>();
  /** Called with all that nodes send, whoever asked for it. */
  private readonly listeners = new Set<(id: string, msg: Message) => void>();

  /** @param userDir is made; the collection of this checkout is installed there */
  static async start(userDir: string, flow: object[], nodeFiles: string[] = []): Promise<EmbeddedNodeRed> {
    await mkdir(join(userDir, 'node_modules/@inkcam'), { recursive: true });
    await mkdir(join(userDir, 'nodes'), { recursive: true });
    await symlink(ROOT, join(userDir, 'node_modules/@inkcam/node-red-digits'), 'junction');
    for (const [i, file] of nodeFiles.entries())
      await writeFile(join(userDir, 'nodes', `planted-${i}.js`), `module.exports = require(${JSON.stringify(file)});`);
    for (const i of nodeFiles.keys())
      await writeFile(join(userDir, 'nodes', `planted-${i}.html`), '<script type="text/html"></script>');
    await writeFile(join(userDir, 'flows.json'), JSON.stringify(flow));
    const red = require('node-red') as Runtime;
    const { hooks, events } = require('@node-red/util') as { hooks: Hooks; events: NodeJS.EventEmitter };
    const nodeRed = new EmbeddedNodeRed(red);
    hooks.add('onSend.fuzz', (sent: SendEvent[]) => {
      nodeRed.see(sent);
    });
    hooks.add('onComplete.fuzz', ({ msg, error }: Completed) => {
      nodeRed.waiting.get(msg)?.finish(error);
    });
    red.init(createServer(), {
      userDir,
      flowFile: 'flows.json',
      disableEditor: true,
      credentialSecret: false,
      telemetry: { enabled: false },
      logging: { console: { level: 'off' } },
    });
    const started = new Promise((resolve) => {
      events.once('flows:started', resolve);
    });
    await red.start();
    await started;
    return nodeRed;
  }

  private constructor(private readonly red: Runtime) {}

  /** Gives a node a message and waits until it is done with it, at most so long. */
  async send(id: string, msg: object, milliseconds: number): Promise<Fate> {
    const outcome: Fate = { done: false, sent: [] };
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
        this.waiting.set(msg, {
          id,
          sent: outcome.sent,
          finish: (error) => {
            outcome.done = true;
            if (error !== undefined) outcome.error = error;
            resolve();
          },
        });
        const node = this.red.nodes.getNode(id);
        if (!node) throw new Error(`there is no node ${id}`);
        node.receive(msg);
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(msg);
    }
    return outcome;
  }

  has(id: string): boolean {
    return this.red.nodes.getNode(id) !== null;
  }

  /** Waits until a node sends what is wanted, whenever it was asked for it. */
  async sends(id: string, wanted: (msg: Message) => boolean, milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (found: boolean): void => {
        clearTimeout(timer);
        this.listeners.delete(listener);
        resolve(found);
      };
      const listener = (from: string, msg: Message): void => {
        if (from === id && wanted(msg)) finish(true);
      };
      const timer = setTimeout(() => {
        finish(false);
      }, milliseconds);
      this.listeners.add(listener);
    });
  }

  async stop(): Promise<void> {
    await this.red.stop();
  }

  private see(sent: SendEvent[]): void {
    for (const {
      msg,
      source: { id, port },
    } of sent) {
      const message = msg as Message;
      for (const each of this.waiting.values()) if (each.id === id) each.sent.push({ output: port, msg: message });
      for (const listener of [...this.listeners]) listener(id, message);
    }
  }
}
