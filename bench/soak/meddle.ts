// Loaded before anything else into a Node-RED that is soaked and into its threads: lets the probe end a worker thread
// or make it busy for ever, whatever it was started with.
import { basename } from 'node:path';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

/** How a worker comes to harm: it ends, it throws, or it never comes back from what it does. */
export type Harm = 'exit' | 'throw' | 'stick';

export interface HarmOrder {
  harm: Harm;
  script: string;
}
export interface Harmed {
  threadId: number;
  script: string;
}

const CHANNEL = 'soak';

if (!isMainThread) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event) => {
    // It is not told before the script has begun.
    const script = basename(process.argv[1]!, '.js');
    const order = (event as { data: Partial<HarmOrder> }).data;
    if (order.script !== script) return;
    channel.postMessage({ threadId, script } satisfies Harmed);
    // The message is on its way when the next turn begins.
    setImmediate(() => {
      if (order.harm === 'exit') process.exit(1);
      if (order.harm === 'stick') for (;;);
      throw new Error('made to throw by the soak');
    });
  };
  channel.unref();
}

/** Harms the worker threads that run a script, e.g. `ink-worker`; answers with how many there were. */
export async function doHarm(order: HarmOrder): Promise<number> {
  const channel = new BroadcastChannel(CHANNEL);
  try {
    return await new Promise((resolve) => {
      const found = new Set<number>();
      const timer = setTimeout(() => {
        resolve(found.size);
      }, 5000);
      channel.onmessage = (event) => {
        const { threadId: id } = (event as { data: Partial<Harmed> }).data;
        if (id === undefined) return;
        found.add(id);
        clearTimeout(timer);
        resolve(found.size);
      };
      channel.postMessage(order);
    });
  } finally {
    channel.close();
  }
}
