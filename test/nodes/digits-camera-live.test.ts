import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events, type NodeStatus } from 'node-red';
import helper from 'node-red-node-test-helper';
import sharp from 'sharp';
import type { Frame } from '../../lib/pictures/frame';
import type { RawPicture } from '../../lib/pictures/picture';
import camera from '../../nodes/digits-camera/digits-camera';
import type { LiveReport } from '../../nodes/digits-camera/live';
import device from '../../nodes/digits-camera-device/digits-camera-device';
import { FakeProgram } from '../../support/fake-camera';
import { stampOf } from '../../support/stamp';
import { NodeUnderTest } from './runtime';

const LIVE = { width: '320', height: '240', framerate: '30', live: true };

const load = (settings = {}, deviceSettings = {}): Promise<NodeUnderTest> =>
  NodeUnderTest.load(
    'digits-camera',
    camera,
    { device: 'device', ...LIVE, ...settings },
    {
      modules: [device],
      nodes: [{ id: 'device', type: 'digits-camera-device', ...deviceSettings }],
    },
  );

/** Looks until something is so; that it never is, is for the test's time limit. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo())
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
}

/** The next frames; what comes at the second output in between is passed over. */
async function frames(node: NodeUnderTest, count: number): Promise<Frame[]> {
  const list: Frame[] = [];
  while (list.length < count) {
    const { output, error, msg } = await node.next();
    if (error) throw new Error(error);
    if (output === 1) {
      assert.equal(msg.payload, (msg.frame as Frame).image);
      list.push(msg.frame as Frame);
    }
  }
  return list;
}

/** The next report with this state; frames in between are passed over. */
async function report(node: NodeUnderTest, state: string): Promise<LiveReport> {
  for (;;) {
    const { output, msg } = await node.next();
    if (output === 2 && (msg.payload as LiveReport).state === state) return msg.payload as LiveReport;
  }
}

/** As `load`, with another live node of the same camera, `other`, to which a `listener` listens. */
const loadTwo = (settings: object, other: object): Promise<NodeUnderTest> =>
  NodeUnderTest.load(
    'digits-camera',
    camera,
    { device: 'device', ...LIVE, ...settings },
    {
      modules: [device],
      nodes: [
        { id: 'device', type: 'digits-camera-device' },
        { id: 'other', z: 'tab', type: 'digits-camera', device: 'device', ...LIVE, ...other, wires: [['listener']] },
        { id: 'listener', z: 'tab', type: 'helper' },
      ],
    },
  );

const numbers = (list: Frame[]): number[] => list.map(({ image }) => stampOf(image as Buffer | RawPicture).number);

describe('digits-camera, live', () => {
  NodeUnderTest.inRuntime();
  let fake: FakeProgram;
  beforeEach(() => {
    fake = new FakeProgram();
  });
  afterEach(async () => {
    await helper.unload();
    assert.deepEqual(fake.alive, []);
    fake.remove();
  });

  it('begins with the flow, and sends frame after frame with what is known about it', async () => {
    const node = await load();
    const list = await frames(node, 5);
    const [first] = list;
    assert.ok(first);
    const { source, stream, dropped, width, height, at } = first;
    assert.deepEqual([source, dropped, width > 0, height > 0, at <= Date.now()], ['camera 0', 0, true, true, true]);
    assert.match(stream ?? '', /^[0-9a-f]{8}$/);
    assert.equal(new Set(list.map(({ id }) => id)).size, 5);
    assert.ok(list.every((frame) => frame.stream === stream));
    assert.equal((await sharp(first.image as Buffer).metadata()).format, 'jpeg');
    assert.ok(numbers(list).every((number, i, all) => i === 0 || number > all[i - 1]!));
  });

  it('sends luma as raw pictures', async () => {
    const node = await load({ kind: 'luma' });
    for (const { image, width, height } of await frames(node, 3)) {
      const { data, channels } = image as RawPicture;
      assert.deepEqual([width, height, channels, data.length], [320, 240, 1, 320 * 240]);
      for (let x = 0; x < 320; x++)
        assert.ok(Math.abs(data[100 * 320 + x]! - (64 + (128 * (x + 0.5)) / 320)) <= 2, `${x}: ${data[100 * 320 + x]}`);
    }
    assert.ok(fake.runs[0]!.argv.includes('yuv420'));
  });

  it('starts, changes its rate and stops by message', async () => {
    const node = await load({ live: false, settle: 0 });
    // Were it live, the picture would be one of the stream's.
    assert.equal(((await node.answer({ payload: 'now' })).frame as Frame).stream, undefined);
    assert.deepEqual(
      fake.runs.map(({ argv }) => argv.includes('--codec')),
      [false],
    );
    node.node.receive({ payload: 'start' });
    const { stream } = (await frames(node, 3))[0]!;
    node.node.receive({ payload: 'start', camera: { framerate: 5 } });
    assert.equal((await frames(node, 2))[1]!.stream, stream);
    node.node.receive({ payload: 'stop' });
    assert.equal((await report(node, 'stopped')).rate, 0);
    await until(() => fake.alive.length === 0);
    node.node.receive({ payload: 'start' });
    assert.notEqual((await frames(node, 1))[0]!.stream, stream);
  });

  it('says what is wrong with its settings, or those of the message', async () => {
    const node = await load({ live: false, framerate: '1000' });
    assert.match(
      (await node.send({ payload: 'start' })).error ?? '',
      /expected framerate to be a number from 0.01 to 240/,
    );
    assert.match(
      (await node.send({ payload: 'start', camera: { framerate: 30, kind: 'colour' } })).error ?? '',
      /expected kind to be one of jpeg, luma/,
    );
    node.node.receive({ payload: 'start', camera: { framerate: 30 } });
    await frames(node, 1);
  });

  it('sends a frame only when it is asked for', async () => {
    const node = await loadTwo({ pacing: 'asked' }, {});
    const seen: number[] = [];
    helper.getNode('listener').on('input', (msg) => {
      seen.push(stampOf((msg as unknown as { frame: Frame }).frame.image as Buffer).number);
    });
    await frames(node, 1);
    let after = false;
    const more = frames(node, 1).then((list) => {
      after = true;
      return list;
    });
    await until(() => seen.length >= 10);
    assert.equal(after, false);
    const newest = seen.at(-1) ?? 0;
    node.node.receive({ payload: 'next' });
    assert.ok(numbers(await more)[0]! >= newest, 'the newest');
  });

  it('serves several nodes with one run, of different kinds and rates', async () => {
    const node = await loadTwo({}, { kind: 'luma', framerate: '10' });
    const luma = new Promise<Frame>((resolve) => {
      helper.getNode('listener').on('input', (msg) => {
        resolve((msg as unknown as { frame: Frame }).frame);
      });
    });
    assert.ok('data' in ((await luma).image as object));
    const jpegs = await frames(node, 8);
    const { data, info } = await sharp(jpegs[7]!.image as Buffer)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const [red = NaN, green = NaN, blue = NaN] = data.subarray((100 * 320 + 160) * 3);
    // Luma 128, Cb 110, Cr 160, as the fake has it.
    for (const [value, expected] of [
      [red, 173],
      [green, 111],
      [blue, 96],
    ] as const)
      assert.ok(Math.abs(value - expected) <= 4, `${red} ${green} ${blue}`);
    assert.deepEqual([info.width, info.height, jpegs[7]!.width, jpegs[7]!.height], [320, 240, 320, 240]);
    assert.equal(fake.alive.length, 1);
  });

  it('tells one of two nodes that want JPEGs of different qualities', async () => {
    const node = await loadTwo({ quality: '50' }, { live: false, quality: '90' });
    await frames(node, 1);
    helper.getNode('other').receive({ payload: 'start' });
    for (;;) {
      const { error, code } = await node.next();
      if (!error) continue;
      assert.match(error, /live already with another setting of quality\. .*JPEG frames the same quality/);
      assert.equal(code, 'other-stream');
      break;
    }
    await frames(node, 1);
  });

  it('tells once what goes wrong when a frame is sent, and goes on', async () => {
    const node = await load({ framerate: 240 });
    const send = node.node.send.bind(node.node);
    let sent = 0;
    node.node.send = (msg) => {
      if (!Array.isArray(msg) || !msg[0]) send(msg);
      else if (++sent <= 3) throw new Error('nobody takes it');
      else send(msg);
    };
    const told = [];
    for (let frame: Frame | undefined; !frame;) {
      const { error, msg } = await node.next();
      if (error) told.push(error);
      else frame = msg.frame as Frame | undefined;
      if (frame && sent < 4) frame = undefined;
    }
    assert.deepEqual(told, ['Error: nobody takes it']);
  });

  it('refuses to be live with another size than another node of the same camera', async () => {
    const node = await loadTwo({}, { live: false, width: '640', height: '480' });
    await frames(node, 1);
    helper.getNode('other').receive({ payload: 'start' });
    for (;;) {
      const { error, code } = await node.next();
      if (!error) continue;
      assert.match(error, /live already with another setting of width\. .*need the same size/);
      assert.equal(code, 'other-stream');
      break;
    }
    await frames(node, 1);
  });

  describe('single pictures meanwhile', () => {
    it('are answered from the stream where a frame would be the same', async () => {
      const node = await load({ pacing: 'asked' });
      await frames(node, 1);
      const { payload, topic, frame } = await node.answer({ payload: 'now', topic: 'kept' });
      assert.equal(topic, 'kept');
      assert.equal((frame as Frame).stream, undefined);
      assert.ok(stampOf(payload as Buffer).number > 0);
      assert.equal(fake.runs.length, 1);
    });

    /** A picture that is asked for; the stream's frames are passed over. */
    async function still(node: NodeUnderTest, settings: object): Promise<Buffer> {
      node.node.receive({ payload: 'now', camera: settings });
      for (;;) {
        const { output, error, msg } = await node.next();
        if (error) throw new Error(error);
        if (output === 1 && (msg.frame as Frame).stream === undefined) return msg.payload as Buffer;
      }
    }

    it('have the quality that they are to have, where JPEGs are made of luma', async () => {
      const node = await load({ kind: 'luma' });
      await frames(node, 1);
      const [low, high] = [await still(node, { quality: 5 }), await still(node, { quality: 100 })];
      assert.ok(2 * low.length < high.length, `${low.length} ${high.length}`);
      assert.equal(fake.runs.length, 1);
    });

    it('pause the stream where they are to have another quality than its JPEGs', async () => {
      const node = await load({ quality: 60, settle: 0 });
      await frames(node, 1);
      await still(node, { quality: 60 });
      assert.equal(fake.runs.length, 1);
      await still(node, { quality: 95 });
      assert.ok(fake.runs[1]!.argv.includes('--quality=95') && !fake.runs[1]!.argv.includes('--codec'));
    });

    it('pause the stream where they are to be larger', async () => {
      const node = await load({ settle: 0 });
      await frames(node, 2);
      node.node.receive({ payload: 'now', camera: { width: 640, height: 480 } });
      await report(node, 'paused');
      for (;;) {
        const { msg } = await node.next();
        if (
          msg.payload === undefined ||
          (msg.frame as Frame | undefined)?.stream !== undefined ||
          !Buffer.isBuffer(msg.payload)
        )
          continue;
        assert.deepEqual([(msg.frame as Frame).width, (msg.frame as Frame).height], [640, 480]);
        break;
      }
      await frames(node, 2);
      assert.equal(fake.runs.length, 3);
    });
  });

  describe('when something goes wrong', () => {
    for (const [mode, code] of [
      ['exit', 'ended'],
      ['killed', 'killed'],
      ['failure', 'failed'],
      ['stall', 'stalled'],
    ] as const) {
      it(`begins again after: ${mode}`, async () => {
        fake.mode = mode;
        const node = await load();
        const { error, code: told } = await report(node, 'waiting');
        assert.equal(told, code);
        assert.ok(error);
        fake.mode = 'frames';
        await report(node, 'live');
        await frames(node, 8);
      });
    }

    it('shows it, and tries no more where a setting is refused, until it is started', async () => {
      fake.mode = 'unknown option';
      const node = await load({ live: false });
      const shown: NodeStatus[] = [];
      node.node.status = (what) => {
        shown.push(what as NodeStatus);
      };
      node.node.receive({ payload: 'start' });
      const outcomes = [await node.next(), await node.next(), await node.next()];
      assert.match(outcomes.find(({ error }) => error)?.error ?? '', /refused a setting/);
      assert.equal((outcomes.at(-1)?.msg.payload as LiveReport | undefined)?.state ?? 'refused', 'refused');
      await until(() => shown.at(-1)?.text === 'setting refused');
      assert.deepEqual(shown.at(-1), { fill: 'red', shape: 'dot', text: 'setting refused' });
      // That it would not be tried again, however long one waits, is a test of the recovery.
      fake.mode = 'frames';
      node.node.receive({ payload: 'start' });
      await frames(node, 2);
      assert.equal(fake.runs.length, 2);
    });

    it('counts damaged frames', async () => {
      fake.mode = 'half frames';
      const list = await frames(await load(), 8);
      assert.ok((list.at(-1)?.dropped ?? 0) >= 5);
    });
  });

  it('sends no more than the wanted rate of a camera with 10,000 frames a second, the newest', async () => {
    fake.mode = 'fast';
    for (const kind of ['jpeg', 'luma']) {
      const list = await frames(await load({ kind, framerate: 20, width: '128', height: '96' }), 10);
      const gaps = numbers(list)
        .map((number, i, all) => number - (i > 0 ? all[i - 1]! : 0))
        .slice(2);
      assert.ok(
        gaps.every((gap) => gap > 1),
        `${kind}: ${gaps.join(' ')}`,
      );
      await helper.unload();
    }
  });

  describe('of a replay folder', () => {
    it('sends its pictures at the set rate, again and again', async () => {
      const node = await load({ framerate: 50 }, { source: 'replay', folder: '', loop: true });
      const list = await frames(node, 14);
      assert.match(list[0]!.source, /^01-/);
      assert.ok(new Set(list.map(({ source }) => source)).size < 14);
    });

    it('sends them once, and says so', async () => {
      const node = await load({ framerate: 50 }, { source: 'replay', folder: '', loop: false });
      const list = await frames(node, 10);
      assert.match(list[0]!.source, /^01-/);
      assert.match(
        (await report(node, 'ended')).error ?? '',
        /all pictures of the replay folder have been shown\. A full deploy begins anew/,
      );
      node.node.receive({ payload: 'start' });
      await frames(node, 1);
    });

    it('sends them as luma', async () => {
      const node = await load({ kind: 'luma' }, { source: 'replay', folder: '', loop: true });
      const { image, width, height } = (await frames(node, 1))[0]!;
      assert.equal((image as RawPicture).data.length, width * height);
    });

    it('waits for a folder that has vanished', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'live replay '));
      try {
        await sharp({ create: { width: 16, height: 16, channels: 3, background: 'white' } })
          .jpeg()
          .toFile(join(folder, '1.jpg'));
        const node = await load({ framerate: 50 }, { source: 'replay', folder, loop: true });
        await frames(node, 2);
        rmSync(folder, { recursive: true });
        assert.match((await report(node, 'waiting')).error ?? '', /does not exist/);
        mkdirSync(folder);
        await sharp({ create: { width: 16, height: 16, channels: 3, background: 'white' } })
          .jpeg()
          .toFile(join(folder, '1.jpg'));
        await frames(node, 2);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });

  it('begins again when a network camera comes back', async () => {
    const jpeg = readFileSync(join(fake.folder, 'frame.jpg'));
    const serve = async (port = 0): Promise<Server> => {
      const server = createServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=x' });
        const timer = setInterval(() => {
          response.write(Buffer.concat([Buffer.from('--x\r\n\r\n'), jpeg]));
        }, 20);
        response.on('close', () => {
          clearInterval(timer);
        });
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
      return server;
    };
    let server = await serve();
    const { port } = server.address() as AddressInfo;
    try {
      const node = await load({ kind: 'luma' }, { source: 'http', url: `http://127.0.0.1:${port}/` });
      assert.deepEqual(
        (await frames(node, 2)).map(({ source }) => source),
        [`127.0.0.1:${port}`, `127.0.0.1:${port}`],
      );
      server.closeAllConnections();
      server.close();
      assert.equal((await report(node, 'waiting')).code, 'no-stream');
      server = await serve(port);
      await frames(node, 2);
    } finally {
      await helper.unload();
      server.closeAllConnections();
      server.close();
    }
  });

  it('leaves no program, timer or listener behind, deploy after deploy', async () => {
    const count = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap' || kind === 'Timeout').length;
    let before = 0;
    for (let i = 0; i < 6; i++) {
      const node = await load();
      await frames(node, 1);
      await helper.unload();
      assert.deepEqual(fake.alive, []);
      // Handles of what has ended are taken away in the event loop's next rounds: only what stays counts.
      if (i < 2) {
        for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
        before = count();
      } else {
        await until(() => count() <= before);
      }
    }
    assert.equal(events.listenerCount('flows:started'), 0);
  });
});
