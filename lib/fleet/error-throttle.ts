import { FleetError } from './errors';

/**
 * Least time between two lines about the same kind of trouble, milliseconds: enough to see it, too little to fill a
 * log.
 */
const EVERY = 60_000;

interface Held {
  timer: NodeJS.Timeout;
  count: number;
  last?: FleetError;
}

/** Tells the first error of each kind (`status`) at once, and how many more came in one line a minute. */
export class ErrorThrottle {
  readonly #held = new Map<string, Held>();

  /** @param every milliseconds between two lines of one kind */
  constructor(
    private readonly tell: (error: FleetError) => void,
    private readonly every = EVERY,
  ) {}

  add(error: FleetError): void {
    const held = this.#held.get(error.status);
    if (held) {
      held.count++;
      held.last = error;
    } else {
      this.#hold(error.status);
      this.tell(error);
    }
  }

  /** Tells what is still held back. */
  close(): void {
    for (const [kind, held] of this.#held) {
      clearTimeout(held.timer);
      this.#held.delete(kind);
      this.#summarise(held);
    }
  }

  #hold(kind: string): void {
    const timer = setTimeout(() => {
      const held = this.#held.get(kind);
      this.#held.delete(kind);
      if (!held?.last) return;
      this.#hold(kind);
      this.#summarise(held);
    }, this.every);
    timer.unref();
    this.#held.set(kind, { timer, count: 0 });
  }

  #summarise({ count, last }: Held): void {
    if (!last) return;
    this.tell(
      count === 1 ? last : new FleetError(`${count} more since: ${last.message}`, last.status, { cause: last }),
    );
  }
}
