import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import camera from '../../nodes/digits-camera/digits-camera';
import device from '../../nodes/digits-camera-device/digits-camera-device';
import { FakeProgram } from '../../support/fake-camera';
import { NodeUnderTest } from './runtime';

describe('digits-camera-device', () => {
  NodeUnderTest.inRuntime();
  let fake: FakeProgram;
  beforeEach(() => {
    fake = new FakeProgram();
  });
  afterEach(() => {
    fake.remove();
  });

  const cameras = async (query = ''): Promise<{ cameras: { number: number; name: string }[]; problem?: string }> => {
    const response = await helper.request().get(`/digits-camera-device/cameras${query}`).expect(200);
    return response.body as { cameras: { number: number; name: string }[]; problem?: string };
  };
  const load = (settings = {}): Promise<NodeUnderTest> =>
    NodeUnderTest.load(
      'digits-camera',
      camera,
      { device: 'device' },
      { modules: [device], nodes: [{ id: 'device', type: 'digits-camera-device', ...settings }] },
    );

  it('lists the cameras for the editor', async () => {
    await load();
    const { cameras: list, problem } = await cameras();
    assert.deepEqual(
      list.map(({ number, name }) => `${number} ${name}`),
      ['0 imx219', '1 ov5647'],
    );
    assert.equal(problem, undefined);
  });

  it('says what to do where there is none', async () => {
    await load();
    fake.mode = 'no camera';
    const { cameras: list, problem } = await cameras();
    assert.deepEqual(list, []);
    assert.match(problem ?? '', /no camera was found .*cable/);
    process.env.PATH = '';
    assert.match((await cameras()).problem ?? '', /apt install rpicam-apps/);
  });

  it('says that a program is something else, or mistyped, and blames no cable', async () => {
    for (const [program, message] of [
      [process.execPath, /is no camera program: asked for its version, it said "v\d+/],
      [`${fake.file}l`, /was not found .*Check the program's path/],
    ] as const) {
      await load({ program });
      const { problem } = await cameras('?device=device');
      assert.match(problem ?? '', message);
      assert.doesNotMatch(problem ?? '', /cable/);
    }
  });

  it('runs the program of a deployed device, and none that a request names', async () => {
    await load({ program: fake.file });
    process.env.PATH = '';
    assert.equal((await cameras('?device=device')).cameras.length, 2);
    for (const query of [
      '?device=node',
      '?device=elsewhere',
      `?device=${encodeURIComponent(fake.file)}`,
      `?program=${encodeURIComponent(fake.file)}`,
    ]) {
      assert.match((await cameras(query)).problem ?? '', /not found/);
    }
  });
});
