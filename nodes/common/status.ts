import type { Node, NodeStatus } from 'node-red';

/** Longest text that Node-RED's editor shows well under a node, characters. */
const MAX_TEXT = 19;

/** Least time between two updates, milliseconds: each one goes to every open editor. */
const INTERVAL = 500;

/** A node's status, shown at most twice a second; of what comes in between, the newest is shown. */
export class Status {
  private wanted: NodeStatus = {};
  private resting: NodeStatus = {};
  private shown = '{}';
  private failed = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly node: Node) {}

  /** Texts over 19 characters are cut; `{}` clears. */
  show(status: NodeStatus): void {
    this.failed = false;
    this.set(status);
  }

  /** What is shown as long as there is nothing else to show. */
  rest(status: NodeStatus): void {
    this.resting = status;
    this.update();
  }

  /** A red status with the error's `status`, if it has one, or else the beginning of its message. */
  fail(error: Error & { status?: unknown }): void {
    this.set({ fill: 'red', shape: 'ring', text: typeof error.status === 'string' ? error.status : error.message });
    this.failed = true;
  }

  /** Clears what `fail` showed, unless something else was shown since. */
  recover(): void {
    if (this.failed) this.show({});
  }

  /** Ends the throttling's timer; nothing is shown any more. */
  close(): void {
    clearTimeout(this.timer);
    this.closed = true;
  }

  private set(status: NodeStatus): void {
    const { text } = status;
    this.wanted =
      text !== undefined && text.length > MAX_TEXT ? { ...status, text: `${text.slice(0, MAX_TEXT - 1)}…` } : status;
    this.update();
  }

  private update(): void {
    if (!this.timer && !this.closed) this.publish();
  }

  private publish(): void {
    this.timer = undefined;
    const status = this.wanted.text === undefined ? this.resting : this.wanted;
    const text = JSON.stringify(status);
    if (text === this.shown) return;
    this.shown = text;
    this.node.status(status);
    this.timer = setTimeout(() => {
      this.publish();
    }, INTERVAL);
    this.timer.unref();
  }
}
