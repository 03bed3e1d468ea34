import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../support/drawing/random';
import { killedModels, killedSamples } from './killed-writers';
import type { Harm } from './meddle';
import { SoakedNodeRed, type SoakFlow } from './node-red';
import type { ProbeReport } from './probe';

/** One line of the table. */
export interface Result {
  what: string;
  wanted: string;
  measured: string;
  reached: boolean;
}

const LUMA = { width: 640, height: 480, framerate: 30, kind: 'luma' };
const STEPS = ['digits-threshold', 'digits-extract', 'digits-classify', 'digits-filter'];

/** Time for the first frames, the engine and the compiler, milliseconds. */
const WARM_UP = 10_000;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function inNodeRed<T>(flow: SoakFlow, action: (nodeRed: SoakedNodeRed) => Promise<T>): Promise<T> {
  const nodeRed = new SoakedNodeRed();
  try {
    await nodeRed.start(flow);
    return await action(nodeRed);
  } finally {
    await nodeRed.stop();
    nodeRed.fake.remove();
  }
}

/** Most messages that waited at a node beside the one in work. */
function mostWaiting({ nodes }: ProbeReport): number {
  return Math.max(0, ...Object.values(nodes).map(({ most }) => most - 1));
}

/** Luma at 30 a second from the camera to the text. */
export async function speed({ seconds = 30, nodes = STEPS }: { seconds?: number; nodes?: string[] } = {}): Promise<
  Result[]
> {
  return inNodeRed({ camera: LUMA, nodes }, async (nodeRed) => {
    await sleep(WARM_UP);
    await nodeRed.report();
    await sleep(seconds * 1000);
    const report = await nodeRed.report();
    const rate = report.readings / seconds;
    const waiting = mostWaiting(report);
    const what = `luma 640×480 at 30/s, ${nodes.length === STEPS.length ? 'each step a node' : 'classify alone'}`;
    return [
      { what: `${what}: readings`, wanted: '30/s', measured: `${rate.toFixed(1)}/s`, reached: rate >= 29.5 },
      { what: '  most frames waiting in a node', wanted: '1', measured: String(waiting), reached: waiting <= 1 },
      {
        what: '  event-loop delay, p99',
        wanted: 'below 10 ms',
        measured: `${report.loopP99.toFixed(1)} ms`,
        reached: report.loopP99 < 10,
      },
      { what: '  event-loop delay, longest', wanted: '', measured: `${report.loopMax.toFixed(1)} ms`, reached: true },
      {
        what: '  one processor, taken by Node-RED',
        wanted: '',
        measured: `${Math.round(report.processor * 100)} %`,
        reached: true,
      },
    ];
  });
}

/** A flow that is slower than its camera. */
export async function backpressure({ seconds = 60 } = {}): Promise<Result[]> {
  return inNodeRed({ camera: LUMA, nodes: STEPS, slow: 500 }, async (nodeRed) => {
    await sleep(WARM_UP);
    // How much is resident sways by some megabytes, as frames come and go: the largest of some is compared with the
    // largest of some.
    let most = 0;
    let largestAtFirst = 0;
    let largest = 0;
    for (let i = 0; i < 4; i++) {
      await sleep(5000);
      largestAtFirst = Math.max(largestAtFirst, (await nodeRed.report('collect')).rss);
    }
    const ages: number[] = [];
    for (let second = 0; second < seconds; second += 10) {
      // What was held up by the garbage collection does not count.
      await sleep(1000);
      most = Math.max(most, mostWaiting(await nodeRed.report()));
      await sleep(9000);
      const report = await nodeRed.report();
      most = Math.max(most, mostWaiting(report));
      ages.push(...report.ages);
      largest = Math.max(largest, (await nodeRed.report('collect')).rss);
    }
    ages.sort((a, b) => a - b);
    const oldest = ages.at(-1) ?? 0;
    const allowed = 100 + 1000 / LUMA.framerate;
    const growth = largest - largestAtFirst;
    return [
      {
        what: `classify takes 500 ms, ${seconds} s: most frames waiting`,
        wanted: '1',
        measured: String(most),
        reached: most <= 1,
      },
      {
        what: '  memory, more than at the start',
        wanted: 'below 10 MB',
        measured: megabytes(growth),
        reached: growth < 10e6,
      },
      {
        what: `  age of ${ages.length} frames when taken up, oldest`,
        wanted: `${Math.round(allowed)} ms`,
        measured: `${oldest} ms (median ${ages.at(ages.length >> 1) ?? 0} ms)`,
        reached: ages.length > 0 && oldest <= allowed,
      },
    ];
  });
}

/** Counts what has come until the last look. */
class Tally {
  /** How often the stream has become live. */
  live = 0;
  received = 0;
  private readonly open: Partial<Record<string, number>> = {};

  constructor(private readonly nodeRed: SoakedNodeRed) {}

  async look(): Promise<void> {
    const { nodes, states } = await this.nodeRed.report();
    this.live += states.filter((state) => state === 'live').length;
    for (const [type, counted] of Object.entries(nodes)) {
      // What was under way at the last look is counted again.
      this.received += counted.received - (this.open[type] ?? 0);
      this.open[type] = counted.received - counted.completed;
    }
  }

  /** Messages that are not done. */
  get lost(): number {
    return Object.values(this.open).reduce<number>((sum, count = 0) => sum + count, 0);
  }
}

/** The camera program killed at random moments. */
export async function kills({ times = 100 } = {}): Promise<Result[]> {
  return inNodeRed({ camera: LUMA, nodes: STEPS }, async (nodeRed) => {
    const { fake } = nodeRed;
    const random = new Random(Date.now());
    const tally = new Tally(nodeRed);
    const killed = new Set<number>();
    const alive = async (): Promise<number> => {
      for (;;) {
        // One that was killed is there until Node-RED has taken note of its end.
        const pid = fake.alive.find((each) => !killed.has(each));
        if (pid) return pid;
        await sleep(20);
      }
    };
    for (let i = 0; i < times; i++) {
      const pid = await alive();
      await sleep(random.between(0, 1200));
      killed.add(pid);
      process.kill(pid, 'SIGKILL');
      await tally.look();
    }
    // The last one has to come back, too, after whatever wait.
    const before = tally.live;
    for (let i = 0; i < 70; i++) {
      await sleep(1000);
      await tally.look();
      if (tally.live > before) break;
    }
    const recoveries = fake.runs.length - 1;
    const { zombies } = nodeRed;
    const running = fake.alive.length;
    await sleep(500);
    process.kill(await alive(), 'SIGSTOP');
    await sleep(1500);
    await tally.look();
    const { lost, received } = tally;
    await nodeRed.stop();
    const orphans = fake.alive.length;
    return [
      {
        what: `camera killed ${times} times: begun again`,
        wanted: String(times),
        measured: String(recoveries),
        reached: recoveries >= times && tally.live > before,
      },
      {
        what: '  camera programs at the end, zombies, orphans',
        wanted: '1, 0, 0',
        measured: `${running}, ${zombies}, ${orphans}`,
        reached: running === 1 && zombies === 0 && orphans === 0,
      },
      { what: `  messages of ${received} not done`, wanted: '0', measured: String(lost), reached: lost === 0 },
    ];
  });
}

/** The same flows deployed again and again, at random moments. */
export async function redeploys({ times = 100 } = {}): Promise<Result[]> {
  return inNodeRed({ camera: LUMA, nodes: STEPS }, async (nodeRed) => {
    const { fake } = nodeRed;
    const random = new Random(Date.now());
    let most = 0;
    let troubles = 0;
    let first: ProbeReport | undefined;
    /**
     * Waits until frames come; of some looks the one with the least, as a frame under way has timers and pipes, too.
     */
    const settle = async (): Promise<ProbeReport> => {
      let least = await nodeRed.report();
      for (; least.readings <= 20; least = await nodeRed.report()) await sleep(1000);
      for (let i = 0; i < 10; i++) {
        await sleep(100);
        const report = await nodeRed.report();
        if (report.resources < least.resources) least = report;
      }
      return least;
    };
    for (let i = 0; i < times; i++) {
      if (i === 5) first = await settle();
      await nodeRed.deploy();
      await sleep(random.between(0, 600));
      most = Math.max(most, fake.alive.length);
      troubles += (await nodeRed.report()).states.filter((state) => state === 'waiting' || state === 'refused').length;
    }
    const last = await settle();
    first ??= last;
    const lost = await unanswered(nodeRed);
    const more = last.resources - first.resources;
    return [
      {
        what: `${times} redeploys: most camera programs at once`,
        wanted: '1',
        measured: String(most),
        reached: most <= 1,
      },
      {
        what: '  times that the camera was not free',
        wanted: '0',
        measured: String(troubles),
        reached: troubles === 0,
      },
      { what: '  messages that are neither done nor failed', wanted: '0', measured: String(lost), reached: lost === 0 },
      {
        what: '  timers, pipes, processes and listeners, more than after 5',
        wanted: '0',
        measured: `${more} (of ${last.resources}), ${last.listeners - first.listeners}`,
        reached: more <= 0 && last.listeners <= first.listeners,
      },
    ];
  });
}

/** Holds the camera, and tells how many messages are not done when nothing comes any more. */
async function unanswered(nodeRed: SoakedNodeRed): Promise<number> {
  for (const pid of nodeRed.fake.alive) process.kill(pid, 'SIGSTOP');
  let open = 0;
  for (let i = 0; i < 40; i++) {
    await sleep(500);
    const { nodes } = await nodeRed.report();
    open = Object.values(nodes).reduce((sum, { received, completed }) => sum + received - completed, 0);
    if (open === 0) break;
  }
  return open;
}

/** Workers that read: their scripts, and what people call them. */
const WORKERS = { 'ink-worker': 'the ink worker' };

const HARMS: Record<Harm, string> = { exit: 'ended', throw: 'threw', stick: 'stuck' };

/** The next reading has to come within so long after a worker came to harm, milliseconds. */
const RECOVERED = 3000;

/** Later ones are not waited for, milliseconds. */
const GIVEN_UP = 30_000;

/** Workers that end, throw or never come back while frames flow. */
export async function workers({ times = 10 } = {}): Promise<Result[]> {
  const results: Result[] = [];
  let left = Object.entries(WORKERS).flatMap(([script, name]) =>
    (Object.entries(HARMS) as [Harm, string][]).map(([harm, did]) => ({ script, harm, what: `${name} ${did}` })),
  );
  let lost = 0;
  let usual = 0;
  // One that has not recovered is no good for the next harm.
  while (left.length > 0) {
    await inNodeRed({ camera: { ...LUMA, framerate: 10 }, nodes: STEPS }, async (nodeRed) => {
      usual = Math.max(usual, await longestGap(nodeRed, Date.now() + WARM_UP));
      for (let lasting = true; lasting && left.length > 0; left = left.slice(1)) {
        const { script, harm, what } = left[0]!;
        const gaps: number[] = [];
        for (let i = 0; lasting && i < times; i++) {
          const since = Date.now();
          await nodeRed.harm(script, harm);
          const gap = await longestGap(nodeRed, since);
          gaps.push(gap);
          lasting = gap < GIVEN_UP;
        }
        const longest = Math.max(...gaps);
        results.push({
          what: `${what} ${gaps.length} times: longest without a reading`,
          wanted: 'below 3 s',
          measured: lasting ? `${(longest / 1000).toFixed(1)} s` : 'for ever',
          reached: lasting && longest <= RECOVERED,
        });
      }
      lost += await unanswered(nodeRed);
    });
  }
  results.push(
    {
      what: '  longest without a reading, without any harm',
      wanted: '',
      measured: `${(usual / 1000).toFixed(1)} s`,
      reached: true,
    },
    { what: '  messages that are neither done nor failed', wanted: '0', measured: String(lost), reached: lost === 0 },
  );
  return results;
}

/** The longest time without a reading, from `since` until frames have flowed for a while, milliseconds. */
async function longestGap(nodeRed: SoakedNodeRed, since: number): Promise<number> {
  const times = [since];
  while (times.length < 30) {
    await sleep(200);
    times.push(...(await nodeRed.report()).readingTimes.filter((time) => time > since));
    if (times.length < 30 && Date.now() - (times.at(-1) ?? since) > GIVEN_UP) return GIVEN_UP;
  }
  return Math.max(...times.slice(1).map((time, i) => time - times[i]!));
}

/** Whoever writes models and samples is killed at random moments. */
export async function writes({ times = 50 } = {}): Promise<Result[]> {
  const dice = new Random(Date.now());
  const rows: Record<string, () => ReturnType<typeof killedSamples>> = {
    'a model in a folder': () => killedModels('model', times, dice),
    'a .keras file': () => killedModels('model.keras', times, dice),
    samples: () => killedSamples(times, dice),
  };
  const results: Result[] = [];
  for (const [what, run] of Object.entries(rows)) {
    const { broken, left, after } = await run();
    results.push(
      {
        what: `${what}, the writer killed ${times} times: not whole`,
        wanted: '0',
        measured: String(broken),
        reached: broken === 0,
      },
      {
        what: '  temporary files that stay for ever',
        wanted: '0',
        measured: `${left} (of ${after})`,
        reached: left === 0,
      },
    );
  }
  return results;
}

/** Frames without end. */
export async function memory({ frames = 20_000 } = {}): Promise<Result[]> {
  return inNodeRed({ camera: { ...LUMA, width: 320, height: 240, framerate: 240 }, nodes: STEPS }, async (nodeRed) => {
    const began = Date.now();
    let sent = 0;
    let readings = 0;
    let early: number | undefined;
    let last: ProbeReport;
    do {
      await sleep(2000);
      last = await nodeRed.report('collect');
      sent += last.sent['digits-camera'] ?? 0;
      readings += last.readings;
      if (sent >= 5000) early ??= last.rss;
    } while (sent < frames);
    const growth = (last.rss / (early ?? last.rss) - 1) * 100;
    return [
      {
        what: `memory after ${sent} frames, against after 5000`,
        wanted: '5 % more',
        measured: `${growth.toFixed(1)} % (${megabytes(early ?? 0)}, ${megabytes(last.rss)})`,
        reached: growth <= 5,
      },
      {
        what: '  in',
        wanted: '',
        measured: `${Math.round((Date.now() - began) / 1000)} s, ${readings} read`,
        reached: true,
      },
    ];
  });
}
