import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT, startNodeRed, type RealNodeRed } from '../../support/real-node-red';

export interface FlowNode extends Record<string, unknown> {
  id: string;
  type: string;
  z?: string;
  name?: string;
  wires?: string[][];
}

export interface ExampleOptions {
  /** Environment variables of the flow, in place of its own. */
  env?: Record<string, string>;
  /** Changes the nodes before they are deployed. */
  change?: (nodes: FlowNode[]) => void;
  /** For Node-RED's settings file. */
  settings?: Record<string, unknown>;
  /** Folders of other collections that are installed, by name. */
  collections?: Record<string, string>;
  /** For the process. */
  processEnv?: NodeJS.ProcessEnv;
}

export async function readExample(name: string): Promise<FlowNode[]> {
  return JSON.parse(await readFile(join(ROOT, 'flows', `${name}.json`), 'utf8')) as FlowNode[];
}

/**
 * The folder of another collection: among the development dependencies, or in the folder that COLLECTIONS names, such
 * as /somewhere/node_modules; undefined where it is in neither.
 */
export function findCollection(name: string): string | undefined {
  const own = process.env.COLLECTIONS;
  if (own && existsSync(join(own, name, 'package.json'))) return join(own, name);
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** An example in a real Node-RED, whose camera shows what it is given, one picture for each `capture`. */
export class Example {
  static async start(name: string, { env = {}, change, ...options }: ExampleOptions = {}): Promise<Example> {
    const nodes = await readExample(name);
    for (const variable of nodes.flatMap((node) =>
      node.type === 'tab' ? ((node.env ?? []) as { name: string; value: string }[]) : [],
    )) {
      variable.value = env[variable.name] ?? variable.value;
    }
    for (const node of nodes) {
      // Relative to the user folder, where Node-RED runs.
      if (node.type === 'digits-camera-device') node.folder = 'shown';
      if (node.type === 'inject' && node.repeat) Object.assign(node, { repeat: '', once: false });
    }
    for (const { id, z } of nodes.filter(({ type }) => type === 'digits-camera')) {
      nodes.push(
        { id: `${id} taken`, z: z ?? '', type: 'complete', scope: [id], wires: [[`${id} tell`]] },
        { id: `${id} failed`, z: z ?? '', type: 'catch', scope: [id], wires: [[`${id} tell`]] },
        {
          id: `${id} tell`,
          z: z ?? '',
          type: 'debug',
          name: 'taken',
          active: true,
          console: true,
          complete: '_msgid',
          targetType: 'msg',
          wires: [],
        },
      );
    }
    change?.(nodes);
    return new Example(nodes, await startNodeRed(nodes, options.settings, options));
  }

  private constructor(
    readonly nodes: FlowNode[],
    readonly nodeRed: RealNodeRed,
  ) {}

  get url(): string {
    return this.nodeRed.url;
  }

  /** Presses an inject node's button. */
  async press(name: string): Promise<void> {
    const { id } = this.nodes.find((node) => node.type === 'inject' && node.name === name) ?? {};
    const { status } = await fetch(`${this.url}/inject/${id}`, { method: 'POST' });
    if (status !== 200) throw new Error(`the button "${name}" answers ${status}`);
  }

  /** Shows the camera a picture, has it take one, and waits until it has; none where there is nothing to show. */
  async capture(picture?: Buffer): Promise<void> {
    const folder = join(this.nodeRed.userDir, 'shown');
    await mkdir(folder, { recursive: true });
    await rm(join(folder, 'picture.jpg'), { force: true });
    if (picture) await writeFile(join(folder, 'picture.jpg'), picture);
    const camera = this.nodes.find(({ type }) => type === 'digits-camera');
    const button = this.nodes.find(({ type, wires }) => type === 'inject' && wires?.[0]?.includes(camera?.id ?? ''));
    await this.prints(/\[debug:taken\]/, () => this.press(button?.name ?? ''));
  }

  /** Does something, and waits until what is printed from then on has this in it. */
  async prints(pattern: RegExp, act: () => Promise<unknown> = () => Promise.resolve()): Promise<RegExpExecArray> {
    const { program } = this.nodeRed;
    const from = program.printed.length;
    await act();
    return until(
      () => pattern.exec(program.printed.slice(from)),
      () => `${pattern} in ${program.printed.slice(from)}`,
    );
  }

  /** Shows a picture and waits until it has been read: what a debug node prints. */
  async reads(picture: Buffer, text: string): Promise<void> {
    await this.prints(new RegExp(`\\[debug:reading\\] ${text} \\(`), () => this.capture(picture));
  }

  stop(): Promise<void> {
    return this.nodeRed.stop();
  }
}

/** After so long, milliseconds, something will never be so, on the slowest machine. */
const NEVER = 300_000;

/** Waits until something is so. */
export async function until<T>(look: () => T | Promise<T>, what: () => string): Promise<NonNullable<T>> {
  const end = Date.now() + NEVER;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what()}`);
    await wait(50);
  }
}
