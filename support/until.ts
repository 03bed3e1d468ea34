/** Waits for what comes sooner or later; mocha's timeout is the limit. */
export async function until(look: () => unknown): Promise<void> {
  while (!(await look()))
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
}
