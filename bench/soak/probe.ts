// Loaded into Node-RED by its settings file: counts what passes, and answers the soak's questions.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Frame } from '../../lib/pictures/frame';
import type { RawPicture } from '../../lib/pictures/picture';
import { stampOf } from '../../support/stamp';
import { doHarm, type HarmOrder } from './meddle';

/** What has happened since the last question, and how it stands. */
export interface ProbeReport {
  /** By the node's type: messages that came, that are done, that failed, and the most that were there at once. */
  nodes: Record<string, { received: number; completed: number; failed: number; most: number }>;
  /** Readings that left classify, and when each did, milliseconds since 1970. */
  readings: number;
  readingTimes: number[];
  /** By the sender's type: messages sent to its first output. */
  sent: Record<string, number>;
  /** States that the live stream told. */
  states: string[];
  /** Of the event loop, beyond what was to be waited anyway, milliseconds. */
  loopP99: number;
  loopMax: number;
  /** Of frames when classify took them up, milliseconds. */
  ages: number[];
  /** Resident memory, bytes; and what JavaScript holds of it. */
  rss: number;
  held: number;
  /** Share of one processor that Node-RED took. */
  processor: number;
  /** Timers, processes, pipes and the like that are there now, and listeners for the start of flows. */
  resources: number;
  listeners: number;
}

interface Sent {
  msg: { payload?: unknown; frame?: Frame };
  source: { node?: { type: string }; port: number };
}
interface Received {
  msg: { payload?: unknown; frame?: Frame };
  destination: { node?: { type: string } };
}
interface Completed {
  node: { node: { type: string } };
  error?: unknown;
}
interface Hooks {
  add(name: string, hook: (event: never) => void): void;
}

/** Timers of less than this are too coarse to be waited for exactly, milliseconds. */
const RESOLUTION = 2;

const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
const taken = new WeakMap<object, number>();
let report = empty();
let usage = process.cpuUsage();
let since = performance.now();

function empty(): ProbeReport {
  return {
    nodes: {},
    readings: 0,
    readingTimes: [],
    sent: {},
    states: [],
    loopP99: 0,
    loopMax: 0,
    ages: [],
    rss: 0,
    held: 0,
    processor: 0,
    resources: 0,
    listeners: 0,
  };
}

function of(type: string): ProbeReport['nodes'][string] {
  return (report.nodes[type] ??= { received: 0, completed: 0, failed: 0, most: 0 });
}

/** Called by the slow model when it begins with these digits. */
export function takeUp(images: readonly Uint8Array[]): void {
  const at = images.length > 0 ? taken.get(images[0]!) : undefined;
  if (at !== undefined) report.ages.push(Date.now() - at);
}

export function installProbe(): void {
  const { hooks } = require('@node-red/util') as { hooks: Hooks };
  hooks.add('onSend.soak', (events: Sent[]) => {
    for (const { msg, source } of events) {
      const type = source.node?.type ?? '';
      if (source.port === 0) report.sent[type] = (report.sent[type] ?? 0) + 1;
      else if (type === 'digits-camera') report.states.push((msg.payload as { state: string }).state);
      if (type === 'digits-classify') {
        report.readings++;
        report.readingTimes.push(Date.now());
      }
    }
  });
  hooks.add('onReceive.soak', ({ msg, destination }: Received) => {
    const type = destination.node?.type ?? '';
    of(type).received++;
    const first: unknown = Array.isArray(msg.payload)
      ? (msg.payload[0] as { image?: unknown } | undefined)?.image
      : undefined;
    if (type === 'digits-classify' && first instanceof Uint8Array && msg.frame)
      taken.set(first, stampOf(msg.frame.image as Buffer | RawPicture).at);
  });
  // Only now has a message that gave way been done.
  hooks.add('postReceive.soak', ({ destination }: Received) => {
    const node = of(destination.node?.type ?? '');
    node.most = Math.max(node.most, node.received - node.completed);
  });
  hooks.add('onComplete.soak', ({ node, error }: Completed) => {
    const counted = of(node.node.type);
    counted.completed++;
    if (error) counted.failed++;
  });
  loop.enable();
  process.on('message', (question: string | HarmOrder) => {
    if (typeof question === 'object') {
      void doHarm(question).then((harmed) => process.send?.(harmed));
      return;
    }
    // Twice: what the first one finds unused is given back by the second.
    for (let i = 0; question === 'collect' && i < 2; i++) (globalThis as { gc?: () => void }).gc?.();
    process.send?.(answer());
  });
  process.on('disconnect', () => {
    process.exit(1);
  });
  process.channel?.unref();
}

function answer(): ProbeReport {
  const now = performance.now();
  const { user, system } = process.cpuUsage(usage);
  const memory = process.memoryUsage();
  const result: ProbeReport = {
    ...report,
    loopP99: loop.percentile(99) / 1e6 - RESOLUTION,
    loopMax: loop.max / 1e6 - RESOLUTION,
    rss: memory.rss,
    held: memory.heapUsed + memory.external,
    processor: (user + system) / 1000 / (now - since),
    resources: process.getActiveResourcesInfo().length,
    listeners: (require('@node-red/util') as { events: NodeJS.EventEmitter }).events.listenerCount('flows:started'),
  };
  // Messages that are still under way count on.
  const nodes = Object.fromEntries(
    Object.entries(report.nodes).map(([type, { received, completed }]) => {
      const open = received - completed;
      return [type, { received: open, completed: 0, failed: 0, most: open }];
    }),
  );
  report = { ...empty(), nodes };
  loop.reset();
  usage = process.cpuUsage();
  since = now;
  return result;
}
