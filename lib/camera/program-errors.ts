import { CameraError, type CameraErrorCode } from './errors';
import type { Ended } from './run';

const LIST = 'See what `rpicam-hello --list-cameras` says on a terminal.';
const RIGHTS = 'The user that Node-RED runs as must be in the `video` group (`sudo usermod -aG video NAME`, then restart).';
const CONTAINER = 'In a container, /run/udev and the camera devices (/dev/video*, /dev/media*, /dev/dma_heap) must be passed in.';

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
    hint: 'End the other program (a preview, motion, another Node-RED, a second camera device with the same number).',
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
    hint: `Take smaller pictures, or give the camera more memory (dtoverlay=vc4-kms-v3d,cma-256 in config.txt). ${RIGHTS} ${CONTAINER}`,
  },
  {
    pattern: /unrecogni[sz]ed option|for option '.*' is invalid|required argument for option|transforms requiring transpose|illegal rotation value/i,
    code: 'bad-option',
    status: 'setting refused',
    message: 'the camera program refused a setting',
    hint: 'Clear the setting that it names, or bring the program up to date (`sudo apt update && sudo apt full-upgrade`).',
  },
  {
    pattern: /failed to (open|write) file/i,
    code: 'write-failed',
    status: 'picture not written',
    message: 'the camera program could not hand its picture over',
    hint: 'Try once more; if it stays, restart Node-RED.',
  },
];

/** The error for a run that ended without success, or none. A clear text on stderr tells more than the exit code. */
export function programFailure(program: string, { code, signal, stopped, stderr }: Ended, allowed: number): CameraError | undefined {
  switch (stopped) {
    case 'hung':
      return new CameraError('hung', `${program} did not finish in ${allowed / 1000} s and was ended`, {
        status: 'camera hangs',
        hint: "Check the camera's cable, and lengthen the time limit if the shutter time is long. A restart of the Pi often helps.",
        cause: said(stderr),
      });
    case 'too-large':
      return new CameraError('too-large', `${program} sent far more than a picture holds and was ended`, { status: 'picture too large' });
    case 'aborted':
      return closedError();
    case undefined:
  }
  if (code === 0) return undefined;
  const known = FAILURES.find(({ pattern }) => pattern.test(stderr));
  if (known) {
    return new CameraError(known.code, `${known.message} (${program}: ${lastWord(stderr, known.pattern)})`, { ...known, cause: said(stderr) });
  }
  const words = lastWord(stderr);
  const tail = words === '' ? '' : `: ${words}`;
  if (signal !== null) {
    return new CameraError('killed', `${program} was ended by ${signal}${tail}`, {
      status: 'camera program died',
      hint: signal === 'SIGKILL' ? 'Often this is the system running out of memory: take smaller pictures.' : 'Try once more.',
      cause: said(stderr),
    });
  }
  return new CameraError('failed', `${program} failed with exit code ${String(code)}${tail}`, { status: 'camera failed', hint: LIST, cause: said(stderr) });
}

/** The error for a program that could not be started at all. */
export function startFailure(programs: string[], error: NodeJS.ErrnoException): CameraError {
  const names = programs.join(' and ');
  if (error.code === 'ENOENT') {
    return new CameraError('no-program', `the camera program was not found (looked for ${names})`, {
      status: 'no camera program',
      hint: 'On a Raspberry Pi: `sudo apt install rpicam-apps`. Elsewhere, choose a replay folder in the camera device.',
      cause: error,
    });
  }
  const denied = error.code === 'EACCES' || error.code === 'EPERM';
  return new CameraError('not-startable', `the camera program ${names} could not be started: ${denied ? 'permission denied' : error.message}`, {
    status: 'cannot start it',
    hint: "Check the program's path in the camera device: it must be a program file that Node-RED's user may run.",
    cause: error,
  });
}

/** The error for captures that were still wanted when the camera, or the node that asked, was closed. */
export function closedError(): CameraError {
  return new CameraError('closed', 'the camera was closed before the picture was taken', { status: 'closed' });
}

/** The line that tells why: the one with the pattern, or the last that says ERROR, or the last. */
function lastWord(stderr: string, pattern = /error/i): string {
  const lines = stderr.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const line = lines.findLast((each) => pattern.test(each)) ?? lines.at(-1) ?? '';
  return line.replace(/^ERROR:\s*/, '').replace(/^\*{3}\s*|\s*\*{3}$/g, '').slice(0, 200);
}

function said(stderr: string): Error | undefined {
  return stderr.trim() === '' ? undefined : new Error(stderr.trim());
}
