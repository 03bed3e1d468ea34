import type { NodeMessageInFlow } from 'node-red';
import type { Stages } from '../../lib/explain/stages';
import { newFrame, type Frame } from '../../lib/pictures/frame';
import type { PictureInput } from '../../lib/pictures/picture';

/** A message as the nodes of this collection pass it on. */
export interface DigitsMessage extends NodeMessageInFlow {
  frame?: Frame;
  /** Pictures of the steps, where they are switched on. */
  debug?: Stages;
}

/** Size of the picture that the message is about, if it is known: boxes are given in its pixels. */
export function frameSize({ frame }: DigitsMessage): { width: number; height: number } | undefined {
  // A message may have been made by hand.
  const { width, height } = (frame ?? {}) as { width?: unknown; height?: unknown };
  return isSide(width) && isSide(height) ? { width, height } : undefined;
}

function isSide(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}

/** Describes the picture in `msg.payload` as `msg.frame` where there is none yet; without a size it was no picture. */
export function describeFrame(msg: DigitsMessage, size: { width: number; height: number } | undefined): void {
  if (size) msg.frame ??= newFrame('message', size, msg.payload as PictureInput);
}
