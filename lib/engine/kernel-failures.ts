/** What XNNPACK, which computes for the wasm engine, said last of what it could not compute; and how often it has. */
let last = '';
let count = 0;

/**
 * Listens for what the wasm engine cannot compute, for want of memory or because a layer makes no sense: it says so on
 * the console only, and gives for a result what happened to lie in memory. To be called before the engine is started,
 * which keeps the console that it finds.
 */
export function watchKernels(): void {
  const warn = console.warn.bind(console);
  console.warn = (...said: unknown[]) => {
    if (!/^XNN status\b/.test(String(said[0]))) {
      warn(...said);
      return;
    }
    last = String(said[0]).slice(0, 120);
    count++;
  };
}

/** How often something could not be computed so far, and what was said last. */
export function kernelFailures(): { count: number; last: string } {
  return { count, last };
}
