import { CameraError, type CameraErrorCode } from './errors';
import type { Ended } from './run';

const LIST = 'See what `rpicam-hello --list-cameras` says on a terminal.';
const RIGHTS = 'The user that this runs as must be in the `video` group (`sudo usermod -aG video NAME`, then restart).';
const CONTAINER =
  'In a container, /run/udev and the camera devices (/dev/video*, /dev/media*, /dev/dma_heap) must be passed in.';

const PATH =
  "Check the program's path in the camera's settings: " +
  'rpicam-still, rpicam-vid and rpicam-hello must stand in one folder. Left empty, they are found by themselves.';
const INSTALL =
  "On a Raspberry Pi: `sudo apt install rpicam-apps`. Elsewhere, choose a replay folder in the camera's settings.";

interface Failure {
  pattern: RegExp;
  code: CameraErrorCode;
  status: string;
  message: string;
  hint: string;
}

/** What rpicam-still and libcamera-still write on stderr when they fail, the telling one first. */
const FAILURES: Failure[] = [
  {
    pattern: /in use by another process|failed to acquire camera/i,
    code: 'in-use',
    status: 'camera in use',
    message: 'the camera is in use by another program',
    hint: 'End the other program (a preview, motion, another one like this), or what else here has the same camera number.',
  },
  {
    pattern: /no cameras available/i,
    code: 'no-camera',
    status: 'no camera found',
    message: 'no camera was found',
    hint: `Switch the Pi off and check both ends of the camera's cable. ${LIST} ${RIGHTS} ${CONTAINER}`,
  },
  {
    pattern: /camera manager failed to start/i,
    code: 'no-media',
    status: 'no camera system',
    message: "the system's camera support did not start",
    hint: `Is this a Raspberry Pi with a camera switched on in its configuration? ${RIGHTS} ${CONTAINER}`,
  },
  {
    pattern: /selected camera is not available/i,
    code: 'no-such-camera',
    status: 'no such camera',
    message: 'there is no camera with this number',
    hint: `The first camera has the number 0. ${LIST}`,
  },
  {
    pattern: /dmaHeap allocation failure/i,
    code: 'no-memory',
    status: 'no camera memory',
    message: 'there is no memory for the camera',
    hint:
      'Take smaller pictures, or give the camera more memory (dtoverlay=vc4-kms-v3d,cma-256 in config.txt). ' +
      `${RIGHTS} ${CONTAINER}`,
  },
  {
    pattern: new RegExp(
      [
        "unrecogni[sz]ed (option|codec)|for option '.*' is invalid|required argument for option",
        'transforms requiring transpose|illegal rotation value',
        'invalid (metering|exposure|AWB|AfMode|lens position|denoise)',
      ].join('|'),
      'i',
    ),
    code: 'bad-option',
    status: 'setting refused',
    message: 'the camera program refused a setting',
    hint:
      'Clear the setting that it names, or bring the program up to date (`sudo apt update && sudo apt ' +
      'full-upgrade`).',
  },
  {
    pattern: /error while loading shared libraries|symbol lookup error/i,
    code: 'not-startable',
    status: 'cannot start it',
    message: 'a library that the camera program needs is missing or does not fit',
    hint:
      'Bring the system up to date (`sudo apt update && sudo apt full-upgrade`), or install the program anew ' +
      '(`sudo apt install --reinstall rpicam-apps`).',
  },
  {
    pattern: /failed to (open|write) file/i,
    code: 'write-failed',
    status: 'picture not written',
    message: 'the camera program could not hand its picture over',
    hint: 'Try once more; if it stays, restart this program.',
  },
];

/** The error for a run that ended without success, or none. A clear text on stderr tells more than the exit code. */
export function programFailure(
  program: string,
  { code, signal, stopped, stderr }: Ended,
  allowed: number,
): CameraError | undefined {
  switch (stopped) {
    case 'hung':
      return new CameraError('hung', `${program} did not finish in ${allowed / 1000} s and was ended`, {
        status: 'camera hangs',
        hint:
          "Check the camera's cable, and lengthen the time limit if the shutter time is long. A restart of the " +
          'Pi often helps.',
        cause: said(stderr),
      });
    case 'too-large':
      return new CameraError('too-large', `${program} sent far more than a picture holds and was ended`, {
        status: 'picture too large',
      });
    case 'aborted':
      return closedError();
    case undefined:
  }
  if (signal !== null) {
    // Killed, a program has no time for a word: what stands last in its log is old. Where it aborts itself it says why.
    const words = signal === 'SIGABRT' ? lastWord(stderr, /what\(\):/) : undefined;
    return new CameraError('killed', `${program} was ended by ${signal}${words === undefined ? '' : `: ${words}`}`, {
      status: 'camera program died',
      hint:
        signal === 'SIGKILL'
          ? 'Often this is the system running out of memory: take smaller pictures.'
          : 'Try once more.',
      cause: said(stderr),
    });
  }
  if (code === 0) return undefined;
  const known = FAILURES.find(({ pattern }) => pattern.test(stderr));
  if (known) {
    const told = `${known.message} (${program}: ${lastWord(stderr, known.pattern) ?? ''})`;
    return new CameraError(known.code, told, { ...known, cause: said(stderr) });
  }
  const words = lastWord(stderr, /error/i) ?? lastWord(stderr, /\S/);
  const tail = words === undefined ? '' : `: ${words}`;
  return new CameraError('failed', `${program} failed with exit code ${String(code)}${tail}`, {
    status: 'camera failed',
    hint: LIST,
    cause: said(stderr),
  });
}

/** The error for a program that could not be started at all. */
export function startFailure(programs: string[], error: NodeJS.ErrnoException): CameraError {
  const names = programs.join(' and ');
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    // A single one is one that is set.
    const hint = programs.length === 1 ? PATH : INSTALL;
    return new CameraError('no-program', `the camera program was not found (looked for ${names})`, {
      status: 'no camera program',
      hint,
      cause: error,
    });
  }
  const denied = error.code === 'EACCES' || error.code === 'EPERM';
  return new CameraError(
    'not-startable',
    `the camera program ${names} could not be started: ${denied ? 'permission denied' : error.message}`,
    {
      status: 'cannot start it',
      hint: "Check the program's path in the camera's settings: it must be a program file that this process may run.",
      cause: error,
    },
  );
}

/** The error for a program that is none of the camera programs. */
export function wrongProgram(program: string, version: string, cause: CameraError): CameraError {
  const said = version === '' ? 'nothing' : JSON.stringify(version.slice(0, 80));
  return new CameraError('wrong-program', `${program} is no camera program: asked for its version, it said ${said}`, {
    status: 'wrong program',
    hint: PATH,
    cause,
  });
}

/** The error for captures that were still wanted when the camera, or the view that asked, was closed. */
export function closedError(): CameraError {
  return new CameraError('closed', 'the camera was closed before the picture was taken', { status: 'closed' });
}

/** The last line with the pattern, without what stands around its words. */
function lastWord(stderr: string, pattern: RegExp): string | undefined {
  const line = stderr
    .split('\n')
    .findLast((each) => pattern.test(each))
    ?.trim();
  return line
    ?.replace(/^ERROR:\s*/, '')
    .replace(/^\*{3}\s*|\s*\*{3}$/g, '')
    .slice(0, 200);
}

function said(stderr: string): Error | undefined {
  return stderr.trim() === '' ? undefined : new Error(stderr.trim());
}
