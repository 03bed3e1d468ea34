import type { Node, NodeAPI, NodeDef } from 'node-red';
import { CameraError } from '../../lib/camera/errors';
import { SETTING_NAMES, type CameraSettings } from '../../lib/camera/settings';
import type { Camera } from '../../lib/camera/camera';
import type { CapturedPicture } from '../../lib/camera/source';
import { describe, isList } from '../../lib/pictures/picture';
import { newFrame } from '../../lib/pictures/frame';
import { checkDecoder } from '../common/decoder';
import { findCamera, withHint } from '../common/camera';
import type { DigitsMessage } from '../common/frame';
import { handleInput } from '../common/input-handler';
import { LiveNode } from './live';

/** Pictures that may wait at one node; a camera takes about one a second. */
const MAX_QUEUED = 10;

/** Editor fields bear the names of the camera settings and hold strings and booleans. */
interface CameraNodeSettings extends NodeDef, Partial<Record<keyof CameraSettings, unknown>> {
  device?: string;
  /** Whether it goes live when the flow starts. */
  live?: boolean;
}

interface CameraMessage extends DigitsMessage {
  /** Settings for this one picture, or for the live stream that starts. */
  camera?: unknown;
}

/** Payloads that are no trigger. */
const COMMANDS = ['start', 'stop', 'next'] as const;
type Command = (typeof COMMANDS)[number];

/** trigger → picture; or live, frame after frame */
export function create(RED: NodeAPI): (this: Node, settings: CameraNodeSettings) => void {
  function CameraNode(this: Node, config: CameraNodeSettings): void {
    RED.nodes.createNode(this, config);
    const own = Object.fromEntries(SETTING_NAMES.map((name) => [name, config[name]]));

    const perform: Record<Command, (msg: CameraMessage) => Promise<void> | void> = {
      start: (msg) => {
        live.start(findCamera(RED, config.device), { ...own, ...overrides(msg.camera) });
      },
      stop: () => live.stop(),
      next: () => {
        live.ask();
      },
    };

    const status = handleInput(
      this,
      async (msg: CameraMessage, job) => {
        const command = commandOf(msg);
        if (command) {
          await perform[command](msg);
          return null;
        }
        const camera = findCamera(RED, config.device);
        const settings = { ...own, ...overrides(msg.camera) };
        job.status.show({ fill: 'blue', shape: 'dot', text: 'taking a picture' });
        const { image, source, width, height, at } = await captured(camera, settings, job.signal);
        job.status.show(live.isLive ? {} : { fill: 'green', shape: 'dot', text: `${width} × ${height}` });
        msg.payload = image;
        msg.frame = { ...newFrame(source, { width, height }, image), at };
        return msg;
      },
      { queue: MAX_QUEUED, urgent: (msg) => commandOf(msg) !== undefined },
    );

    checkDecoder(this, status);
    const live = new LiveNode(this, status);
    const startWithFlow = (): void => {
      try {
        live.start(findCamera(RED, config.device), own);
      } catch (error) {
        status.fail(error as Error);
        this.error(error, {});
      }
    };
    // Not before: nodes behind this one may not be there yet.
    if (config.live) RED.events.once('flows:started', startWithFlow);

    this.on('close', (_removed: boolean, done: () => void) => {
      RED.events.off('flows:started', startWithFlow);
      void live.close().then(done);
    });
  }

  return CameraNode;
}

async function captured(camera: Camera, settings: object, signal: AbortSignal): Promise<CapturedPicture> {
  try {
    return await camera.capture(settings, signal);
  } catch (error) {
    throw withHint(error);
  }
}

function commandOf({ payload }: { payload?: unknown }): Command | undefined {
  return COMMANDS.find((command) => command === payload);
}

function overrides(value: unknown): object {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !isList(value)) return value;
  throw new CameraError(
    'bad-setting',
    `expected msg.camera to be an object with camera settings, got ${describe(value)}`,
    { status: 'bad setting' },
  );
}
