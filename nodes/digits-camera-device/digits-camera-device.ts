import { resolve } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { Camera } from '../../lib/camera/camera';
import { HttpCamera } from '../../lib/camera/http-camera';
import { listCameras, type ListedCamera } from '../../lib/camera/list';
import { PiCamera } from '../../lib/camera/pi-camera';
import { ReplayFolder } from '../../lib/camera/replay';
import type { FrameSource, PictureSource } from '../../lib/camera/source';
import type { CameraDeviceCredentials, CameraDeviceNode } from '../common/camera';

interface CameraDeviceSettings extends NodeDef {
  source?: 'camera' | 'replay' | 'http';
  /** The camera's number, from 0. */
  camera?: string | number;
  /** Name or path of the camera program; empty: found by itself. */
  program?: string;
  /** Replay folder, relative to Node-RED's user folder; empty for the demo frames. */
  folder?: string;
  loop?: boolean;
  /** Seconds for which a live replay shows each picture. */
  hold?: string | number;
  /** Of an MJPEG stream. */
  url?: string;
}

/** What the editor gets to show: the cameras, or why there are none. */
interface CameraList {
  cameras: ListedCamera[];
  problem?: string;
}

/** The list that is being made, for all who ask meanwhile. */
const making = new Map<string, Promise<CameraList>>();

function list(program = ''): Promise<CameraList> {
  let answer = making.get(program);
  if (!answer) {
    answer = listCameras(program).then(
      (cameras) => ({ cameras }),
      (error: unknown) => ({ cameras: [], problem: error instanceof Error ? error.message : String(error) }),
    ).finally(() => making.delete(program));
    making.set(program, answer);
  }
  return answer;
}

/** Owns a camera, or a replay folder in its place, for all nodes that use it. */
export = (RED: NodeAPI): void => {
  function CameraDevice(this: CameraDeviceNode, settings: CameraDeviceSettings): void {
    RED.nodes.createNode(this, settings);
    this.program = settings.program;
    const camera = new Camera(pictureSource(settings, this.credentials));
    this.camera = camera;
    this.on('close', (_removed: boolean, done: () => void) => { void camera.close().then(done); });
  }

  function pictureSource({ source, camera, program, folder, loop, hold, url }: CameraDeviceSettings, credentials: CameraDeviceCredentials = {}): PictureSource & FrameSource {
    if (source === 'http') return new HttpCamera({ url, ...credentials });
    if (source !== 'replay') return new PiCamera({ camera, program });
    const path = folder?.trim();
    return new ReplayFolder({ folder: path ? resolve(RED.settings.userDir ?? '.', path) : undefined, loop, hold });
  }

  RED.nodes.registerType<CameraDeviceNode, CameraDeviceSettings, object, CameraDeviceCredentials>('digits-camera-device', CameraDevice, { credentials: { user: { type: 'text' }, password: { type: 'password' } } });

  // Only what is deployed is run: a request names a device, not a program.
  RED.httpAdmin.get('/digits-camera-device/cameras', RED.auth.needsPermission('digits-camera-device.read'), (request, response) => {
    const { device: id } = request.query;
    const device = typeof id === 'string' ? RED.nodes.getNode(id) as CameraDeviceNode | null : null;
    list(device?.type === 'digits-camera-device' ? device.program : undefined).then((answer) => response.json(answer), () => response.sendStatus(500));
  });
};
