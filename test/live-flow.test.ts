import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Program } from './processes';

const ROOT = join(__dirname, '../..');

describe('flow "02 - Live camera"', function () {
  this.timeout(60_000);
  let folder: string, program: Program;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inkcam-live-'));
    await cp(join(ROOT, 'flows/02 - Live camera.json'), join(folder, 'flows.json'));
    const port = await freePort();
    program = new Program([join(ROOT, 'dist/scripts/start.js'), folder], { PORT: String(port) });
  });

  after(async () => {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('reads the demo frames without a camera, each once', async () => {
    await program.prints(/stream: live/);
    await program.prints(/reading: 407 \(\d+ %\)/);
    assert.equal(program.printed.match(/reading: 7 \(/g)?.length, 1);
    assert.doesNotMatch(program.printed, /error/i);
  });
});
