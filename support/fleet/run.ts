import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ExtractedDigit } from '../../lib/extract/digit';
import { encodeJob } from '../../lib/fleet/job';
import type { FleetReading } from '../../lib/fleet/reading-message';
import { JobPublisher } from '../../lib/fleet/job-publisher';
import { readJudgedDigits } from '../../lib/pipeline/reader';
import { acquireInk } from '../../lib/ink/ink';
import { photograph } from '../drawn-pictures';

/** The digits of a drawn photograph of 640 × 480. */
export async function digitsOf(text: string): Promise<ExtractedDigit[]> {
  const ink = acquireInk();
  try {
    return (await readJudgedDigits(ink, await photograph(text))).digits;
  } finally {
    await ink.release();
  }
}

/** @returns the process once it takes jobs */
export async function startReader(url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(__dirname, 'reader.js'), url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (data: Buffer) => {
    printed += data.toString();
  });
  while (!printed.includes('connected')) await once(child.stdout, 'data');
  return child;
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export interface Outcome {
  readings: FleetReading[];
  /**
   * From the first reading to the last: before, all jobs are packed in this process, which is work of the cameras' own.
   */
  milliseconds: number;
  again: number;
  repeated: number;
  bytes: number;
}

/**
 * Has so many cameras send frames of four digits, and waits for all readings.
 * @param during called each time a reading has come, with how many have
 */
export async function sendFrames(
  url: string,
  cameras: number,
  frames: number,
  during: (answered: number) => void = () => undefined,
): Promise<Outcome> {
  const digits = await digitsOf('4072');
  const readings: FleetReading[] = [];
  const each = Math.ceil(frames / cameras);
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const senders = Array.from(
    { length: cameras },
    (_, i) =>
      new JobPublisher(
        { url, prefix: 'digits' },
        { camera: `room ${i}/+#`, queue: each, timeout: 3000, expiry: 600 },
        {
          onState: () => undefined,
          onReading: (reading) => {
            began ||= performance.now();
            readings.push(reading);
            during(readings.length);
            if (readings.length === cameras * each) finish();
          },
          onError: (error) => {
            console.error(error.message);
          },
        },
      ),
  );
  let began = 0;
  let bytes = 0;
  for (const [camera, sender] of senders.entries()) {
    for (let sequence = 0; sequence < each; sequence++) {
      const job = {
        camera: `room ${camera}/+#`,
        id: `${camera}-${sequence}`,
        at: Date.now(),
        run: 'r',
        sequence,
        width: 640,
        height: 480,
        digits,
      };
      bytes ||= encodeJob(job).length;
      sender.send(job, false);
    }
  }
  await finished;
  const milliseconds = performance.now() - began;
  await Promise.all(senders.map((sender) => sender.close()));
  const sum = (name: 'again' | 'repeated'): number => senders.reduce((all, { counts }) => all + counts[name], 0);
  return { readings, milliseconds, again: sum('again'), repeated: sum('repeated'), bytes };
}
