/** Runs a few things at a time; the others wait in their order. */
export class Limiter {
  readonly #queue: (() => void)[] = [];
  #free: number;

  /** @param atOnce how many run at a time */
  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * @param limit how long it may wait and run, milliseconds. What still waits then is not begun; what runs keeps its
   *   place until it ends.
   * @param late makes the error for what has taken longer, which has begun or was still waiting
   */
  async run<T>(begin: () => Promise<T>, limit: number, late: (begun: boolean) => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    let hasBegun = false;
    const expired = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(late(hasBegun));
      }, limit);
    });
    const work = async (): Promise<T> => {
      if (this.#free > 0) this.#free--;
      else
        await new Promise<void>((resolve) => {
          this.#queue.push(resolve);
        });
      try {
        if (isLate) throw late(false);
        hasBegun = true;
        return await begin();
      } finally {
        this.#leave();
      }
    };
    try {
      return await Promise.race([work(), expired]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands its place on. */
  #leave(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free++;
  }
}
