import type { NodeAPI } from 'node-red';
import type { CameraDeviceCredentials, CameraDeviceNode } from '../common/camera';
import { onFirstUse } from '../common/on-first-use';
import type { CameraDeviceSettings } from './node';

/** Owns a camera, or a replay folder in its place, for all nodes that use it. */
export = (RED: NodeAPI): void => {
  const start = onFirstUse(RED, () => require('./node') as typeof import('./node'));
  RED.nodes.registerType<CameraDeviceNode, CameraDeviceSettings, object, CameraDeviceCredentials>(
    'digits-camera-device',
    start,
    { credentials: { user: { type: 'text' }, password: { type: 'password' } } },
  );

  // Only what is deployed is run: a request names a device, not a program.
  const mayRead = RED.auth.needsPermission('digits-camera-device.read');
  RED.httpAdmin.get('/digits-camera-device/cameras', mayRead, (request, response) => {
    const { device: id } = request.query;
    const device = typeof id === 'string' ? (RED.nodes.getNode(id) as CameraDeviceNode | null) : null;
    const { listOnce } = require('./cameras') as typeof import('./cameras');
    listOnce(device?.type === 'digits-camera-device' ? device.program : undefined).then(
      (answer) => response.json(answer),
      () => response.sendStatus(500),
    );
  });
};
