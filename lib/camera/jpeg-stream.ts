import { JpegSplitter } from './jpeg-splitter';
import type { SourceFrame } from './source';

/** JPEGs one after another, as they come. */
export class JpegStream {
  private readonly splitter = new JpegSplitter();
  private dropped = 0;

  constructor(
    private readonly onFrame: (frame: Omit<SourceFrame, 'source' | 'turn'>) => void,
    private readonly onDropped: (count: number) => void,
  ) {}

  /** Whether the stream stands in the middle of a frame. */
  get isInside(): boolean {
    return this.splitter.isInside;
  }

  push(chunk: Buffer): void {
    for (const frame of this.splitter.push(chunk, Date.now())) this.onFrame(frame);
    const { dropped } = this.splitter;
    if (dropped > this.dropped) this.onDropped(dropped - this.dropped);
    this.dropped = dropped;
  }
}
