// node dist/bench/fleet-check.js [FRAMES]: cameras and readers through a real Mosquitto. Prints figures.
import { loadavg } from 'node:os';
import { Mosquitto } from '../support/fleet/mosquitto';
import { kill, sendFrames, startReader, type Outcome } from '../support/fleet/run';

async function measure(
  name: string,
  readers: number,
  frames: number,
  middle?: (broker: Mosquitto, kill: () => void) => void,
): Promise<number> {
  const broker = new Mosquitto();
  await broker.start();
  const processes = await Promise.all(Array.from({ length: readers }, () => startReader(broker.url)));
  let done = false;
  const outcome: Outcome = await sendFrames(broker.url, 20, frames, (answered) => {
    if (done || answered < frames / 2) return;
    done = true;
    middle?.(broker, () => {
      processes[0]!.kill('SIGKILL');
    });
  });
  await Promise.all(processes.map(kill));
  await broker.remove();
  const rate = ((outcome.readings.length - 1) / outcome.milliseconds) * 1000;
  const distinct = new Set(outcome.readings.map(({ camera, id }) => `${camera} ${id}`)).size;
  console.log(
    `${name}: ${frames} frames, ${distinct} read, ${outcome.again} sent again, ${outcome.repeated} readings ` +
      `recognised as repeated, ${rate.toFixed(0)}/s, job of 4 digits ${outcome.bytes} bytes, load ` +
      loadavg()[0]!.toFixed(1),
  );
  return rate;
}

async function main(): Promise<void> {
  const frames = Number(process.argv[2] ?? 10_000);
  const one = await measure('one reader', 1, frames);
  const two = await measure('two readers', 2, frames);
  console.log(`two against one: ${(two / one).toFixed(2)}`);
  await measure('a reader killed', 2, frames, (_broker, killOne) => {
    killOne();
  });
  await measure('broker restarted', 2, frames, (broker) => {
    void broker.end().then(() => broker.start());
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
