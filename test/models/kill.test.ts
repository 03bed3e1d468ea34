import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readModel, saveModel, type ModelFiles } from '../../lib/models/model-files';
import { temporaryFolder } from '../classify/models';

const LIBRARY = join(__dirname, '../../lib/models/model-files');
const FIXTURES = join(__dirname, '../../../test/models/fixtures');
/** How often the saving process is killed, for each format: more by the environment, for who has the time. */
const KILLS = Number(process.env.KILLS ?? 10);

/** Saves two models in turn to one place, without end, and prints a letter each time. */
const SAVER = `
  const { readModel, saveModel } = require(${JSON.stringify(LIBRARY)});
  (async () => {
    const [path, ...sources] = process.argv.slice(1);
    const models = await Promise.all(sources.map((source) => readModel(source)));
    for (let i = 0; ; i++) {
      const { artifacts } = models[i % 2];
      await saveModel(path, artifacts, { name: sources[i % 2] });
      process.stdout.write('s');
    }
  })();`;

describe('a model file whose writer is killed', function () {
  this.timeout(600_000 + 20_000 * KILLS);
  const sources = ['functional', 'many'].map((name) => join(FIXTURES, `${name}.keras`));
  const models = new Map<unknown, ModelFiles>();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    for (const source of sources) models.set(source, await readModel(source));
  });
  after(() => folder.remove());

  for (const name of ['digits.keras', 'digits']) {
    it(
      `is a whole old or a whole new one after each of ${KILLS} kills: ` +
        (name === 'digits' ? 'a folder' : 'a .keras file'),
      async () => {
        const path = join(folder.path, name);
        for (let i = 0; i < KILLS; i++) {
          const saver = spawn(process.execPath, ['-e', SAVER, path, ...sources], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          const gone = once(saver, 'exit');
          await once(saver.stdout, 'data');
          await sleep(30 * Math.random());
          saver.kill('SIGKILL');
          assert.deepEqual(await gone, [null, 'SIGKILL']);
          const { artifacts, metadata } = await readModel(path);
          const wanted = models.get(metadata.name)?.artifacts;
          assert.ok(wanted, `kill ${i}: ${String(metadata.name)}`);
          assert.deepEqual(artifacts.modelTopology, wanted.modelTopology);
          assert.deepEqual(Buffer.from(artifacts.weightData), Buffer.from(wanted.weightData));
        }
        // What was left lying about goes with the next saving.
        const { artifacts } = [...models.values()][0]!;
        await saveModel(path, artifacts, { name: 'after' });
        const left = await readdir(name === 'digits' ? path : folder.path);
        assert.deepEqual(
          left.filter((file) => file.endsWith('.tmp')),
          [],
        );
      },
    );
  }
});
