// Messages of all kinds to every node, in a real Node-RED; after each, the same node has to do its work on a good one.
import { existsSync, rmSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import sharp from 'sharp';
import { readDigits, readMask } from '../../lib/pipeline/reader';
import { drawDigit } from '../../lib/train/synthesis/drawn-digits';
import { Random } from '../../lib/random';
import { acquireInk } from '../../lib/ink/ink';
import { FakeProgram } from '../../support/fake-camera';
import { idx } from '../../support/made-files';
import { hasMosquitto, Mosquitto } from '../../support/fleet/mosquitto';
import { whatIsUnclear, type Finding, type FuzzCase, type OpenArea, type Outcome } from './case';
import { makeMessage } from './message-values';
import { EmbeddedNodeRed, type Message } from './node-red';
import { goodMessage, goodProblem, sentProblem, targets, type Goods, type Target } from './nodes';
import { drawBases, type Base } from './picture-bases';
import { TrapError } from './values';
import { WatchedFolder } from './watched-folder';

/** A training is told to stop after so long. */
const TRAINING = 500;

const ESCAPED = '/tmp/inkcam-fuzz-escaped';

export const open: OpenArea = async ({ folder, deadline }) => {
  const userDir = join(folder, 'user');
  const broker = new Mosquitto();
  const fake = fakeCamera();
  if (hasMosquitto) await broker.start();
  const bases = await drawBases(1);
  const goods = await prepare(userDir, folder, bases);
  const list = targets(hasMosquitto);
  const nodeRed = await EmbeddedNodeRed.start(userDir, flowOf(list, broker.url, fake.file));
  process.chdir(join(folder, 'cwd'));
  await proveGood(nodeRed, list, goods);
  // The collection's own folder, and what Node-RED keeps for itself.
  const watched = new WatchedFolder(folder, (path) =>
    /^user\/(digits(\/|$)|\.|node_modules|lib|package|context|nodes|flows)/.test(path),
  );
  return {
    make(dice): FuzzCase {
      const target = dice.pick(list);
      const { how, msg } = makeMessage(target.type, dice, goods, bases);
      const name = `${target.type} ${JSON.stringify(target.settings).slice(0, 100)}: ${how}`;
      return {
        name,
        input: name,
        deadline: 2.5 * deadline,
        run: () => tryMessage(nodeRed, target, msg, goods, watched, deadline),
      };
    },
    async close() {
      await nodeRed.stop();
      await broker.remove();
      fake.remove();
    },
  };
};

/** Gives a node a message and then a good one, and looks at what has become of them. */
export async function tryMessage(
  nodeRed: EmbeddedNodeRed,
  target: Target,
  msg: object,
  goods: Goods,
  watched: WatchedFolder,
  deadline: number,
): Promise<Outcome> {
  const { id, type } = target;
  const findings: Finding[] = [];
  const stop =
    type === 'digits-train'
      ? setTimeout(() => {
          void nodeRed.send(id, { payload: 'stop' }, 1000);
        }, TRAINING)
      : undefined;
  const { done, error, sent } = await nodeRed.send(id, msg, deadline);
  clearTimeout(stop);
  if (!done)
    return {
      accepted: false,
      findings: [
        { fault: 'unanswered', detail: `${type} neither sends on nor fails nor is done within ${deadline / 1000} s` },
      ],
      spoilt: true,
    };
  const problem = sentProblem(type, sent);
  if (problem) findings.push({ fault: 'wrong', detail: `${type} ${problem}` });
  if (error !== undefined) findings.push(...unclear(type, error));
  if (type === 'digits-camera') await nodeRed.send(id, { payload: 'stop' }, deadline);
  const outside = watched.changes();
  if (existsSync(ESCAPED)) outside.push(ESCAPED);
  rmSync(ESCAPED, { recursive: true, force: true });
  if (outside.length > 0) findings.push({ fault: 'outside', detail: outside.slice(0, 5).join(', ') });
  const polluted = Object.keys(Object.prototype).length > 0;
  if (polluted) findings.push({ fault: 'wrong', detail: 'every object has got a property more' });

  const after = await goodAfter(nodeRed, target, goods, deadline);
  if (after) findings.push({ fault: 'wrong', detail: `${type}: a good message after it ${after}` });
  return { accepted: error === undefined, findings, spoilt: after !== undefined || polluted };
}

function unclear(type: string, error: unknown): Finding[] {
  if (error instanceof TrapError) return [];
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (name === 'WorkerError' && code === 'crashed')
    return [{ fault: 'crash', detail: `a worker died: ${String(message)}` }];
  const why = whatIsUnclear(error, []);
  return why ? [{ fault: 'unclear', detail: `${type}: ${why}` }] : [];
}

async function goodAfter(
  nodeRed: EmbeddedNodeRed,
  target: Target,
  goods: Goods,
  deadline: number,
): Promise<string | undefined> {
  const outcome = await nodeRed.send(target.id, goodMessage(target.type, goods), deadline);
  if (!outcome.done) return 'is not answered';
  return target.sound ? goodProblem(target, outcome) : undefined;
}

/** Before anything hostile comes, every node whose settings make sense does its work, and a job comes back read. */
async function proveGood(nodeRed: EmbeddedNodeRed, list: readonly Target[], goods: Goods): Promise<void> {
  for (const target of list.filter(({ sound }) => sound)) {
    const outcome = await nodeRed.send(target.id, goodMessage(target.type, goods), 60_000);
    const problem = outcome.done ? goodProblem(target, outcome) : 'is not answered';
    if (problem)
      throw new Error(
        `${target.type} ${inspect(target.settings)} before anything hostile has come: a good message ${problem}`,
      );
  }
  const sender = list.find(({ type }) => type === 'digits-send');
  if (!sender?.sound) return;
  const came = nodeRed.sends(sender.id, ({ payload }) => payload === '407', 60_000);
  await nodeRed.send(sender.id, goodMessage(sender.type, goods), 10_000);
  if (!(await came)) throw new Error('no reading comes back to digits-send');
}

async function prepare(userDir: string, folder: string, bases: readonly Base[]): Promise<Goods> {
  for (const each of [
    join(userDir, 'idx'),
    join(userDir, 'digits/models'),
    join(userDir, 'digits/samples'),
    join(folder, 'outside'),
    join(folder, 'cwd'),
  ])
    await mkdir(each, { recursive: true });
  await writeFile(join(folder, 'canary.png'), 'x');
  await writeFile(join(userDir, 'canary.png'), 'x');
  await symlink(join(folder, 'outside'), join(userDir, 'digits/models/link'));
  await writeFile(join(userDir, 'broken.keras'), 'x');
  const drawn = Array.from({ length: 40 }, (_, i) => drawDigit(new Random(3, i)));
  const images = Buffer.concat(drawn.map(({ image }) => Buffer.from(image)));
  const labels = Uint8Array.from(drawn, ({ label }) => label);
  for (const name of ['train', 't10k']) {
    await writeFile(join(userDir, 'idx', `${name}-images-idx3-ubyte`), idx(2051, [40, 28, 28], images));
    await writeFile(join(userDir, 'idx', `${name}-labels-idx1-ubyte`), idx(2049, [40], labels));
  }
  await mkdir(join(userDir, 'samples/7'), { recursive: true });
  await writeFile(
    join(userDir, 'samples/7/1.png'),
    await sharp(drawn[0]!.image, { raw: { width: 28, height: 28, channels: 1 } })
      .png()
      .toBuffer(),
  );
  const picture = bases.find(({ name }) => name === 'PNG of "407"')?.bytes ?? Buffer.alloc(0);
  const ink = acquireInk();
  try {
    const { digits } = await readDigits(ink, picture);
    const { mask } = await readMask(ink, picture);
    return { picture, mask, digits: digits as unknown as Message[], labelled: { images, labels } };
  } finally {
    await ink.release();
  }
}

/** Leaves the other programs of this process where they were. */
function fakeCamera(): FakeProgram {
  const path = process.env.PATH;
  const fake = new FakeProgram();
  process.env.PATH = path;
  return fake;
}

function flowOf(list: readonly Target[], url: string, program: string): object[] {
  const jobs = list.filter(({ type }) => type === 'digits-jobs');
  return [
    { id: 'my tab', type: 'tab', label: 'fuzz' },
    { id: 'my replay', type: 'digits-camera-device', source: 'replay', loop: true, hold: '' },
    { id: 'my fake', type: 'digits-camera-device', source: 'camera', program },
    { id: 'my network', type: 'digits-camera-device', source: 'http', url: 'http://127.0.0.1:9/' },
    { id: 'my broker', type: 'digits-broker', url, prefix: 'digits' },
    { id: 'my elsewhere', type: 'digits-broker', url, prefix: 'elsewhere' },
    { id: 'my model', type: 'digits-model', path: '' },
    { id: 'my broken-model', type: 'digits-model', path: 'broken.keras' },
    { id: 'my catch', z: 'my tab', type: 'catch', scope: null, wires: [['my sink']] },
    { id: 'my sink', z: 'my tab', type: 'debug', active: false, wires: [] },
    ...jobs.map(({ id }) => ({ id: `reader of ${id}`, z: 'my tab', type: 'digits-classify', wires: [[id]] })),
    // Whoever takes jobs and has odd settings may keep them: those are not the jobs of the others.
    ...list.map(({ id, type, settings, sound }) => ({
      id,
      z: 'my tab',
      type,
      ...settings,
      ...(type === 'digits-jobs' && !sound && { broker: 'my elsewhere' }),
      wires: [[type === 'digits-jobs' ? `reader of ${id}` : 'my sink'], ['my sink']],
    })),
  ];
}
