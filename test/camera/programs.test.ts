import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listCameras } from '../../lib/camera/list';
import { programFailure } from '../../lib/camera/program-errors';
import { programsFor } from '../../lib/camera/programs';
import { ReconnectSupervisor } from '../../lib/camera/reconnect';
import { StillCamera } from '../../lib/camera/still';
import { VideoCamera } from '../../lib/camera/video';
import { readOptions, STILL_OPTIONS } from '../../support/fake/options';
import { FakeProgram } from '../../support/fake-camera';
import { ManualClock } from './manual-clock';

const NEVER = new AbortController().signal;
const SETTINGS = { width: 64, height: 48, settle: 0 };

describe('camera programs', () => {
  let fake: FakeProgram;
  beforeEach(() => {
    fake = new FakeProgram();
  });
  afterEach(() => {
    fake.remove();
  });

  /** Another program, with what it does; answers with its path. */
  const other = (script: string): string => {
    const path = join(fake.folder, 'other');
    writeFileSync(path, `#!${process.execPath}\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const still = (program: string, more = {}): Promise<unknown> =>
    new StillCamera({ program }).capture({ ...SETTINGS, ...more }, NEVER);
  const film = (program: string, kind: 'jpeg' | 'luma' = 'jpeg', signal = NEVER): Promise<void> => {
    const request = { settings: SETTINGS, kind, framerate: 30, keepChroma: () => false };
    return new VideoCamera({ program }).play(request, { frame: () => undefined, dropped: () => undefined }, signal);
  };

  it('stand beside the one that is set, whichever that is', async () => {
    for (const set of ['still', 'vid', 'hello', 'jpeg', 'raw']) {
      assert.deepEqual(programsFor('still', `/opt/cam/rpicam-${set}`), ['/opt/cam/rpicam-still']);
      assert.deepEqual(programsFor('vid', ` libcamera-${set} `), ['libcamera-vid']);
    }
    assert.deepEqual(programsFor('hello', '/opt/rpicam-vid/mine.sh'), ['/opt/rpicam-vid/mine.sh']);
    process.env.PATH = '';
    for (const set of ['still', 'vid', 'hello']) {
      await still(fake.file.replace('still', set));
      assert.equal((await listCameras(fake.file.replace('still', set))).length, 2);
    }
  });

  it('that are mistyped are said to be missing, with the place to look', async () => {
    const message =
      /was not found \(looked for .*(rpicam|nowhere).*\)\. Check the program's path .*: rpicam-still, rpicam-vid and/;
    const error = { code: 'no-program', message };
    const inFile = join(fake.folder, 'frame.jpg/rpicam-still');
    for (const path of [join(fake.folder, 'rpicam-stil'), '/nowhere/rpicam-vid', 'rpicam-nowhere', inFile]) {
      await assert.rejects(still(path), error);
      await assert.rejects(listCameras(path), error);
      await assert.rejects(film(path), error);
    }
  });

  const OTHERS: [what: string, script: string][] = [
    ['says nothing and ends well', ''],
    ['prints its own version', 'console.log("other 1.2.3")'],
    ['refuses the options', 'console.error(`other: unrecognized option ${process.argv[2]}`); process.exit(2)'],
    ['fails', 'process.exit(1)'],
    [
      'writes without end',
      `
      const more = () => { while (process.stdout.write("y\\n".repeat(1e5))); process.stdout.once("drain", more); };
      if (process.argv[2] === "--version") console.log("yes (other) 9.1"); else more();
    `,
    ],
  ];
  for (const [what, script] of OTHERS) {
    it(`that are something else are said to be that, and no cable is blamed: one that ${what}`, async () => {
      const program = other(script);
      const message =
        /other is no camera program: asked for its version, it said (nothing|").*Check the program's path/;
      const error = { code: 'wrong-program', status: 'wrong program', message };
      await assert.rejects(still(program), error);
      await assert.rejects(listCameras(program), error);
      if (what === 'writes without end') return;
      await assert.rejects(film(program), error);
      await assert.rejects(film(program, 'luma'), error);
    });
  }

  it('that are something else are said to be that where they hang, too', async () => {
    const program = other(
      'if (process.argv[2] === "--version") console.log("other 1"); else setInterval(() => {}, 1e6)',
    );
    await assert.rejects(still(program, { timeout: 300 }), { code: 'wrong-program', message: /it said "other 1"/ });

    // As a stream it stalls, with raw frames or without.
    const clock = new ManualClock();
    const ended = new Promise<string | undefined>((resolve) => {
      const recovery = new ReconnectSupervisor({
        clock,
        timeouts: () => ({ first: 15_000, next: 2000 }),
        run: (signal) => film(program, 'jpeg', signal),
        onReport: ({ error }) => {
          if (error)
            void recovery.stop().then(() => {
              resolve(error.code);
            });
        },
      });
      recovery.start();
    });
    await clock.pass(15_000);
    assert.equal(await ended, 'wrong-program');
  });

  it('whose library is missing are said to be that', async () => {
    fake.mode = 'missing library';
    for (const attempt of [() => still(fake.file), () => listCameras(fake.file), () => film(fake.file)]) {
      const message = /a library that the camera program needs is missing .*libcamera\.so\.0\.5.*full-upgrade/;
      await assert.rejects(attempt, { code: 'not-startable', message });
    }
  });

  it('keep their own errors', async () => {
    for (const [mode, code] of [
      ['unknown failure', 'failed'],
      ['unknown option', 'bad-option'],
      ['nothing', 'no-picture'],
      ['text', 'damaged'],
      ['no camera', 'no-camera'],
    ] as const) {
      fake.mode = mode;
      await assert.rejects(still(fake.file), { code });
    }
  });

  it('are not held to what stands last in their log when they are killed', () => {
    const ended = { stdout: Buffer.alloc(0), code: null, stopped: undefined, firstByte: undefined };
    const log =
      '[0:01] ERROR V4L2 Pipeline handler in use by another process\nERROR: *** an old one ***\n' +
      'FileOutput: output buffer 0x7f size 460800\n';
    const aborted = `${log}terminate called after throwing\n  what():  failed to write output bytes\n`;
    for (const [signal, said, message] of [
      [
        'SIGKILL',
        log,
        'rpicam-vid was ended by SIGKILL. Often this is the system running out of memory: take smaller pictures.',
      ],
      ['SIGSEGV', log, 'rpicam-vid was ended by SIGSEGV. Try once more.'],
      ['SIGABRT', log, 'rpicam-vid was ended by SIGABRT. Try once more.'],
      ['SIGABRT', aborted, 'rpicam-vid was ended by SIGABRT: what():  failed to write output bytes. Try once more.'],
    ] as const) {
      const { code, message: told } = programFailure('rpicam-vid', { ...ended, signal, stderr: said }, 0) ?? {};
      assert.deepEqual([code, told], ['killed', message]);
    }
  });

  it('refuse values as the real ones do, which is told as a refused setting', () => {
    for (const [args, text] of [
      ['--metering=dark', 'Invalid metering mode: dark'],
      ['--exposure=slow', 'Invalid exposure mode:slow'],
      ['--awb=green', 'Invalid AWB mode: green'],
      ['--awbgains=1', 'Invalid AWB gains'],
      ['--autofocus-mode=no', 'Invalid AfMode:no'],
      ['--width=abc', "the argument ('abc') for option '--width' is invalid"],
      ['--rotation=90', 'transforms requiring transpose not supported'],
      ['--rotation=45', 'illegal rotation value'],
      ['--foo=1', "unrecognised option '--foo'"],
    ] as const) {
      assert.equal(readOptions([args], STILL_OPTIONS), text);
      const ended = { stdout: Buffer.alloc(0), code: 255, signal: null, stopped: undefined, firstByte: undefined };
      const failure = programFailure('rpicam-still', { ...ended, stderr: `ERROR: *** ${text} ***\n` }, 0);
      assert.deepEqual([failure?.code, failure?.message.includes(text)], ['bad-option', true]);
    }
    assert.equal(typeof readOptions(['--width=-5', 'stray'], STILL_OPTIONS), 'object');
  });
});
