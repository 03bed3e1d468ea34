import { ErrorThrottle } from './error-throttle';
import { FleetError } from './errors';
import { encodeJob, jobKey, type Job, type JobKey } from './job';
import { Link, type BrokerSettings, type LinkState } from './link';
import { checkRanges } from './options';
import { checkReading, decodeReading, expectedOf, type Expected, type FleetReading } from './reading-message';
import { checkCamera, topicsBelow } from './topics';

/** Jobs that wait, together: a thousand of the usual 800 bytes are far below. */
const MOST_QUEUED_BYTES = 64e6;

/** Answered jobs that are remembered, to tell a reading that comes again from one that nobody asked for. */
const REMEMBERED = 1000;

export interface JobPublisherOptions {
  camera: string;
  /** Jobs that are out, not answered yet; more wait here. 1 to 1000, default 16. */
  window?: number | undefined;
  /** Jobs that may wait here. 1 to 100,000, default 1000. */
  queue?: number | undefined;
  /**
   * After so long without an answer a job is sent again, then after twice as long, and so on; 100 to 3,600,000
   * milliseconds. Default 15,000.
   */
  timeout?: number | undefined;
  /** A job that has no answer after so long is given up, 1 to 86,400 seconds. Default 600. */
  expiry?: number | undefined;
  /**
   * Least time between two errors of one kind; what comes between is told as one, with its count. Milliseconds, default
   * 60,000.
   */
  tellEvery?: number | undefined;
}

export interface JobPublisherListener {
  onState(state: LinkState): void;
  /** Once for each job that is answered. */
  onReading(reading: FleetReading): void;
  onError(error: FleetError): void;
}

interface Sent {
  key: string;
  expected: Expected;
  bytes: Buffer;
  live: boolean;
  at: number;
  again: number;
  timeout: number;
}

/**
 * A camera's side: keeps every job until its reading has come, and sends it again where none comes. So nothing is lost
 * with a reader or a broker that dies; what is read twice has the same id. A reading that is not that of a job is
 * refused, and the job stays out for the true one.
 */
export class JobPublisher {
  /**
   * Counted since the start. Readings: `answered` a job, `repeated` one for a job that has been answered, `refused`
   * where they are that of no job that is out, `damaged` where they are none. Jobs: `sent`, `again`, `dropped` where a
   * newer live frame came, `expired`, and `lost` when the sender was closed before they were answered.
   */
  readonly counts = {
    sent: 0,
    again: 0,
    answered: 0,
    repeated: 0,
    refused: 0,
    damaged: 0,
    dropped: 0,
    expired: 0,
    lost: 0,
  };
  readonly #options;
  readonly #link: Link;
  readonly #topic: string;
  readonly #errors: ErrorThrottle;
  readonly #queue: Sent[] = [];
  readonly #out = new Map<string, Sent>();
  readonly #answered = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #queuedBytes = 0;

  /** @throws FleetError where the settings make no sense */
  constructor(
    broker: BrokerSettings,
    { camera, window = 16, queue = 1000, timeout = 15_000, expiry = 600, tellEvery }: JobPublisherOptions,
    private readonly listener: JobPublisherListener,
  ) {
    checkCamera(camera);
    checkRanges({ window, queue, timeout, expiry });
    this.#options = { camera, window, queue, timeout, expiry };
    this.#errors = new ErrorThrottle((error) => {
      listener.onError(error);
    }, tellEvery);
    const topics = topicsBelow(broker.prefix);
    this.#topic = topics.job(camera);
    this.#link = new Link(broker, topics.reading(camera), 100, {
      onState: (state) => {
        listener.onState(state);
      },
      onMessage: (_topic, payload, acknowledge) => {
        acknowledge();
        this.#answer(payload);
      },
    });
    this.#timer = setInterval(
      () => {
        this.#look();
      },
      Math.min(1000, timeout / 2),
    );
    this.#timer.unref();
  }

  get open(): number {
    return this.#queue.length + this.#out.size;
  }

  /**
   * @param live of live frames, only the newest waits
   * @throws FleetError where it is no job that a reader takes, where too many wait, and once closed
   */
  send(job: Job, live: boolean): void {
    if (this.#link.isClosed)
      throw new FleetError('nothing more is sent: the connection to the broker has been closed', 'stopped');
    const { camera, queue, timeout } = this.#options;
    const bytes = encodeJob(job);
    const key = jobKey(job);
    if (job.camera !== camera)
      throw new FleetError(`expected a job of ${camera}, got one of ${job.camera}`, 'other camera');
    if (this.#out.has(key) || this.#queue.some((sent) => sent.key === key))
      throw new FleetError(
        `expected a new job, got one that is not answered yet: run ${job.run}, sequence ${job.sequence}`,
        'same job',
      );
    const older = live ? this.#queue.find((sent) => sent.live) : undefined;
    if (older) {
      this.#queue.splice(this.#queue.indexOf(older), 1);
      this.#queuedBytes -= older.bytes.length;
      this.counts.dropped++;
    }
    if (this.#queue.length >= queue || this.#queuedBytes + bytes.length > MOST_QUEUED_BYTES) {
      throw new FleetError(
        `frames come faster than the readers read: ${this.#queue.length} are waiting already`,
        'too many frames',
      );
    }
    this.#queue.push({ key, expected: expectedOf(job), bytes, live, at: performance.now(), again: 0, timeout });
    this.#queuedBytes += bytes.length;
    this.#fill();
  }

  /** Jobs without an answer are counted as lost, and told of. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const out = this.#out.size;
    const waiting = this.#queue.splice(0).length;
    this.#out.clear();
    this.counts.lost += out + waiting;
    if (out + waiting > 0)
      this.#errors.add(
        new FleetError(
          `stopped before the readers had answered; frames that are lost: ${out} sent, ${waiting} waiting`,
          'stopped',
        ),
      );
    this.#errors.close();
    await this.#link.close();
  }

  #fill(): void {
    while (this.#out.size < this.#options.window) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#queuedBytes -= next.bytes.length;
      this.#out.set(next.key, next);
      this.counts.sent++;
      this.#publish(next);
    }
  }

  #publish(sent: Sent): void {
    sent.again = Infinity;
    this.#link
      .publish(this.#topic, sent.bytes, this.#options.expiry)
      .catch((error: unknown) => {
        if (!this.#link.isClosed) this.#errors.add(error as FleetError);
      })
      .finally(() => {
        sent.again = performance.now() + sent.timeout;
        sent.timeout *= 2;
      });
  }

  #answer(payload: Buffer): void {
    let reading;
    try {
      reading = decodeReading(payload);
    } catch (error) {
      this.counts.damaged++;
      this.#errors.add(error as FleetError);
      return;
    }
    const key = jobKey(reading);
    if (this.#answered.has(key)) {
      this.counts.repeated++;
      return;
    }
    try {
      const { expected } = this.#find(reading, key);
      checkReading(reading, expected);
    } catch (error) {
      this.counts.refused++;
      this.#errors.add(error as FleetError);
      return;
    }
    this.#out.delete(key);
    this.#remember(key);
    this.counts.answered++;
    this.listener.onReading(reading);
    this.#fill();
  }

  /** @throws FleetError where no such job is out */
  #find({ camera, id, run, sequence, reader }: JobKey & { reader: string }, key: string): Sent {
    const sent = this.#out.get(key);
    if (sent) return sent;
    throw new FleetError(
      `refused a reading by ${reader} for frame ${id} of ${camera}, run ${run}, sequence ${sequence}: ` +
        'no such job is out. It was given up, was sent before this start, or another sender has the same camera name',
      'no such job',
    );
  }

  #remember(key: string): void {
    this.#answered.add(key);
    if (this.#answered.size > REMEMBERED) this.#answered.delete(this.#answered.values().next().value as string);
  }

  #look(): void {
    const now = performance.now();
    const { expiry } = this.#options;
    for (const sent of this.#out.values()) {
      if (now - sent.at > expiry * 1000) {
        this.#out.delete(sent.key);
        this.counts.expired++;
        this.#errors.add(
          new FleetError(
            `no reader has answered for frame ${sent.expected.id} within ${expiry} s; it is given up`,
            'no answer',
          ),
        );
      } else if (now >= sent.again) {
        this.counts.again++;
        this.#publish(sent);
      }
    }
    this.#fill();
  }
}
