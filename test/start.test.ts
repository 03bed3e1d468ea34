import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { photograph, plain } from '../support/drawn-pictures';
import { freePort, Program } from '../support/processes';

const ROOT = join(__dirname, '../..');
const STARTER = join(ROOT, 'flows/01 - Start here.json');

interface Answer {
  text: string;
  confidence: number;
  accepted: boolean;
  digits: Record<string, unknown>[];
  error?: string;
}

describe('npm start', () => {
  let folder: string;
  let url: string;
  let program: Program;

  const start = async (): Promise<void> => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/digits`;
    program = new Program([join(ROOT, 'dist/scripts/start.js'), folder], { PORT: String(port) });
    await program.prints(/POST a picture/);
    await program.takes(url);
  };
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    type = 'image/jpeg',
  ): Promise<{ status: number; answer: Answer }> => {
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': type } });
    return { status: response.status, answer: (await response.json()) as Answer };
  };
  const bytes = async (picture: Promise<Buffer>): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await picture);

  const modeOf = async (name: string): Promise<number> => (await stat(join(folder, name))).mode & 0o777;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inkcam-start-'));
    await start();
  });

  after(async () => {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('reads the demo frames and prints the readings', async () => {
    await program.prints(/reading: 7 \(\d+ %\)/);
    await program.prints(/reading: 407 \(\d+ %\)/);
    await program.prints(/rejected: nothing found/);
    assert.doesNotMatch(program.printed, /error/i);
  });

  it('answers POST /digits with what it reads', async () => {
    const { status, answer } = await post(await bytes(photograph('407')));
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(answer), ['text', 'confidence', 'accepted', 'digits']);
    assert.equal(answer.text, '407');
    assert.ok(answer.confidence > 0 && answer.confidence <= 1);
    assert.equal(answer.accepted, answer.confidence >= 0.8);
    for (const digit of answer.digits)
      assert.deepEqual(Object.keys(digit), ['digit', 'confidence', 'probabilities', 'box', 'line']);
    assert.deepEqual(
      answer.digits.map(({ digit }) => digit),
      [4, 0, 7],
    );
  });

  it('answers an empty picture with an empty text that is not accepted', async () => {
    assert.deepEqual(await post(await bytes(plain(255)), 'image/png'), {
      status: 200,
      answer: { text: '', confidence: 0, accepted: false, digits: [] },
    });
  });

  for (const [what, body, type] of [
    ['JSON', '{"a":1}', 'application/json'],
    ['broken JSON', '{"a":', 'application/json'],
    ['a form', 'a=1', 'application/x-www-form-urlencoded'],
    ['text', 'seven', 'text/plain'],
    ['bytes that are no picture', new Uint8Array(100), 'image/jpeg'],
    ['an empty body', '', 'image/png'],
  ] as const) {
    it(`answers ${what} with 400`, async () => {
      const { status, answer } = await post(body, type);
      assert.equal(status, 400);
      assert.match(answer.error ?? '', /^expected a picture/);
    });
  }

  it('answers a truncated picture with 400', async () => {
    const { status, answer } = await post((await bytes(photograph('7'))).subarray(0, 4000));
    assert.equal(status, 400);
    assert.match(answer.error ?? '', /^the picture is damaged or cut off/);
  });

  it('answers too many bytes and too many pixels with 413', async () => {
    const heavy = await post(new Uint8Array(20_000_001));
    assert.deepEqual([heavy.status, heavy.answer.error], [413, 'expected a body of at most 20 MB, got 20000001 bytes']);
    const large = await post(await bytes(plain(255, 10_000, 10_000)), 'image/png');
    assert.equal(large.status, 413);
    assert.match(large.answer.error ?? '', /^expected a picture of at most 70 megapixels/);
  });

  it('ends at SIGTERM, and keeps a flow that was changed', async () => {
    assert.equal(await program.stop(), 0);
    const flows = join(folder, 'flows.json');
    const starter = await readFile(STARTER, 'utf8');
    assert.equal(await readFile(flows, 'utf8'), starter);
    const changed = starter.replace('Start here', 'My flow');
    await writeFile(flows, changed);
    await start();
    assert.equal(await readFile(flows, 'utf8'), changed);
    await program.stop();

    // One that was not changed gives way to a newer starter flow.
    await writeFile(flows, '[]');
    await writeFile(join(folder, 'starter-flow.json'), '[]');
    await start();
    assert.equal(await readFile(flows, 'utf8'), starter);
  });

  it('keeps passwords to the user: encrypted, in files and a folder that nobody else can read', async function () {
    if (process.platform === 'win32') this.skip();
    const password = 'correct horse';
    const flows = JSON.parse(await readFile(STARTER, 'utf8')) as object[];
    const broker = {
      id: 'b1',
      type: 'digits-broker',
      name: '',
      url: 'mqtt://127.0.0.1:1',
      prefix: 'digits',
      credentials: { user: 'ann', password },
    };
    const { status } = await fetch(new URL('/flows', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([...flows, broker]),
    });
    assert.equal(status, 204);
    const files = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
    assert.ok(files.includes('flows_cred.json') && files.includes('.config.runtime.json'), files.join());
    for (const name of files) {
      assert.equal(await modeOf(name), 0o600, name);
      assert.ok(!(await readFile(join(folder, name), 'utf8')).includes(password), name);
    }
    assert.equal(await modeOf('.'), 0o700);

    // What an earlier release has left readable.
    assert.equal(await program.stop(), 0);
    await rm(join(folder, '.config.runtime.json'));
    await writeFile(join(folder, 'flows_cred.json'), JSON.stringify({ b1: { user: 'ann', password } }));
    for (const [name, mode] of [
      ['flows_cred.json', 0o644],
      ['flows.json', 0o664],
      ['.', 0o755],
    ] as const)
      await chmod(join(folder, name), mode);
    await start();
    assert.deepEqual(
      [await modeOf('flows_cred.json'), await modeOf('flows.json'), await modeOf('.')],
      [0o600, 0o600, 0o700],
    );
    const credentials = await fetch(new URL('/credentials/digits-broker/b1', url));
    assert.deepEqual(await credentials.json(), { user: 'ann', has_password: true });
    assert.doesNotMatch(program.printed, /error/i);
  });
});
