import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasMosquitto, Mosquitto } from '../../support/fleet/mosquitto';
import { ROOT, startNodeRed, type RealNodeRed } from '../../support/real-node-red';

describe(`flows "Fleet"${hasMosquitto ? '' : ' (mosquitto is not installed)'}`, () => {
  const broker = new Mosquitto();
  const running: RealNodeRed[] = [];

  before(async function () {
    if (!hasMosquitto) this.skip();
    await broker.start();
    for (const name of ['reader', 'camera']) {
      const flow = (await readFile(join(ROOT, 'flows/Fleet', `${name}.json`), 'utf8')).replaceAll(
        'mqtt://127.0.0.1:1883',
        broker.url,
      );
      running.push(await startNodeRed(JSON.parse(flow) as object[]));
    }
  });

  after(async () => {
    await Promise.all(running.map((nodeRed) => nodeRed.stop()));
    await broker.remove();
  });

  it('read in one Node-RED what a camera sends from another', async () => {
    const [reader, camera] = running;
    assert.ok(reader && camera);
    await reader.program.prints(/\[debug:report\][^\n]*connected [1-9]/);
    await camera.program.prints(/\[debug:reading\][^\n]*407 \(\d+ %\) from /);
    await camera.program.prints(/\[debug:report\][^\n]*connected [1-9]/);
    assert.doesNotMatch(reader.program.printed + camera.program.printed, /\[(error|warn)\] \[digits/);
  });
});
