import assert from 'node:assert/strict';
import { listCameras, parseCameraList } from '../../lib/camera/list';
import { FakeProgram } from '../../support/fake-camera';

describe('list of cameras', () => {
  let fake: FakeProgram;
  beforeEach(() => {
    fake = new FakeProgram();
  });
  afterEach(() => {
    fake.remove();
  });

  it('has each camera with its sizes', async () => {
    assert.deepEqual(await listCameras(), [
      {
        number: 0,
        name: 'imx219',
        width: 3280,
        height: 2464,
        modes: [
          { width: 640, height: 480, framerate: 103.01 },
          { width: 1640, height: 1232, framerate: 41 },
        ],
      },
      { number: 1, name: 'ov5647', width: 2592, height: 1944, modes: [{ width: 1296, height: 972, framerate: 46.34 }] },
    ]);
    assert.deepEqual(fake.runs[0]?.argv, ['--list-cameras']);
  });

  it('is made by the program that is set', async () => {
    process.env.PATH = '';
    assert.equal((await listCameras(fake.file)).length, 2);
    await assert.rejects(listCameras(), { code: 'no-program', message: /apt install rpicam-apps/ });
  });

  it('says what to do where there is none, though the program ends well', async () => {
    fake.mode = 'no camera';
    await assert.rejects(listCameras(), {
      code: 'no-camera',
      message: /^no camera was found .*check both ends of the camera's cable/,
    });
  });

  it('says what is wrong with the system', async () => {
    fake.mode = 'no media subsystem';
    await assert.rejects(listCameras(), { code: 'no-media' });
  });

  it('is empty for any other text', () => {
    for (const text of ['', 'No cameras available!\n', 'usage: [640x480]', '    640x480 [30 fps - x]'])
      assert.deepEqual(parseCameraList(text), []);
  });
});
