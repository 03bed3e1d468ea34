import assert from 'node:assert/strict';
import type { NodeStatus } from 'node-red';
import helper from 'node-red-node-test-helper';
import type { Frame } from '../../lib/pictures/frame';
import camera from '../../nodes/digits-camera/digits-camera';
import device from '../../nodes/digits-camera-device/digits-camera-device';
import { FakeProgram } from '../../support/fake-camera';
import { NodeUnderTest } from './runtime';

const SMALL = { width: '64', height: '48', settle: '0' };

const load = (settings = {}, deviceSettings = {}): Promise<NodeUnderTest> =>
  NodeUnderTest.load(
    'digits-camera',
    camera,
    { device: 'device', ...SMALL, ...settings },
    {
      modules: [device],
      nodes: [{ id: 'device', type: 'digits-camera-device', ...deviceSettings }],
    },
  );

const replay = (settings = {}): Promise<NodeUnderTest> => load(settings, { source: 'replay', folder: '', loop: true });

/** What the node shows from now on. */
function statuses({ node }: NodeUnderTest): NodeStatus[] {
  const shown: NodeStatus[] = [];
  node.status = (what) => {
    shown.push(what as NodeStatus);
  };
  return shown;
}

describe('digits-camera', () => {
  NodeUnderTest.inRuntime();

  it('sends the pictures of a replay folder, one for each message', async () => {
    const node = await replay();
    const messages = [await node.answer({ payload: 1, topic: 'kept' }), await node.answer({ payload: 2 })];
    const frames = messages.map(({ frame }) => frame as Frame);
    assert.equal(messages[0]?.topic, 'kept');
    assert.ok(Buffer.isBuffer(messages[0].payload));
    assert.equal(frames[0]?.image, messages[0].payload);
    assert.match(frames[0].source, /^01-.*\.jpg$/);
    assert.match(frames[1]!.source, /^02-.*\.jpg$/);
    assert.notEqual(frames[0].id, frames[1]!.id);
    assert.ok(frames[0].width > 0 && frames[0].height > 0 && frames[1]!.at >= frames[0].at);
  });

  it('says that no camera device is chosen', async () => {
    const node = await replay({ device: '' });
    const shown = statuses(node);
    const { error, code } = await node.send({ payload: 1 });
    assert.match(error ?? '', /^CameraError: no camera device is chosen\. Open the node's settings/);
    assert.equal(code, 'no-device');
    assert.deepEqual(shown, [{ fill: 'red', shape: 'ring', text: 'no camera device' }]);
  });

  it('says that the camera device does not exist', async () => {
    const { error, code } = await (await replay({ device: 'elsewhere' })).send({ payload: 1 });
    assert.match(error ?? '', /does not exist or is disabled/);
    assert.equal(code, 'no-device');
  });

  it('names a setting that makes no sense, of its own or of the message', async () => {
    const node = await replay({ shutter: 'fast' });
    assert.match(
      (await node.send({ payload: 1 })).error ?? '',
      /^CameraError: expected shutter to be a whole number from 1 .* got the string "fast"/,
    );
    assert.match(
      (await node.send({ camera: { shutter: -1 } })).error ?? '',
      /^CameraError: expected shutter .* got the number -1/,
    );
    assert.match(
      (await node.send({ camera: 'fast' })).error ?? '',
      /^CameraError: expected msg\.camera to be an object with camera settings, got the string "fast"/,
    );
    await node.answer({ camera: { shutter: '' } });
  });

  describe('with the camera program', () => {
    let fake: FakeProgram;
    beforeEach(() => {
      fake = new FakeProgram();
    });
    afterEach(() => {
      fake.remove();
    });

    it('takes a picture with its settings, and with those of the message', async () => {
      const node = await load({ quality: '80', hflip: true, rotation: '0' });
      const { frame, payload } = await node.answer({ payload: 'go' });
      const { source, width, height, image } = frame as Frame;
      assert.deepEqual([source, width, height, image], ['camera 0', 64, 48, payload]);
      await node.answer({ camera: { quality: 50, gain: 2 } });
      const [first, second] = fake.runs.map(({ argv }) => argv.slice(9));
      assert.deepEqual(first, ['--immediate', '--width=64', '--height=48', '--quality=80', '--hflip']);
      assert.deepEqual(second, ['--immediate', '--width=64', '--height=48', '--quality=50', '--hflip', '--gain=2']);
    });

    it('uses the camera and the program of its device', async () => {
      process.env.PATH = '';
      const { error } = await (await load({}, { camera: '2', program: fake.file })).send({ payload: 1 });
      assert.match(error ?? '', /there is no camera with this number/);
      assert.deepEqual(fake.runs[0]?.argv.slice(7, 9), ['--camera', '2']);
    });

    it('sends an error about a failure once, shows it, and goes on', async () => {
      fake.mode = 'no camera';
      const node = await load();
      const shown = statuses(node);
      const { error, code, msg } = await node.send({ payload: 1, topic: 'kept' });
      assert.match(error ?? '', /^CameraError: no camera was found/);
      assert.deepEqual([code, msg.topic], ['no-camera', 'kept']);
      fake.mode = 'picture';
      await node.answer({ payload: 2 });
      assert.ok(shown.length > 0);
      assert.ok(shown.every(({ text }) => (text ?? '').length < 20));
    });

    it('lets ten messages wait and fails each further one', async () => {
      fake.mode = 'hang';
      const node = await load();
      for (let i = 0; i < 12; i++) node.node.receive({ payload: i });
      const { code, msg } = await node.next();
      assert.deepEqual([code, msg.payload], ['busy', 11]);
    });

    it('leaves no program behind when it is stopped while taking a picture', async () => {
      fake.mode = 'hang';
      const node = await load();
      node.node.receive({ payload: 1 });
      node.node.receive({ payload: 2 });
      await fake.started();
      await helper.clearFlows();
      assert.deepEqual(fake.alive, []);
      assert.equal(fake.runs.length, 1);
    });

    it('frees the camera for the next flow, deploy after deploy', async () => {
      for (let i = 1; i <= 5; i++) {
        fake.mode = 'hang';
        const node = await load();
        node.node.receive({ payload: 1 });
        await fake.started(i);
        await helper.unload();
        assert.deepEqual(fake.alive, []);
      }
      fake.mode = 'picture';
      await (await load()).answer({ payload: 1 });
      const left = process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap');
      assert.deepEqual(left, []);
    });
  });
});
