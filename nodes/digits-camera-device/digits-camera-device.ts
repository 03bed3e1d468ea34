import { resolve } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { Camera } from '../../lib/camera/camera';
import { PiCamera } from '../../lib/camera/pi-camera';
import { ReplayFolder } from '../../lib/camera/replay';
import type { FrameSource, PictureSource } from '../../lib/camera/source';
import type { CameraDeviceNode } from '../common/camera';

interface CameraDeviceSettings extends NodeDef {
  source?: 'camera' | 'replay';
  /** The camera's number, from 0. */
  camera?: string | number;
  /** Name or path of the camera program; empty: found by itself. */
  program?: string;
  /** Replay folder, relative to Node-RED's user folder; empty for the demo frames. */
  folder?: string;
  loop?: boolean;
}

/** Owns a camera, or a replay folder in its place, for all nodes that use it. */
export = (RED: NodeAPI): void => {
  function CameraDevice(this: CameraDeviceNode, settings: CameraDeviceSettings): void {
    RED.nodes.createNode(this, settings);
    const camera = new Camera(pictureSource(settings));
    this.camera = camera;
    this.on('close', (_removed: boolean, done: () => void) => { void camera.close().then(done); });
  }

  function pictureSource({ source, camera, program, folder, loop }: CameraDeviceSettings): PictureSource & FrameSource {
    if (source !== 'replay') return new PiCamera({ camera, program });
    const path = folder?.trim();
    return new ReplayFolder({ folder: path ? resolve(RED.settings.userDir ?? '.', path) : undefined, loop });
  }

  RED.nodes.registerType('digits-camera-device', CameraDevice);
};
