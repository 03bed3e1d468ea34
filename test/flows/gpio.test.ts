import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { photograph } from '../../support/drawn-pictures';
import { Example, findCollection, until } from './example';

const NAME = 'node-red-node-pi-gpio/GPIO LED';
const COLLECTION = 'node-red-node-pi-gpio';
const SEGMENTS: Record<string, number> = { a: 17, b: 27, c: 22, d: 5, e: 6, f: 13, g: 19 };
const CHOSEN = 23;
const UNSURE = 24;

/** RPi.GPIO, as far as the collection's helper program uses it: it writes down what becomes of each pin. */
const PINS = `
import os
BCM, OUT = 11, 0
def setmode(mode): pass
def setwarnings(on): pass
def setup(pin, direction): pass
def cleanup(pin): pass
def output(pin, value):
    with open(os.environ["PINS_LOG"], "a") as log:
        log.write("%d %d\\n" % (pin, value))
`;

describe(`the example "${NAME}"`, () => {
  const collection = findCollection(COLLECTION);
  let folder: string | undefined;
  let log = '';
  let example: Example | undefined;

  const start = async (withPins: boolean, minimumConfidence = 0.8): Promise<Example> => {
    example = await Example.start(NAME, {
      change: (nodes) => {
        for (const node of nodes) if (node.type === 'digits-filter') node.minimumConfidence = minimumConfidence;
      },
      collections: { [COLLECTION]: collection ?? '' },
      processEnv: withPins ? { PYTHONPATH: folder, PINS_LOG: log } : {},
    });
    return example;
  };
  const outputs = async (pin: number): Promise<number[]> =>
    (await readFile(log, 'utf8').catch(() => ''))
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number))
      .filter(([one]) => one === pin)
      .map(([, value]) => value!);
  const becomes = async (pin: number, wanted: number): Promise<void> => {
    await until(
      async () => (await outputs(pin)).at(-1) === wanted,
      () => `pin ${pin} at ${wanted}`,
    );
  };

  before(async function () {
    if (!collection || spawnSync('python3', ['--version']).status !== 0) return this.skip();
    folder = await mkdtemp(join(tmpdir(), 'inkcam-pins-'));
    log = join(folder, 'pins.log');
    const library = join(folder, 'RPi');
    await mkdir(library);
    await writeFile(join(library, '__init__.py'), '');
    await writeFile(join(library, 'GPIO.py'), PINS);
    return undefined;
  });
  afterEach(async () => {
    await example?.stop();
    example = undefined;
    if (log) await rm(log, { force: true });
  });
  after(() => (folder ? rm(folder, { recursive: true, force: true }) : undefined));

  it('switches the LEDs and shows the reading on the display', async () => {
    const running = await start(true);
    // The helper programs have begun.
    for (const pin of [...Object.values(SEGMENTS), CHOSEN, UNSURE]) await becomes(pin, 0);
    await running.reads(await photograph('7'), '7');
    await becomes(CHOSEN, 1);
    await becomes(UNSURE, 0);
    // 7 is a, b and c; then all is dark again.
    for (const [segment, pin] of Object.entries(SEGMENTS)) {
      const lit = 'abc'.includes(segment);
      await until(
        async () => (await outputs(pin)).length >= 3,
        () => `three states of ${segment}`,
      );
      assert.deepEqual(await outputs(pin), [0, lit ? 1 : 0, 0], segment);
    }
    await running.reads(await photograph('2'), '2');
    await becomes(CHOSEN, 0);
  });

  it('has the second LED on while a reading is unsure', async () => {
    const running = await start(true, 1);
    await becomes(UNSURE, 0);
    await running.capture(await photograph('7'));
    await becomes(UNSURE, 1);
    await running.capture(await photograph(''));
    await becomes(UNSURE, 0);
    assert.equal((await outputs(CHOSEN)).includes(1), false);
  });

  it('says that there are no pins, and goes on', async () => {
    const running = await start(false);
    await running.capture(await photograph('7'));
    await running.nodeRed.program.prints(/\[debug:pins\] no pins here/);
    await running.reads(await photograph('407'), '407');
    assert.doesNotMatch(running.nodeRed.program.printed, /\[debug:error\]/);
  });
});
