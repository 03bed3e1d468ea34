import type { Frame } from '../../lib/pictures/frame';
import { Lru } from '../../lib/lru';

/** Streams whose drops are remembered at a time; of more, the one that has been silent longest is forgotten. */
const MOST_STREAMS = 50;

/** Anything with a message. */
interface WithMessage {
  msg: object;
}

/** What is known of a frame that belongs to a live stream. */
type StreamFrame = Partial<Frame> & { stream: string };

/**
 * The messages that wait at a node. Of a live stream, only the newest frame waits; several messages about that one
 * frame may. All other messages queue, up to `most`, and never give way.
 */
export class MessageQueue<T extends WithMessage> {
  /** Frames of streams that gave way so far. */
  dropped = 0;
  private readonly entries: T[] = [];
  private readonly streams = new Lru<string, number>(MOST_STREAMS);

  constructor(private readonly most: number) {}

  /**
   * Answers with those that give way to this one, or this one itself where it is older than what waits; undefined: all
   * places are taken.
   */
  add(entry: T): T[] | undefined {
    const frame = streamFrame(entry.msg);
    const others = frame ? this.entries.filter(({ msg }) => isOtherFrame(streamFrame(msg), frame)) : [];
    if (frame && others.some(({ msg }) => Number(streamFrame(msg)?.at) > Number(frame.at)))
      return this.drop([entry], frame);
    for (const other of others) this.entries.splice(this.entries.indexOf(other), 1);
    if (this.entries.length >= this.most) return undefined;
    this.entries.push(entry);
    return frame && others.length > 0 ? this.drop(others, frame) : [];
  }

  /** The one that has waited longest. */
  get first(): T | undefined {
    return this.entries[0];
  }

  /** Takes out the one that has waited longest; its `msg.frame.dropped` also counts what its stream has lost here. */
  next(): T | undefined {
    const entry = this.entries.shift();
    const frame = entry && streamFrame(entry.msg);
    const dropped = frame ? (this.streams.get(frame.stream) ?? 0) : 0;
    if (entry && dropped > 0)
      Object.assign(entry.msg, { frame: { ...frame, dropped: (frame?.dropped ?? 0) + dropped } });
    return entry;
  }

  /** Takes out all. */
  clear(): T[] {
    return this.entries.splice(0);
  }

  private drop(entries: T[], { stream }: StreamFrame): T[] {
    const before = this.streams.get(stream) ?? 0;
    this.dropped += entries.length;
    this.streams.set(stream, before + entries.length);
    return entries;
  }
}

/** Whether a message is about a frame of a live stream. */
export function isOfStream(msg: object): boolean {
  return streamFrame(msg) !== undefined;
}

function streamFrame(msg: { frame?: unknown }): StreamFrame | undefined {
  try {
    const frame = msg.frame as Partial<Frame> | null | undefined;
    return typeof frame === 'object' && typeof frame?.stream === 'string' ? (frame as StreamFrame) : undefined;
  } catch {
    // What throws when it is looked at is no frame of a camera.
    return undefined;
  }
}

function isOtherFrame(one: StreamFrame | undefined, other: StreamFrame): boolean {
  return one !== undefined && one.stream === other.stream && one.id !== other.id;
}
