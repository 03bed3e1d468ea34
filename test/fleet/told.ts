/** What somebody has been told, in order, and a way to wait for it. */
export class Told<T> {
  readonly all: T[] = [];
  #arrived: () => void = () => undefined;

  readonly add = (value: T): void => {
    this.all.push(value);
    this.#arrived();
  };

  /** Waits until one is so. */
  async first(isSo: (value: T) => boolean = () => true): Promise<T> {
    await this.until(() => this.all.some(isSo));
    return this.all.find(isSo) as T;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo())
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
  }
}
