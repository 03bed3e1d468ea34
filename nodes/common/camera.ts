import type { Node, NodeAPI } from 'node-red';
import type { Camera } from '../../lib/camera/camera';
import { CameraError, type CameraErrorCode } from '../../lib/camera/errors';

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

/** What to do about an error in Node-RED, where the camera itself cannot know. */
const HINTS: Partial<Record<CameraErrorCode, string>> = {
  'replay-ended': 'A full deploy begins anew; or let the camera device repeat them.',
};

/** The error, with what to do about it in Node-RED where there is something to say. */
export function withHint<T>(error: T): T | CameraError {
  const hint = error instanceof CameraError ? HINTS[error.code] : undefined;
  if (!(error instanceof CameraError) || hint === undefined) return error;
  const { code, message, status, cause } = error;
  return new CameraError(code, message, { status, hint, cause });
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
