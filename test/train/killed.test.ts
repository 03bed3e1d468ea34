import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readModel, saveModel } from '../../lib/models/model-files';
import { proveNative } from '../../lib/train/engine/engines';
import { drawnSet } from './drawn-set';
import { writeAsMnist } from './data-folders';
import { plainModel } from '../../support/plain-model';

const LIB = join(__dirname, '..', '..', 'lib');

/** How often each kind of model is killed while it is saved; more with DIGITS_KILLS. */
const KILLS = Number(process.env.DIGITS_KILLS ?? 10);

/** Saves two models in turns, for ever. */
const SAVER = `
const { saveModel } = require(${JSON.stringify(join(LIB, 'models', 'model-files'))});
const { plainModel } = require(${JSON.stringify(join(LIB, '..', 'support', 'plain-model'))});
(async () => {
  for (let i = 0; ; i++) {
    await saveModel(process.argv[1], plainModel(i % 2 + 1), { name: String(i % 2 + 1) });
    if (i === 1) console.log('saving');
  }
})();`;

describe('a process that is killed while it saves', function () {
  this.timeout(600_000 + 20_000 * KILLS);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'killed '));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const name of ['folder', 'file.keras']) {
    it(`leaves a whole model: ${name}, ${KILLS} times`, async () => {
      const path = join(folder, name);
      const found = new Set<string>();
      for (let i = 0; i < KILLS; i++) {
        const saver = spawn(process.execPath, ['-e', SAVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
        const ended = once(saver, 'exit');
        await once(saver.stdout, 'data');
        await wait(Math.random() * 60);
        saver.kill('SIGKILL');
        await ended;
        const { artifacts, metadata } = await readModel(path);
        const weights = new Float32Array(artifacts.weightData);
        assert.ok(
          weights.every((weight) => weight === Number(metadata.name)),
          `kill ${i + 1}: weights of one model, name of the other`,
        );
        found.add(createHash('sha256').update(weights).digest('hex'));
      }
      assert.ok(found.size <= 2);
      // What the killed ones left lying is cleared up by the next that is saved.
      await saveModel(path, plainModel(3), { name: '3' });
      assert.deepEqual(
        (await readdir(name === 'folder' ? path : folder)).filter((file) => file.endsWith('.tmp')),
        [],
      );
    });
  }
});

describe('a program that is killed while it trains', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orphan '));
    await writeAsMnist(join(folder, 'mnist'), drawnSet(200, 1), drawnSet(50, 2));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('native: leaves no process behind, and no model', async function () {
    await proveNative().catch(() => {
      this.skip();
    });
    if (!existsSync('/proc/self/stat')) this.skip();
    const out = join(folder, 'model');
    const program = join(folder, 'program.js');
    await writeFile(
      program,
      `
      const { startTraining } = require(${JSON.stringify(join(LIB, 'train', 'start-training'))});
      startTraining(${JSON.stringify({ mnist: join(folder, 'mnist'), out, engine: 'native', epochs: 1000 })}, {
        onStage: (stage) => { if (stage === 'training') process.send('training'); },
      });`,
    );
    const child = fork(program);
    const ended = once(child, 'exit');
    await once(child, 'message');
    const [helper] = childrenOf(child.pid as number);
    assert.ok(helper! > 0);
    child.kill('SIGKILL');
    await ended;
    while (existsSync(`/proc/${helper}`)) await wait(50);
    assert.ok(!existsSync(out));
  });
});

/** Linux only. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]) === parent;
      } catch {
        return false;
      }
    });
}
