import type { Node, NodeAPI, NodeDef } from 'node-red';
import { CameraError } from '../../lib/camera/errors';
import { SETTING_NAMES, type CameraSettings } from '../../lib/camera/settings';
import { describe } from '../../lib/pictures/picture';
import { newFrame } from '../../lib/pictures/frame';
import { findCamera } from '../common/camera';
import type { DigitsMessage } from '../common/frame';
import { receive } from '../common/receive';

/** Pictures that may wait at one node; a camera takes about one a second. */
const MAX_WAITING = 10;

/** Editor fields bear the names of the camera settings and hold strings and booleans. */
interface CameraNodeSettings extends NodeDef, Partial<Record<keyof CameraSettings, unknown>> {
  device?: string;
}

interface CameraMessage extends DigitsMessage {
  /** Settings for this one picture. */
  camera?: unknown;
}

/** trigger → picture */
export = (RED: NodeAPI): void => {
  function CameraNode(this: Node, config: CameraNodeSettings): void {
    RED.nodes.createNode(this, config);
    const own = Object.fromEntries(SETTING_NAMES.map((name) => [name, config[name]]));

    receive(this, async (msg: CameraMessage, { signal, status }) => {
      const camera = findCamera(RED, config.device);
      const settings = { ...own, ...overrides(msg.camera) };
      status.show({ fill: 'blue', shape: 'dot', text: 'taking a picture' });
      const { image, source, width, height, at } = await camera.capture(settings, signal);
      status.show({ fill: 'green', shape: 'dot', text: `${width} × ${height}` });
      msg.payload = image;
      msg.frame = { ...newFrame(source, { width, height }, image), at };
      return msg;
    }, { waiting: MAX_WAITING });
  }

  RED.nodes.registerType('digits-camera', CameraNode);
};

function overrides(value: unknown): object {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw new CameraError('bad-setting', `expected msg.camera to be an object with camera settings, got ${describe(value)}`, { status: 'bad setting' });
}
