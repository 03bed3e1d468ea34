/** Something that several users hold and the last of them closes. */
interface Closable {
  close(): Promise<void>;
}

/** One user's hold on a shared thing. */
export interface Lease<T> {
  readonly value: T;
  /** Lets go; the last one out closes the thing and waits until that is done. A second call does nothing more. */
  readonly release: () => Promise<void>;
}

/** Things that are shared by key and counted by user, e.g. one worker for each model path. */
export class Shared<T extends Closable> {
  readonly #entries = new Map<string, { value: T; users: number }>();

  /** Joins the users of what goes by `key`; the first one has it made by `create`. */
  acquire(key: string, create: () => T): Lease<T> {
    const entry = this.#entries.get(key) ?? { value: create(), users: 0 };
    this.#entries.set(key, entry);
    entry.users++;
    let released: Promise<void> | undefined;
    return { value: entry.value, release: () => (released ??= this.#leave(key, entry)) };
  }

  async #leave(key: string, entry: { value: T; users: number }): Promise<void> {
    if (--entry.users > 0) return;
    this.#entries.delete(key);
    await entry.value.close();
  }
}
