/** Width of the bar itself, characters. */
const WIDTH = 30;

/** Least time between two updates, milliseconds. */
const INTERVAL = 100;

/**
 * One line on the terminal that says how far something is: `MNIST, test ███████░░░░░░░ 42 %`. Nothing is written where
 * the output is no terminal.
 */
export class ProgressBar {
  #shown = 0;

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  /** @param more stands behind the bar, e.g. what remains */
  show(what: string, done: number, total: number, more = ''): void {
    if (!this.out.isTTY || (done < total && Date.now() - this.#shown < INTERVAL)) return;
    this.#shown = Date.now();
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const full = Math.round(share * WIDTH);
    const line =
      `${what}  ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}  ` +
      `${Math.floor(100 * share)} %${more && `  ${more}`}`;
    this.out.write(`\r\x1b[K${line.slice(0, (this.out.columns || 80) - 1)}`);
  }

  /** Takes the line away; what is printed next begins there. */
  clear(): void {
    if (this.out.isTTY) this.out.write('\r\x1b[K');
  }
}
