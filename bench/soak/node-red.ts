import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toGrey } from '../../lib/pictures/grey';
import { FakeProgram } from '../../support/fake-camera';
import { freePort } from '../../support/processes';
import { drawPage } from '../../support/drawing/page';
import type { Harm, HarmOrder } from './meddle';
import type { ProbeReport } from './probe';

const ROOT = join(__dirname, '../../..');

/** Node-RED waits 15 s for nodes that do not close; what takes longer is killed, milliseconds. */
const CLOSING = 20_000;

/** A camera node in a flow with the nodes behind it. */
export interface SoakFlow {
  camera: Record<string, unknown>;
  /** Types of the nodes behind it, one after another. */
  nodes: string[];
  /** How long classify takes for a frame, milliseconds. */
  slow?: number;
}

/** A real Node-RED with the collection, the fake camera program and the probe in it. */
export class SoakedNodeRed {
  readonly fake = new FakeProgram();
  private readonly user = mkdtempSync(join(tmpdir(), 'soak-'));
  private child: ChildProcess | undefined;
  private printed = '';
  private port = 0;

  async start(flow: SoakFlow): Promise<void> {
    this.port = await freePort();
    this.drawPicture(flow.camera);
    this.writeUser(flow);
    this.child = spawn(process.execPath, ['--expose-gc', require.resolve('node-red/red.js'), '--userDir', this.user], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      cwd: ROOT,
      // Its threads have it, too.
      env: { ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'meddle.js'))}` },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data: Buffer) => {
        this.printed = (this.printed + data.toString()).slice(-20_000);
      });
    while (!this.printed.includes('Started flows')) {
      if (this.child.exitCode !== null) throw new Error(this.printed);
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  }

  /** What the camera sees. */
  private drawPicture(camera: SoakFlow['camera']): void {
    const { width, height } = { width: 640, height: 480, ...camera };
    const page = drawPage({
      width,
      height,
      writing: [{ text: '7', x: width * 0.4, y: height * 0.3, height: height * 0.4 }],
      shadow: true,
      seed: 1,
    });
    writeFileSync(join(this.fake.folder, 'picture.luma'), toGrey(page).data);
  }

  /** The user folder: the collection, the node type that is slow, the probe and the flow. */
  private writeUser(flow: SoakFlow): void {
    mkdirSync(join(this.user, 'node_modules/@inkcam'), { recursive: true });
    symlinkSync(ROOT, join(this.user, 'node_modules/@inkcam/node-red-digits'), 'junction');
    mkdirSync(join(this.user, 'nodes'));
    writeFileSync(
      join(this.user, 'nodes/slow-model.js'),
      `module.exports = require(${JSON.stringify(join(__dirname, 'slow-model.js'))});`,
    );
    writeFileSync(
      join(this.user, 'nodes/slow-model.html'),
      '<script type="text/javascript">RED.nodes.registerType("slow-model", { category: "config", defaults: {} ' +
        '});</script>',
    );
    writeFileSync(
      join(this.user, 'settings.js'),
      `require(${JSON.stringify(join(__dirname, 'probe.js'))}).installProbe();
      module.exports = {
        uiHost: '127.0.0.1', uiPort: ${this.port}, flowFile: 'flows.json', telemetry: { enabled: false },
      };`,
    );
    writeFileSync(join(this.user, 'flows.json'), JSON.stringify(flowOf(flow, this.fake.file)));
  }

  /**
   * What has happened since the last call; after a garbage collection, should memory count, which holds everything up.
   */
  async report(question: 'report' | 'collect' = 'report'): Promise<ProbeReport> {
    if (!this.child?.connected) throw new Error(`Node-RED has ended: ${this.printed}`);
    this.child.send(question);
    return (await once(this.child, 'message'))[0] as ProbeReport;
  }

  /** Harms the worker that runs a script, e.g. `ink-worker`. */
  async harm(script: string, harm: Harm): Promise<void> {
    if (!this.child?.connected) throw new Error(`Node-RED has ended: ${this.printed}`);
    this.child.send({ harm, script } satisfies HarmOrder);
    const [harmed] = (await once(this.child, 'message')) as [number];
    if (harmed === 0) throw new Error(`there is no worker that runs ${script}`);
  }

  /** Deploys the same flows again, all of them; answers when they have been started. */
  async deploy(): Promise<void> {
    const url = `http://127.0.0.1:${this.port}/flows`;
    const body = await (await fetch(url)).text();
    const { status } = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': 'full' },
    });
    if (status !== 204) throw new Error(`the flows were not deployed: ${status}`);
  }

  /** Its processes that have ended and were not waited for. */
  get zombies(): number {
    return readdirSync('/proc').filter((name) => {
      try {
        const [, state, parent] = /\) (\w) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
        return state === 'Z' && Number(parent) === this.child?.pid;
      } catch {
        return false;
      }
    }).length;
  }

  async stop(): Promise<void> {
    if (this.child?.exitCode === null) {
      this.child.kill('SIGTERM');
      const kill = setTimeout(() => this.child?.kill('SIGKILL'), CLOSING);
      await once(this.child, 'exit');
      clearTimeout(kill);
    }
    rmSync(this.user, { recursive: true, force: true });
  }
}

function flowOf({ camera, nodes, slow }: SoakFlow, program: string): object[] {
  return [
    { id: 'tab', type: 'tab', label: 'soak' },
    { id: 'device', type: 'digits-camera-device', source: 'camera', program },
    { id: 'model', type: 'slow-model', milliseconds: slow ?? 0 },
    {
      id: 'camera',
      z: 'tab',
      type: 'digits-camera',
      device: 'device',
      live: true,
      wires: [['node 0'], ['reports']],
      ...camera,
    },
    { id: 'reports', z: 'tab', type: 'debug', active: false, wires: [] },
    ...nodes.map((type, i) => ({
      id: `node ${i}`,
      z: 'tab',
      type,
      model: slow === undefined ? '' : 'model',
      wires: [i + 1 < nodes.length ? [`node ${i + 1}`] : []],
    })),
  ];
}
