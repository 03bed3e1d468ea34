import type { Node, NodeMessage, NodeMessageInFlow } from 'node-red';
import { describe } from '../../lib/pictures/picture';
import { prepare, takeOutTooLong } from './incoming';
import { Status } from './status';
import { isOfStream, MessageQueue } from './message-queue';

/** Messages that may wait at a node while it works on one; each further one is an error. */
export const MAX_QUEUED = 100;

/** Messages that are begun together, at most. */
const MAX_TOGETHER = 8;

/**
 * What a handler may answer: one message, an array with one entry for each output (`null` sends nothing there), or
 * nothing.
 */
export type Outgoing = NodeMessage | (NodeMessage | NodeMessage[] | null)[] | null | undefined;

export interface HandlerContext {
  /** Aborted when the node is closed: hand it to whatever can be interrupted. */
  signal: AbortSignal;
  /** The node's status, throttled. What a handler shows stays until it shows something else. */
  status: Status;
}

export interface InputHandlerOptions {
  /** Default `MAX_QUEUED`. */
  queue?: number;
  /** Messages that are handled at once, beside the one in work; e.g. commands. */
  urgent?: (msg: NodeMessageInFlow) => boolean;
  /**
   * Messages that may be begun while others like them are in work, where that is faster; what they give is sent in
   * their order all the same. Frames of a live stream never are: the newest is to be taken up as late as possible.
   */
  together?: (msg: NodeMessageInFlow) => boolean;
}

/**
 * Registers the handler of a node's incoming messages. Everything that Node-RED asks of an input listener is kept here:
 *
 * - messages are handled one after another, or `together`, and sent on in order; `queue` of them may queue, each
 *   further one fails at once;
 * - of the frames of a live stream (`msg.frame.stream`) only the newest waits: one that gives way is done without being
 *   handled, and counted in the status and in `msg.frame.dropped` of the next;
 * - what the handler returns is sent, then the message is done; a handler reuses the message that it was given;
 * - whatever the handler throws goes through `done(error)`, so that a catch node gets it, and as a short red status,
 *   which is cleared by the next success. An error with a string `status` chooses that text itself. The handler calls
 *   neither `node.error` nor `node.send`;
 * - when the node is closed, the message in work is aborted and waited for; it and all that wait are failed, and
 *   nothing more is sent.
 *
 * @returns the node's status, for what it has to show without a message
 */
export function handleInput(
  node: Node,
  handler: (msg: NodeMessageInFlow, job: HandlerContext) => Outgoing | Promise<Outgoing>,
  { queue: most = MAX_QUEUED, urgent = () => false, together = () => false }: InputHandlerOptions = {},
): Status {
  const isUrgent = withoutThrowing(urgent);
  const isTogether = withoutThrowing(together);
  const queue = new MessageQueue<Incoming>(most);
  const closing = new AbortController();
  const status = new Status(node);
  const beside = new Set<Promise<void>>();
  const begun: Begun[] = [];
  let working: Promise<void> | undefined;

  const fail = (incoming: Incoming, cause: unknown): void => {
    const error = clearError(cause);
    status.fail(error);
    try {
      incoming.done(error);
    } catch {
      // Node-RED clones the message for the catch nodes, which not every message allows; then the log has to do.
      node.error(error.message);
    }
  };

  const answer = async ({ msg }: Incoming): Promise<Outgoing> => {
    prepare(msg);
    return handler(msg, { signal: closing.signal, status });
  };

  const finish = async (incoming: Incoming, answered: Promise<Outgoing>): Promise<void> => {
    try {
      const outgoing = await answered;
      closing.signal.throwIfAborted();
      if (outgoing) incoming.send(outgoing);
    } catch (error) {
      fail(incoming, closing.signal.aborted ? closing.signal.reason : error);
      return;
    }
    status.recover();
    complete(incoming);
  };

  /** What listens to messages that are done has had its say by then; an error of its own must not hold up this node. */
  const complete = (incoming: Incoming): void => {
    try {
      incoming.done();
    } catch (error) {
      node.error(`what follows a message has failed: ${describe(error)}`);
    }
  };

  const begin = (): void => {
    for (let next = queue.first; next; next = queue.first) {
      const isOneOfMany = !isOfStream(next.msg) && isTogether(next.msg);
      if (begun.length > 0 && !(isOneOfMany && begun[0].isOneOfMany && begun.length < MAX_TOGETHER)) return;
      queue.next();
      const answered = answer(next);
      // It is looked at when those before it are done.
      answered.catch(() => undefined);
      begun.push({ incoming: next, answered, isOneOfMany });
    }
  };

  const work = async (): Promise<void> => {
    begin();
    for (let first = begun.at(0); first; first = begun.at(0)) {
      await finish(first.incoming, first.answered);
      begun.shift();
      begin();
    }
    working = undefined;
  };

  node.on('input', (msg, send, done) => {
    const incoming = { msg, send, done };
    const tooLong = takeOutTooLong(msg);
    if (tooLong) {
      fail(incoming, tooLong);
    } else if (closing.signal.aborted) {
      fail(incoming, closing.signal.reason);
    } else if (isUrgent(msg)) {
      const handled = finish(incoming, answer(incoming)).finally(() => beside.delete(handled));
      beside.add(handled);
    } else {
      const dropped = queue.add(incoming);
      if (!dropped) {
        fail(incoming, new BusyError(most));
        return;
      }
      for (const old of dropped) complete(old);
      if (dropped.length > 0) status.rest({ fill: 'grey', shape: 'dot', text: `${queue.dropped} dropped` });
      if (working) begin();
      else working = work();
    }
  });

  node.on('close', (_removed: boolean, done: () => void) => {
    const closed = new Error('the node was stopped before the message was done');
    status.close();
    closing.abort(closed);
    for (const incoming of queue.clear()) fail(incoming, closed);
    // Node-RED delivers in the next turn of the event loop, and takes away the input listener of a node that is closed:
    // what was sent to it just before has to come in first, to be failed and not lost.
    void Promise.all([working, ...beside]).then(() => {
      setImmediate(done);
    });
  });
  return status;
}

/** A proxy that was revoked can be anywhere in a message, and JavaScript's own error about it names no part of it. */
function clearError(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause));
  if (!(cause instanceof TypeError) || !cause.message.includes('proxy that has been revoked')) return cause;
  return new TypeError('expected a message that can be looked at, got one with a proxy that was revoked', { cause });
}

/** A message may throw when it is looked at; it is handled like any other then, so that its error is told once. */
function withoutThrowing(test: (msg: NodeMessageInFlow) => boolean): (msg: NodeMessageInFlow) => boolean {
  return (msg) => {
    try {
      return test(msg);
    } catch {
      return false;
    }
  };
}

interface Incoming {
  msg: NodeMessageInFlow;
  send: (msg: NodeMessage | (NodeMessage | NodeMessage[] | null)[]) => void;
  done: (error?: Error) => void;
}

interface Begun {
  incoming: Incoming;
  answered: Promise<Outgoing>;
  isOneOfMany: boolean;
}

class BusyError extends Error {
  override name = 'BusyError';
  readonly code = 'busy';
  readonly status = 'too many messages';

  constructor(waiting: number) {
    super(`messages come faster than they can be handled: ${waiting} are waiting already, this one was not handled`);
  }
}
