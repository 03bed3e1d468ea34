import { resolve } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { Camera } from '../../lib/camera/camera';
import { HttpCamera } from '../../lib/camera/http-camera';
import { PiCamera } from '../../lib/camera/pi-camera';
import { ReplayFolder } from '../../lib/camera/replay';
import type { FrameSource, PictureSource } from '../../lib/camera/source';
import type { CameraDeviceCredentials, CameraDeviceNode } from '../common/camera';

export interface CameraDeviceSettings extends NodeDef {
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

/** Owns a camera, or a replay folder in its place, for all nodes that use it. */
export function create(RED: NodeAPI): (this: CameraDeviceNode, settings: CameraDeviceSettings) => void {
  function CameraDevice(this: CameraDeviceNode, settings: CameraDeviceSettings): void {
    RED.nodes.createNode(this, settings);
    this.program = settings.program;
    const camera = new Camera(pictureSource(settings, this.credentials));
    this.camera = camera;
    this.on('close', (_removed: boolean, done: () => void) => {
      void camera.close().then(done);
    });
  }

  function pictureSource(
    { source, camera, program, folder, loop, hold, url }: CameraDeviceSettings,
    credentials: CameraDeviceCredentials = {},
  ): PictureSource & FrameSource {
    if (source === 'http') return new HttpCamera({ url, ...credentials });
    if (source !== 'replay') return new PiCamera({ camera, program });
    const path = folder?.trim();
    return new ReplayFolder({ folder: path ? resolve(RED.settings.userDir ?? '.', path) : undefined, loop, hold });
  }

  return CameraDevice;
}
