import { CameraError } from './errors';
import { programFailure } from './program-errors';
import { explained, programsFor, runFirst } from './programs';

/** How long the program may take, milliseconds. */
const TIMEOUT = 10_000;

/** Longest list, bytes. */
const MAX_BYTES = 2 ** 20;

/** What the program says where there is none. */
const NO_CAMERAS = /no cameras available/i;

/** How a camera and a mode of its sensor stand in the list. */
const CAMERA = /^\s*(\d+)\s*:\s*(\S+) \[(\d+)x(\d+)/;
const MODE = /(\d+)x(\d+) \[([\d.]+) fps/;

/** A size that a sensor can read out, pixels, with the most frames a second of it. */
interface SensorMode {
  width: number;
  height: number;
  framerate: number;
}

/** A camera of this computer. */
export interface ListedCamera {
  number: number;
  /** Of its sensor, e.g. imx219. */
  name: string;
  /** Of the sensor, pixels. */
  width: number;
  height: number;
  /** Each size once. */
  modes: SensorMode[];
}

/**
 * The cameras that the camera programs see; this does not disturb one that is in use.
 * @param program see `programsFor`
 * @throws CameraError, also where there is no camera: it says what to do.
 */
export async function listCameras(program?: string): Promise<ListedCamera[]> {
  const { program: name, ended } = await runFirst(programsFor('hello', program), ['--list-cameras'], {
    timeout: TIMEOUT,
    maxBytes: MAX_BYTES,
    signal: new AbortController().signal,
  });
  const failure = programFailure(name, ended, TIMEOUT);
  if (failure) throw await explained(name, failure);
  const text = ended.stdout.toString();
  const cameras = parseCameraList(text);
  if (cameras.length > 0) return cameras;
  const none =
    programFailure(name, { ...ended, code: 255, stderr: 'ERROR: *** no cameras available ***' }, TIMEOUT) ??
    new CameraError('no-camera', 'no camera was found', { status: 'no camera found' });
  throw await explained(name, none, !NO_CAMERAS.test(text));
}

/** @param text what `--list-cameras` prints */
export function parseCameraList(text: string): ListedCamera[] {
  const cameras: ListedCamera[] = [];
  for (const line of text.split('\n')) {
    const [, number, name, fullWidth, fullHeight] = CAMERA.exec(line) ?? [];
    if (name)
      cameras.push({
        number: Number(number),
        name,
        width: Number(fullWidth),
        height: Number(fullHeight),
        modes: [],
      });
    const [isMode, width, height, framerate] = MODE.exec(line) ?? [];
    const modes = cameras.at(-1)?.modes;
    if (isMode && modes) addMode(modes, { width: Number(width), height: Number(height), framerate: Number(framerate) });
  }
  return cameras;
}

/** Each size is listed once for each number of bits a pixel. */
function addMode(modes: SensorMode[], mode: SensorMode): void {
  const known = modes.find(({ width, height }) => width === mode.width && height === mode.height);
  if (known) known.framerate = Math.max(known.framerate, mode.framerate);
  else modes.push(mode);
}
