import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { stillArguments } from '../../lib/camera/arguments';
import { checkCameraNumber, checkCameraSettings } from '../../lib/camera/settings';

const argumentsFor = (settings: unknown): string[] => stillArguments(0, checkCameraSettings(settings));

describe('camera settings', () => {
  it('take the picture to stdout, without preview and without a thumbnail, when there are none', () => {
    assert.deepEqual(stillArguments(1, {}), [
      '-o',
      '-',
      '-e',
      'jpg',
      '--thumb',
      'none',
      '-n',
      '--camera',
      '1',
      '-t',
      '500',
    ]);
  });

  const ARGUMENTS: [settings: object, args: string[]][] = [
    [{ width: 640, height: '480' }, ['--width=640', '--height=480']],
    [{ quality: '80' }, ['--quality=80']],
    [{ hflip: true, vflip: 'true', rotation: '180' }, ['--hflip', '--vflip', '--rotation=180']],
    [{ hflip: false, rotation: 0 }, []],
    [{ rotation: 90 }, []],
    [{ roi: ' 0.25, 0.25, 0.5, 0.5 ' }, ['--roi=0.25,0.25,0.5,0.5']],
    [{ roi: [0, 0.5, 1, 0.5] }, ['--roi=0,0.5,1,0.5']],
    [
      { shutter: 20000, gain: 1.5, ev: -0.5, metering: 'spot', exposure: 'sport' },
      ['--shutter=20000', '--gain=1.5', '--ev=-0.5', '--metering=spot', '--exposure=sport'],
    ],
    [{ awb: 'daylight', awbgains: '1.5,1.2' }, ['--awb=daylight', '--awbgains=1.5,1.2']],
    [
      { brightness: '-0.2', contrast: 1.5, saturation: 0, sharpness: 2, denoise: 'cdn_off' },
      ['--brightness=-0.2', '--contrast=1.5', '--saturation=0', '--sharpness=2', '--denoise=cdn_off'],
    ],
    [{ autofocusMode: 'manual', lensPosition: 5 }, ['--autofocus-mode=manual', '--lens-position=5']],
    [{ width: '', height: null, gain: undefined, timeout: 1000 }, []],
  ];
  for (const [settings, expected] of ARGUMENTS) {
    it(`${JSON.stringify(settings)} become ${expected.join(' ') || 'no arguments'}`, () => {
      assert.deepEqual(argumentsFor(settings).slice(argumentsFor({}).length), expected);
    });
  }

  it('settle for no time with --immediate, but not when the lens has to move first', () => {
    assert.deepEqual(argumentsFor({ settle: 0 }).slice(9), ['--immediate']);
    assert.deepEqual(argumentsFor({ settle: '2000' }).slice(9), ['-t', '2000']);
    assert.deepEqual(argumentsFor({ settle: 0, autofocusOnCapture: true }).slice(9), [
      '-t',
      '1',
      '--autofocus-on-capture',
    ]);
  });

  it('choose PNG', () => {
    assert.deepEqual(argumentsFor({ encoding: 'png' }).slice(2, 4), ['-e', 'png']);
  });

  const BAD: [settings: unknown, error: RegExp][] = [
    [{ width: -5, height: 480 }, /^expected width to be an even whole number from 16 to 16384, got the number -5$/],
    [{ width: 641, height: 480 }, /^expected width to be an even/],
    [{ width: 640, height: 0 }, /^expected height to be an even/],
    [{ width: 640 }, /^expected height to be a number, since width is set, got undefined$/],
    [{ width: '640; reboot', height: 480 }, /^expected width .* got the string "640; reboot"$/],
    [{ width: NaN, height: 480 }, /^expected width/],
    [{ quality: Infinity }, /^expected quality to be a whole number from 1 to 100/],
    [{ quality: true }, /^expected quality .* got the boolean true/],
    [{ rotation: 45 }, /^expected rotation to be one of 0, 90, 180, 270, got the number 45$/],
    [{ hflip: 1 }, /^expected hflip to be true or false/],
    [{ roi: '0,0,1' }, /^expected roi to be x, y, width and height/],
    [{ roi: '0.6,0,0.5,1' }, /^expected roi/],
    [{ roi: [0, 0, 1, 1, 1] }, /^expected roi/],
    [{ roi: [0, 0, '', 1] }, /^expected roi/],
    [{ awb: 'greenish' }, /^expected awb to be one of auto, /],
    [{ awbgains: '1' }, /^expected awbgains/],
    [{ settle: 0.5 }, /^expected settle to be a whole number/],
    [{ output: '/etc/passwd' }, /^there is no camera setting "output"\. There are: width, /],
    [[], /^expected camera settings to be an object, got an empty array$/],
    ['--width', /^expected camera settings to be an object, got the string/],
  ];
  for (const [settings, error] of BAD) {
    it(`refuse ${inspect(settings)}`, () => {
      assert.throws(() => checkCameraSettings(settings), {
        code: 'bad-setting',
        status: 'bad setting',
        message: error,
      });
    });
  }

  const LIMITS: [setting: string, least: number, most: number, step: number][] = [
    ['quality', 1, 100, 1],
    ['gain', 1, 64, 0.01],
    ['ev', -10, 10, 0.01],
    ['brightness', -1, 1, 0.01],
    ['contrast', 0, 32, 0.01],
    ['saturation', 0, 32, 0.01],
    ['sharpness', 0, 16, 0.01],
    ['lensPosition', 0, 32, 0.01],
    ['settle', 0, 600_000, 1],
    ['timeout', 100, 600_000, 1],
    ['framerate', 0.01, 240, 0.005],
  ];
  for (const [setting, least, most, step] of LIMITS) {
    it(`take a ${setting} from ${least} to ${most}`, () => {
      for (const value of [least, most])
        assert.deepEqual(checkCameraSettings({ [setting]: value }), { [setting]: value });
      for (const value of [least - step, most + step])
        assert.throws(() => checkCameraSettings({ [setting]: value }), { code: 'bad-setting' });
    });
  }

  it('take a region up to the sides of the picture, and gains above 0', () => {
    for (const roi of [
      [0, 0, 1, 1],
      [0.9, 0.7, 0.1, 0.3],
    ])
      assert.deepEqual(checkCameraSettings({ roi }), { roi });
    for (const roi of ['-0.1,0,1,1', '0,-0.1,1,1', '0,0,0,1', '0,0,1,0', '0.2,0,0.9,1', '0,0.2,1,0.9'])
      assert.throws(() => checkCameraSettings({ roi }), { code: 'bad-setting' });
    for (const awbgains of [
      [0.1, 32],
      [32, 0.1],
    ])
      assert.deepEqual(checkCameraSettings({ awbgains }), { awbgains });
    for (const awbgains of ['0,1', '1,0', '33,1', '1,33', '1,1,1'])
      assert.throws(() => checkCameraSettings({ awbgains }), { code: 'bad-setting' });
  });

  it('count cameras from 0', () => {
    assert.deepEqual([undefined, '', '1', 0].map(checkCameraNumber), [0, 0, 1, 0]);
    assert.throws(
      () => checkCameraNumber('first'),
      /expected the camera number to be a whole number from 0 to 15, got the string "first"/,
    );
  });
});
