import type { Node, NodeAPI } from 'node-red';
import type { Camera } from '../../lib/camera/camera';
import { CameraError } from '../../lib/camera/errors';

/** For a camera in the network. */
export interface CameraDeviceCredentials {
  user?: string;
  password?: string;
}

/** What the configuration node `digits-camera-device` offers to the nodes that name it in their `device` setting. */
export interface CameraDeviceNode extends Node<CameraDeviceCredentials> {
  /** Closed by the device itself. */
  camera: Camera;
  /** The camera program that is set. */
  program: string | undefined;
}

/**
 * The camera that a node is set to.
 * @param id of a `digits-camera-device`
 * @throws CameraError where none is chosen, or there is no such node, e.g. because it is disabled.
 */
export function findCamera(RED: NodeAPI, id: string | undefined): Camera {
  const device = id ? (RED.nodes.getNode(id) as CameraDeviceNode | null) : null;
  if (device) return device.camera;
  const problem = id
    ? 'the camera device that this node is set to does not exist or is disabled'
    : 'no camera device is chosen';
  throw new CameraError('no-device', problem, {
    status: 'no camera device',
    hint: "Open the node's settings and choose one.",
  });
}
