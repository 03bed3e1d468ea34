import type { Clock } from '../../lib/camera/clock';

/** Time that passes when told to. */
export class ManualClock implements Clock {
  private time = 1_000_000;
  private readonly calls = new Set<{ due: number; call: () => void }>();

  now(): number {
    return this.time;
  }

  after(milliseconds: number, call: () => void): () => void {
    const entry = { due: this.time + milliseconds, call };
    this.calls.add(entry);
    return () => {
      this.calls.delete(entry);
    };
  }

  get waiting(): number {
    return this.calls.size;
  }

  /** Lets so much time pass, call by call, and lets promises settle in between. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settled();
    for (;;) {
      const next = [...this.calls]
        .filter(({ due }) => due <= end)
        .sort((a, b) => a.due - b.due)
        .at(0);
      if (!next) break;
      this.time = Math.max(this.time, next.due);
      this.calls.delete(next);
      next.call();
      await settled();
    }
    this.time = end;
  }
}

export const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
