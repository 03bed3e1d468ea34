import { drawStages } from '../../lib/explain/stages';
import type { Trace } from '../../lib/pipeline/trace';
import type { DigitsMessage } from './frame';

/** What a node hands to `lib` to have its steps traced: nothing, unless its "Debug pictures" are switched on. */
export function traceOf({ debugPictures }: { debugPictures?: boolean }): Trace | undefined {
  return debugPictures ? {} : undefined;
}

/** Adds pictures of the steps that a node performed to `msg.debug`; those of the nodes before stay. */
export async function addDebugPictures(msg: DigitsMessage, trace: Trace | undefined): Promise<void> {
  if (trace) msg.debug = { ...msg.debug, ...(await drawStages(trace)) };
}
