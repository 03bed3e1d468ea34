// A camera's side and a reader's, which send each other good jobs and readings.
import type { Job } from '../../lib/fleet/job';
import { JobQueue } from '../../lib/fleet/job-queue';
import type { FleetReading } from '../../lib/fleet/reading-message';
import { JobPublisher } from '../../lib/fleet/job-publisher';
import { drawDigit } from '../../lib/train/synthesis/drawn-digits';
import { Random } from '../../lib/random';

export const CAMERA = 'room 1';
export const PREFIX = 'digits';
export const RUN = 'a1b2c3d4';

const DIGITS = Array.from({ length: 3 }, (_, i) => ({
  image: drawDigit(new Random(5, i)).image,
  box: { x: 100 * i + 20, y: 50, width: 60, height: 90 },
  line: 0,
}));

/** What came since the case began. */
interface Seen {
  readings: FleetReading[];
  jobs: Job[];
  errors: Error[];
}

export class Fleet {
  seen: Seen = { readings: [], jobs: [], errors: [] };
  private readonly answered = new Map<string, () => void>();
  private readonly sender: JobPublisher;
  private readonly queue: JobQueue;
  /** Jobs that the reader leaves unanswered until they are forged for. */
  private readonly held = new Set<string>();

  constructor(
    url: string,
    private readonly connected: () => void,
  ) {
    let links = 0;
    const onState = ({ state }: { state: string }): void => {
      if (state === 'connected' && ++links === 2) this.connected();
    };
    const onError = (error: Error): void => {
      this.seen.errors.push(error);
    };
    this.sender = new JobPublisher(
      { url, prefix: PREFIX },
      { camera: CAMERA, timeout: 20_000 },
      {
        onState,
        onError,
        onReading: (reading) => {
          this.seen.readings.push(reading);
          this.answered.get(reading.id)?.();
        },
      },
    );
    this.queue = new JobQueue(
      { url, prefix: PREFIX },
      { timeout: 60_000 },
      {
        onState,
        onError,
        onJob: (job) => {
          this.take(job);
        },
      },
    );
  }

  /** Sends a job of this camera; the reader answers it when `release` is called. */
  send(job: Job): void {
    this.held.add(job.id);
    this.sender.send(job, false);
  }

  /** Has the reader answer; true when a reading has come by then, whosever it is. */
  async release(job: Job, timeout: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const came = new Promise<boolean>((resolve) => {
      this.answered.set(job.id, () => {
        resolve(true);
      });
      timer = setTimeout(() => {
        resolve(false);
      }, timeout);
    });
    this.held.delete(job.id);
    if (this.seen.jobs.some((taken) => isOf(taken, job))) this.answer(job);
    const whether = this.seen.readings.some(({ id }) => id === job.id) || (await came);
    clearTimeout(timer);
    this.answered.delete(job.id);
    return whether;
  }

  async close(): Promise<void> {
    await Promise.all([this.sender.close(), this.queue.close()]);
  }

  private take(job: Job): void {
    this.seen.jobs.push(job);
    if (job.camera !== CAMERA || !this.held.has(job.id)) this.answer(job);
  }

  private answer(job: Job): void {
    this.queue.answer(job, trueReading(job)).catch((error: unknown) => {
      this.seen.errors.push(error as Error);
    });
  }
}

/** A good job of this camera. */
export function jobOf(sequence: number): Job {
  return {
    camera: CAMERA,
    id: `frame-${sequence}`,
    at: 1.7e12 + sequence,
    run: RUN,
    sequence,
    width: 400,
    height: 200,
    digits: DIGITS,
  };
}

/** What the reader here makes of any job: its digits are 1, 2, 3 and so on. */
export function trueReading({ digits }: Pick<Job, 'digits'>): Pick<FleetReading, 'text' | 'confidence' | 'digits'> {
  const read = digits.slice(0, 9).map(({ box, line }, i) => ({
    digit: i + 1,
    confidence: 0.9,
    probabilities: Array.from({ length: 10 }, (_, n) => (n === i + 1 ? 0.9 : 0.01)),
    box,
    line,
  }));
  return { text: read.map(({ digit }) => digit).join(''), confidence: read.length > 0 ? 0.9 : 0, digits: read };
}

export const isOf = (one: Job, other: Job): boolean => one.id === other.id && one.camera === other.camera;

export function isTrue(reading: FleetReading, { camera, id, at, run, sequence, digits }: Job): boolean {
  const { text } = trueReading({ digits });
  return (
    reading.camera === camera &&
    reading.id === id &&
    reading.at === at &&
    reading.run === run &&
    reading.sequence === sequence &&
    reading.text === text &&
    reading.reader !== 'forger'
  );
}
