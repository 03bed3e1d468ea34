import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Program } from '../support/processes';

const ROOT = join(__dirname, '../..');

describe('flow "02 - Live camera"', () => {
  let folder: string;
  let program: Program;

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
    for (const text of ['7', '407', '3']) await program.prints(new RegExp(`reading: ${text} \\(\\d+ %\\)`));
    const readings = Array.from(program.printed.matchAll(/reading: (.*) \(/g), ([, text]) => text);
    for (let i = 1; i < readings.length; i++) assert.notEqual(readings[i], readings[i - 1]);
    assert.doesNotMatch(program.printed, /error/i);
  });
});
