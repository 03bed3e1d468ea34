// npm run soak [-- --only speed,backpressure,kills,redeploys,workers,writes,memory] [--seconds N] [--times N] [--frames
// N]: the live stream for a long time, in a real Node-RED with a fake camera program, whose processes and threads are
// killed and stuck. Prints a table.
import { parseArgs } from 'node:util';
import { backpressure, kills, memory, redeploys, speed, workers, writes, type Result } from './soak/rows';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      seconds: { type: 'string' },
      times: { type: 'string' },
      frames: { type: 'string' },
    },
  });
  const number = (name: string, text: string | undefined): Record<string, number> =>
    text === undefined ? {} : { [name]: Number(text) };
  const seconds = number('seconds', values.seconds);
  const rows: Record<string, () => Promise<Result[]>> = {
    speed: async () => [
      ...(await speed(seconds)),
      ...(await speed({ ...seconds, nodes: ['digits-classify', 'digits-filter'] })),
    ],
    backpressure: () => backpressure(seconds),
    kills: () => kills(number('times', values.times)),
    redeploys: () => redeploys(number('times', values.times)),
    workers: () => workers(number('times', values.times)),
    writes: () => writes(number('times', values.times)),
    memory: () => memory(number('frames', values.frames)),
  };
  const names = values.only?.split(',') ?? Object.keys(rows);
  for (const name of names) {
    if (!Object.hasOwn(rows, name))
      throw new Error(`expected --only to name some of ${Object.keys(rows).join(', ')}, got ${name}`);
    for (const { what, wanted, measured, reached } of await rows[name]!()) {
      console.log(`${what.padEnd(62)} ${wanted.padEnd(13)} ${measured.padEnd(26)} ${reached ? '' : 'NOT REACHED'}`);
      if (!reached) process.exitCode = 1;
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
