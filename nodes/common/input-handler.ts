import type { Node, NodeMessage, NodeMessageInFlow } from 'node-red';
import { describe } from '../../lib/pictures/picture';
import { prepare, takeOutTooLong } from './incoming';
import { Status } from './status';
import { isOfStream, MessageQueue } from './message-queue';
import { ExplainedError } from '../../lib/errors';

/** Messages that may wait at a node while it works on one; each further one is an error. */
export const MAX_QUEUED = 100;

/** Messages that are begun together, at most. */
const MAX_TOGETHER = 8;

/**
 * What a handler may answer: one message, an array with one entry for each output (`null` sends nothing there), or
 * nothing.
 */
export type Outgoing = NodeMessage | (NodeMessage | NodeMessage[] | null)[] | null | undefined;

type Handler = (msg: NodeMessageInFlow, job: HandlerContext) => Outgoing | Promise<Outgoing>;

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
export function handleInput(node: Node, handler: Handler, options: InputHandlerOptions = {}): Status {
  return new InputHandler(node, handler, options).status;
}

/** Takes a node's messages in, from their arrival until they are done or the node is closed. */
class InputHandler {
  readonly status: Status;
  private readonly most: number;
  private readonly queue: MessageQueue<Incoming>;
  private readonly isUrgent: (msg: NodeMessageInFlow) => boolean;
  private readonly isTogether: (msg: NodeMessageInFlow) => boolean;
  private readonly closing = new AbortController();
  /** Urgent messages that are in work. */
  private readonly beside = new Set<Promise<void>>();
  /** All others that are in work, in their order. */
  private readonly begun: Begun[] = [];
  private working: Promise<void> | undefined;

  constructor(
    private readonly node: Node,
    private readonly handler: Handler,
    { queue: most = MAX_QUEUED, urgent = () => false, together = () => false }: InputHandlerOptions,
  ) {
    this.status = new Status(node);
    this.most = most;
    this.queue = new MessageQueue(most);
    this.isUrgent = withoutThrowing(urgent);
    this.isTogether = withoutThrowing(together);
    node.on('input', (msg, send, done) => {
      this.receive({ msg, send, done });
    });
    node.on('close', (_removed: boolean, done: () => void) => {
      // Node-RED delivers in the next turn of the event loop, and takes away the input listener of a node that is
      // closed: what was sent to it just before has to come in first, to be failed and not lost.
      void this.close().then(() => {
        setImmediate(done);
      });
    });
  }

  private receive(incoming: Incoming): void {
    const tooLong = takeOutTooLong(incoming.msg);
    if (tooLong) this.fail(incoming, tooLong);
    else if (this.closing.signal.aborted) this.fail(incoming, this.closing.signal.reason);
    else if (this.isUrgent(incoming.msg)) this.handleBeside(incoming);
    else this.enqueue(incoming);
  }

  private handleBeside(incoming: Incoming): void {
    const handled = this.finish(incoming, this.answer(incoming)).finally(() => this.beside.delete(handled));
    this.beside.add(handled);
  }

  private enqueue(incoming: Incoming): void {
    const dropped = this.queue.add(incoming);
    if (!dropped) {
      this.fail(incoming, new BusyError(this.most));
      return;
    }
    for (const old of dropped) this.complete(old);
    if (dropped.length > 0) this.status.rest({ fill: 'grey', shape: 'dot', text: `${this.queue.dropped} dropped` });
    if (this.working) this.begin();
    else this.working = this.work();
  }

  /** Finishes what has been begun, in its order, until nothing waits any more. */
  private async work(): Promise<void> {
    this.begin();
    for (let first = this.begun.at(0); first; first = this.begun.at(0)) {
      await this.finish(first.incoming, first.answered);
      this.begun.shift();
      this.begin();
    }
    this.working = undefined;
  }

  /** Begins the next message where none is in work, or those that are may be handled together with it. */
  private begin(): void {
    for (let next = this.queue.first; next; next = this.queue.first) {
      const isOneOfMany = !isOfStream(next.msg) && this.isTogether(next.msg);
      const first = this.begun.at(0);
      if (first && !(isOneOfMany && first.isOneOfMany && this.begun.length < MAX_TOGETHER)) return;
      this.queue.next();
      const answered = this.answer(next);
      // It is looked at when those before it are done.
      answered.catch(() => undefined);
      this.begun.push({ incoming: next, answered, isOneOfMany });
    }
  }

  private async answer({ msg }: Incoming): Promise<Outgoing> {
    prepare(msg);
    return this.handler(msg, { signal: this.closing.signal, status: this.status });
  }

  private async finish(incoming: Incoming, answered: Promise<Outgoing>): Promise<void> {
    const { signal } = this.closing;
    try {
      const outgoing = await answered;
      signal.throwIfAborted();
      if (outgoing) incoming.send(outgoing);
    } catch (error) {
      this.fail(incoming, signal.aborted ? signal.reason : error);
      return;
    }
    this.status.recover();
    this.complete(incoming);
  }

  /** What listens to messages that are done has had its say by then; an error of its own must not hold up this node. */
  private complete(incoming: Incoming): void {
    try {
      incoming.done();
    } catch (error) {
      this.node.error(`what follows a message has failed: ${describe(error)}`);
    }
  }

  private fail(incoming: Incoming, cause: unknown): void {
    const error = clearError(cause);
    this.status.fail(error);
    try {
      incoming.done(error);
    } catch {
      // Node-RED clones the message for the catch nodes, which not every message allows; then the log has to do.
      this.node.error(error.message);
    }
  }

  /** Resolves when nothing is in work any more. */
  private async close(): Promise<void> {
    const closed = new Error('the node was stopped before the message was done');
    this.status.close();
    this.closing.abort(closed);
    for (const incoming of this.queue.clear()) this.fail(incoming, closed);
    await Promise.all([this.working, ...this.beside]);
  }
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

class BusyError extends ExplainedError {
  override name = 'BusyError';

  constructor(waiting: number) {
    super(`messages come faster than they can be handled: ${waiting} are waiting already, this one was not handled`, {
      code: 'busy',
      status: 'too many messages',
    });
  }
}
