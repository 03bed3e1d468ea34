import { setTimeout as sleep } from 'node:timers/promises';
import { SoakedNodeRed, type SoakFlow } from './soak/node-red';
import type { ProbeReport } from './soak/probe';

export interface LiveFigures {
  /** Luma of 640×480 at 30 a second from the camera to the text in a real Node-RED: readings a second. */
  liveRate: number;
  /** Processor time in all, as a share of one core: read by classify alone, and with each step a node. */
  liveProcessor: number;
  liveStepsProcessor: number;
  /** Each step a node, beside classify alone. */
  liveStepsRatio: number;
  /** What a reading Node-RED holds beyond one with the collection unused, after a garbage collection, MB. */
  liveMemory: number;
}

const CAMERA = { width: 640, height: 480, framerate: 30, kind: 'luma' };
const STEPS = ['digits-threshold', 'digits-extract', 'digits-classify'];

const READER = 'digits-classify';

/** For the first frames and the compiler, milliseconds. */
const WARM_UP = 10_000;

/** A real Node-RED with a camera program that sends 30 pictures a second. */
export async function measureLive(seconds = 15): Promise<LiveFigures> {
  const unused = await during({ camera: { ...CAMERA, live: false }, nodes: [] }, 1);
  const alone = await during({ camera: CAMERA, nodes: [READER] }, seconds);
  const steps = await during({ camera: CAMERA, nodes: STEPS }, seconds);
  return {
    liveRate: alone.nodes[READER]!.completed / seconds,
    liveProcessor: alone.processor,
    liveStepsProcessor: steps.processor,
    liveStepsRatio: steps.processor / alone.processor,
    liveMemory: (alone.rss - unused.rss) / 1e6,
  };
}

async function during(flow: SoakFlow, seconds: number): Promise<ProbeReport> {
  const nodeRed = new SoakedNodeRed();
  try {
    await nodeRed.start(flow);
    await sleep(WARM_UP);
    await nodeRed.report('collect');
    await sleep(seconds * 1000);
    const report = await nodeRed.report();
    return { ...report, rss: (await nodeRed.report('collect')).rss };
  } finally {
    await nodeRed.stop();
    nodeRed.fake.remove();
  }
}
