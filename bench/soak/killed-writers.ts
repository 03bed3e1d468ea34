import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readModel, saveModel } from '../../lib/models/model-files';
import { decodePicture } from '../../lib/pictures/decode';
import { acquireSamples } from '../../lib/samples/sample-store';
import { drawDigit } from '../../lib/train/synthesis/drawn-digits';
import { Random } from '../../lib/random';
import { plainModel } from '../../support/plain-model';
import type { Random as Dice } from '../../support/drawing/random';

/** What is older than so long belongs to nobody who still writes, milliseconds. */
const OLD = 86_400_000;

export interface Killed {
  /** How often what was being written was not whole. */
  broken: number;
  /** Temporary files that stay when somebody writes again, a day later. */
  left: number;
  /** How many there were after the kills. */
  after: number;
}

/** Has a model written again and again, in a folder or as a .keras file, and the writer killed so many times. */
export async function killedModels(name: string, times: number, dice: Dice): Promise<Killed> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-models-'));
  const path = join(folder, name);
  let broken = 0;
  try {
    for (let i = 0; i < times; i++) {
      await killWriter('models', path, dice);
      const { artifacts, metadata } = await readModel(path).catch(() => ({
        artifacts: { weightData: new ArrayBuffer(0) },
        metadata: { name: undefined },
      }));
      const weights = new Float32Array(artifacts.weightData);
      if (weights.length === 0 || !weights.every((weight) => weight === Number(metadata.name))) broken++;
    }
    const after = temporary(folder).length;
    age(folder);
    await saveModel(path, plainModel(3), { name: '3' });
    return { broken, left: temporary(folder).length, after };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Has samples written one after another, and the writer killed so many times. */
export async function killedSamples(times: number, dice: Dice): Promise<Killed> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-samples-'));
  const samples = join(folder, 'samples');
  try {
    for (let i = 0; i < times; i++) await killWriter('samples', folder, dice);
    const after = temporary(folder).length;
    age(folder);
    const { value: store, release } = acquireSamples(samples, join(folder, 'crops'));
    const { image } = drawDigit(new Random(0, 0));
    await store.save({ image, label: '7', given: true }, { perLabel: 1e6, inAll: 1e6 });
    await store.recount();
    await release();
    let broken = 0;
    for (const file of filesIn(folder)) {
      if (!file.endsWith('.png')) continue;
      const { width, height } = await decodePicture(readFileSync(file)).catch(() => ({ width: 0, height: 0 }));
      if (width !== 28 || height !== 28) broken++;
    }
    return { broken, left: temporary(folder).length, after };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function killWriter(kind: string, path: string, dice: Dice): Promise<void> {
  const writer = spawn(process.execPath, [join(__dirname, 'writer.js'), kind, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(writer, 'exit');
  await Promise.race([once(writer.stdout, 'data'), ended]);
  await sleep(dice.between(0, 60));
  writer.kill('SIGKILL');
  await ended;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function temporary(folder: string): string[] {
  return filesIn(folder).filter((path) => path.endsWith('.tmp'));
}

/** As if a day had gone by. */
function age(folder: string): void {
  const then = new Date(Date.now() - OLD);
  for (const path of temporary(folder)) utimesSync(path, then, then);
}
