import { readFile } from 'node:fs/promises';
import type { ChildProcess } from 'node:child_process';
import { hasMosquitto, Mosquitto } from '../support/fleet/mosquitto';
import { kill, sendFrames, startReader } from '../support/fleet/run';

export interface FleetFigures {
  /**
   * Jobs of four digits that one reader answers in a second, with broker and cameras beside it; NaN without Mosquitto.
   */
  fleetJobs: number;
  /** How many times as many two readers answer. */
  fleetTwoReaders: number;
  /** Processor time of a job in the reader and in the camera, milliseconds; Linux only, elsewhere NaN. */
  fleetReader: number;
  fleetCamera: number;
}

const CAMERAS = 4;

/** A clock tick of Linux' process statistics, milliseconds. */
const TICK = 10;

/** Cameras, a real broker and one or two readers, each in a process of its own. */
export async function measureFleet(frames = 2000): Promise<FleetFigures> {
  if (!hasMosquitto) return { fleetJobs: NaN, fleetTwoReaders: NaN, fleetReader: NaN, fleetCamera: NaN };
  const broker = new Mosquitto();
  const readers: ChildProcess[] = [];
  try {
    await broker.start();
    readers.push(await startReader(broker.url));
    await sendFrames(broker.url, CAMERAS, frames / 4);
    const before = await processorTime(readers[0]!.pid);
    const camera = process.cpuUsage();
    const one = await sendFrames(broker.url, CAMERAS, frames);
    const { user, system } = process.cpuUsage(camera);
    const taken = (await processorTime(readers[0]!.pid)) - before;
    readers.push(await startReader(broker.url));
    await sendFrames(broker.url, CAMERAS, frames / 4);
    const two = await sendFrames(broker.url, CAMERAS, frames);
    return {
      fleetJobs: (frames / one.milliseconds) * 1000,
      fleetTwoReaders: one.milliseconds / two.milliseconds,
      fleetReader: taken / frames,
      fleetCamera: (user + system) / 1000 / frames,
    };
  } finally {
    await Promise.all(readers.map(kill));
    await broker.remove();
  }
}

/** Of a process with all its threads, milliseconds. */
async function processorTime(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [user = NaN, system = NaN] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) * TICK;
}
