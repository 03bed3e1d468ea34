import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { median } from '../lib/lists';

const ROOT = join(__dirname, '..', '..');

export interface StartFigures {
  /** From the start of the process to "Started flows", without the collection, milliseconds. */
  nodeRed: number;
  /**
   * How much longer it takes with the collection installed and not used: median of pairs taken in turn, milliseconds.
   */
  nodeRedMore: number;
  /** How much more memory it holds then, MB; NaN where the system does not tell. */
  nodeRedMemoryMore: number;
}

/** Starts a real Node-RED with an empty flow, without and with the collection, in turn. */
export async function measureStart(pairs = 7): Promise<StartFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'inkcam-bench-'));
  try {
    const without = await userFolder(folder, 'without');
    const withIt = await userFolder(folder, 'with');
    const link = join(withIt, 'node_modules', '@inkcam', 'node-red-digits');
    await mkdir(dirname(link), { recursive: true });
    await symlink(ROOT, link, 'junction');
    await startOnce(without);
    await startOnce(withIt);
    const bare: Started[] = [];
    const more: Started[] = [];
    for (let i = 0; i < pairs; i++) {
      bare.push(await startOnce(without));
      more.push(await startOnce(withIt));
    }
    return {
      nodeRed: median(bare.map(({ time }) => time)),
      nodeRedMore: median(more.map(({ time }, i) => time - bare[i]!.time)),
      nodeRedMemoryMore: median(more.map(({ memory }, i) => memory - bare[i]!.memory)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Started {
  time: number;
  memory: number;
}

async function startOnce(userDir: string): Promise<Started> {
  const began = performance.now();
  const red = spawn(process.execPath, [require.resolve('node-red/red.js'), '-u', userDir], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(red, 'exit');
  try {
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      red.stdout.on('data', (data: Buffer) => {
        printed += data.toString();
        if (printed.includes('Started flows')) resolve();
      });
      red.on('exit', () => {
        reject(new Error(`Node-RED ended before it had started its flows: ${printed}`));
      });
    });
    const time = performance.now() - began;
    return { time, memory: await residentMegabytes(red.pid) };
  } finally {
    red.kill('SIGKILL');
    await ended;
  }
}

/** Linux only; elsewhere NaN. */
async function residentMegabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? NaN) / 1000;
}

async function userFolder(folder: string, name: string): Promise<string> {
  const userDir = join(folder, name);
  await mkdir(userDir);
  await writeFile(
    join(userDir, 'settings.js'),
    'module.exports = { uiHost: "127.0.0.1", uiPort: 0, flowFile: "flows.json", telemetry: { enabled: false } };',
  );
  await writeFile(join(userDir, 'flows.json'), '[]');
  return userDir;
}
