import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { photograph } from '../../support/drawn-pictures';
import { freePort, Program } from '../../support/processes';
import { ROOT, startNodeRed, type RealNodeRed } from '../../support/real-node-red';
import { memoryOf, settlesBelow, TELLS_MEMORY } from './memory';
import { chunked, post, zeros } from './post';

const MB = 1e6;
const IMAGE = 'content-type: image/jpeg';
const CHUNKED = 'transfer-encoding: chunked';
const NAME = '01 - Start here';

/** What both ways to the starter flow have in common. */
function answersAsAgreed(address: () => string): void {
  it('reads a picture, also one that comes in pieces', async () => {
    const picture = await photograph('407');
    const whole = await post(address(), { head: [IMAGE, `content-length: ${picture.length}`], pieces: [picture] });
    const pieces = await post(address(), {
      head: [IMAGE, CHUNKED],
      pieces: chunked([picture.subarray(0, 1000), picture.subarray(1000)]),
    });
    for (const { answer } of [whole, pieces]) assert.deepEqual([answer?.status, answer?.body.text], [200, '407']);
  });

  it('refuses 300 MB with 413, whether it tells the length or not', async () => {
    const told = await post(address(), { head: [IMAGE, `content-length: ${300 * MB}`], pieces: zeros(300 * MB) });
    assert.deepEqual(told.answer, {
      status: 413,
      body: { error: `expected a body of at most 20 MB, got ${300 * MB} bytes` },
    });
    const untold = await post(address(), { head: [IMAGE, CHUNKED], pieces: chunked(zeros(300 * MB)) });
    assert.deepEqual(untold.answer, { status: 413, body: { error: 'expected a body of at most 20 MB, got more' } });
  });

  for (const [type, body] of [
    ['application/json', '{"a":1}'],
    ['application/json', '{"a":'],
    ['application/x-www-form-urlencoded', 'a=1'],
    ['text/plain', 'seven'],
    ['image/jpeg', ''],
  ] as const) {
    it(`answers ${JSON.stringify(body)} of type ${type} with 400`, async () => {
      const { answer } = await post(address(), {
        head: [`content-type: ${type}`, `content-length: ${body.length}`],
        pieces: [Buffer.from(body)],
      });
      assert.equal(answer?.status, 400);
      assert.match(answer.body.error ?? '', /^expected a picture/);
    });
  }
}

describe('POST /digits of npm start', () => {
  let folder: string;
  let url: string;
  let program: Program;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inkcam-bodies-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}/digits`;
    program = new Program([join(ROOT, 'dist/scripts/start.js'), folder], { PORT: String(port) });
    await program.prints(/POST a picture/);
    await program.takes(url);
  });
  after(async () => {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is within 100 MB of before after four bodies of 300 MB at once', async function () {
    if (!TELLS_MEMORY) this.skip();
    const read = async (text: string): Promise<void> => {
      const picture = await photograph(text);
      assert.equal(
        (await post(url, { head: [IMAGE, `content-length: ${picture.length}`], pieces: [picture] })).answer?.body.text,
        text,
      );
    };
    await read('407');
    const before = await memoryOf(program.pid);
    for (const declared of [true, false]) {
      const answers = await Promise.all(
        [1, 2, 3, 4].map(() =>
          declared
            ? post(url, { head: [IMAGE, `content-length: ${300 * MB}`], pieces: zeros(300 * MB) })
            : post(url, { head: [IMAGE, CHUNKED], pieces: chunked(zeros(300 * MB)) }),
        ),
      );
      // On a slow machine, a sender may be cut off before it has read the answer.
      for (const { answer } of answers)
        assert.ok(answer === undefined || answer.status === 413, String(answer?.status));
      await settlesBelow(program.pid, before.now + 100 * MB);
    }
    const { peak } = await memoryOf(program.pid);
    assert.ok(
      peak < Math.max(before.peak, before.now + 400 * MB),
      `${Math.round(peak / MB)} MB at most, ${Math.round(before.now / MB)} MB before`,
    );
    await read('38');
  });

  answersAsAgreed(() => url);
});

describe(`the example "${NAME}" in a Node-RED with the line that its comment gives`, () => {
  let nodeRed: RealNodeRed;

  before(async () => {
    const line = /`(\.\.\.require\('[^`]*\(\)),`/.exec(
      await readFile(join(ROOT, 'flows', `${NAME}.json`), 'utf8'),
    )?.[1];
    assert.ok(line);
    nodeRed = await startNodeRed(
      NAME,
      {},
      {
        prepare: (userDir) =>
          appendFile(join(userDir, 'settings.js'), `\nmodule.exports = { ...module.exports, ${line} };\n`),
      },
    );
  });
  after(async () => {
    await (nodeRed as RealNodeRed | undefined)?.stop();
  });

  answersAsAgreed(() => `${nodeRed.url}/digits`);
});
