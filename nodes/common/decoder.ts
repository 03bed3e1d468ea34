import type { Node } from 'node-red';
import { loadSharp } from '../../lib/pictures/decode';
import type { Status } from './status';

/** Each node shows it, but the log says it once. */
let told = false;

/**
 * Says at the start what every picture would fail with, where there is nothing to decode pictures on this computer.
 * @param status of the node
 */
export function checkDecoder(node: Node, status: Status): void {
  // Not while flows start: loading it takes a moment.
  setImmediate(() => {
    try {
      loadSharp();
    } catch (error) {
      status.fail(error as Error);
      if (!told) node.error((error as Error).message);
      told = true;
    }
  });
}
