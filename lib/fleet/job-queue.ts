import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { describe } from '../pictures/picture';
import { PublishedReadings } from './published-readings';
import { ErrorThrottle } from './error-throttle';
import { FleetError } from './errors';
import { decodeJob, jobKey, type Job, type JobKey } from './job';
import { Link, type BrokerSettings, type LinkState } from './link';
import { checkRanges } from './options';
import { checkReading, packReading, type FleetReading } from './reading-message';
import { topicsBelow, type Topics } from './topics';

/** Jobs that wait beside those in work: brokers may give out more than was asked for, and anyone may publish. */
const MOST_QUEUED = 1000;

/** How long a reading waits at the broker for its camera, seconds. */
const READING_EXPIRY = 600;

export interface QueueOptions {
  /** Readers of one group share the jobs. Default readers. */
  group?: string | undefined;
  /** Jobs that are taken at a time, 1 to 100. Default 8. */
  inFlight?: number | undefined;
  /**
   * A job that is not answered in so long is left to whoever it is sent to next, 100 to 3,600,000 milliseconds. Default
   * 60,000.
   */
  timeout?: number | undefined;
  /**
   * Least time between two errors of one kind; what comes between is told as one, with its count. Milliseconds, default
   * 60,000.
   */
  tellEvery?: number | undefined;
}

export interface QueueListener {
  onState(state: LinkState): void;
  onJob(job: Job): void;
  onError(error: FleetError): void;
}

/** What was made of a job. */
export type Answer = Pick<FleetReading, 'text' | 'confidence' | 'digits'> &
  Partial<Pick<FleetReading, 'otherWriting' | 'accepted' | 'reason' | 'error'>>;

/** `digest` is that of the message: a camera sends a job again as it was. */
interface Taken {
  key: string;
  digest: string;
  job: Job;
  acknowledge: () => void;
}

interface Open extends Taken {
  timer: NodeJS.Timeout;
}

/** A reader's side: takes its share of the jobs, and acknowledges each only when the broker has the reading. */
export class JobQueue {
  /**
   * Counted since the start: jobs `taken`, `answered`, `repeated` where one came again, `unanswered` where nothing
   * came back, and `dropped` where too many came; messages that are `damaged`.
   */
  readonly counts = { taken: 0, answered: 0, repeated: 0, damaged: 0, unanswered: 0, dropped: 0 };
  readonly #topics: Topics;
  readonly #inFlight: number;
  readonly #timeout: number;
  readonly #link: Link;
  readonly #errors: ErrorThrottle;
  readonly #open = new Map<string, Open>();
  readonly #queue = new Map<string, Taken>();
  readonly #answered = new PublishedReadings();
  readonly #reader = hostname() || 'unknown';

  /** @throws FleetError where the settings make no sense */
  constructor(
    broker: BrokerSettings,
    { group = 'readers', inFlight = 8, timeout = 60_000, tellEvery }: QueueOptions,
    private readonly listener: QueueListener,
  ) {
    checkRanges({ inFlight, timeout });
    this.#inFlight = inFlight;
    this.#timeout = timeout;
    this.#errors = new ErrorThrottle((error) => {
      listener.onError(error);
    }, tellEvery);
    this.#topics = topicsBelow(broker.prefix);
    this.#link = new Link(broker, this.#topics.sharedJobs(group), inFlight, {
      onState: (state) => {
        listener.onState(state);
      },
      onMessage: (topic, payload, acknowledge) => {
        let job;
        try {
          job = decodeJob(payload);
          if (topic !== this.#topics.job(job.camera))
            throw new FleetError(`expected jobs of ${job.camera} at ${this.#topics.job(job.camera)}`, 'wrong topic');
        } catch (error) {
          // It would not be better the next time.
          acknowledge();
          this.counts.damaged++;
          this.#errors.add(
            new FleetError(`${describe(topic)}: ${(error as Error).message}`, (error as FleetError).status, {
              cause: error,
            }),
          );
          return;
        }
        this.#take({
          key: jobKey(job),
          digest: createHash('sha256').update(payload).digest('base64'),
          job,
          acknowledge,
        });
      },
    });
  }

  get open(): number {
    return this.#open.size;
  }

  /**
   * Publishes the reading of a job, then acknowledges the job.
   * @throws (rejects) FleetError where no such job is open, the reading does not fit it (then it stays open), the
   *   broker does not take it, or the queue is closed meanwhile
   */
  async answer(key: Pick<JobKey, 'camera' | 'run' | 'sequence' | 'id'>, reading: Answer): Promise<FleetReading> {
    const open = this.#open.get(jobKey(key));
    if (!open)
      throw new FleetError(
        `there is no open job ${describe(key.id)} of camera ${describe(key.camera)}: it has been answered, or ` +
          'has taken too long',
        'no such job',
      );
    const { camera, id, at, run, sequence } = open.job;
    const answer = packReading({ ...reading, camera, id, at, run, sequence, reader: this.#reader });
    checkReading(answer, open.job);
    const text = JSON.stringify(answer);
    // From now on it can be answered no second time.
    clearTimeout(open.timer);
    this.#open.delete(open.key);
    this.#answered.set(open.key, { digest: open.digest, text });
    this.#next();
    await this.#link.publish(this.#topics.reading(camera), text, READING_EXPIRY);
    this.counts.answered++;
    open.acknowledge();
    return answer;
  }

  async close(): Promise<void> {
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
    this.#queue.clear();
    this.#errors.close();
    await this.#link.close();
  }

  #take(taken: Taken): void {
    const {
      key,
      digest,
      job: { camera },
      acknowledge,
    } = taken;
    const known = this.#answered.get(key);
    if (known?.digest === digest) {
      // The camera has not heard of the reading.
      this.counts.repeated++;
      this.#link
        .publish(this.#topics.reading(camera), known.text, READING_EXPIRY)
        .then(acknowledge, (error: unknown) => {
          if (!this.#link.isClosed) this.#errors.add(error as FleetError);
        });
    } else if (this.#open.has(key) || this.#queue.has(key)) {
      this.counts.repeated++;
      acknowledge();
    } else if (this.#queue.size >= MOST_QUEUED) {
      // The camera sends it again.
      this.counts.dropped++;
      acknowledge();
      this.#errors.add(
        new FleetError(`jobs come faster than they are asked for: ${MOST_QUEUED} are waiting already`, 'too many jobs'),
      );
    } else {
      this.#queue.set(key, taken);
      this.#next();
    }
  }

  #next(): void {
    for (const [key, taken] of this.#queue) {
      if (this.#open.size >= this.#inFlight) return;
      this.#queue.delete(key);
      const {
        job: { id, camera },
        acknowledge,
      } = taken;
      const timer = setTimeout(() => {
        this.#open.delete(key);
        this.counts.unanswered++;
        acknowledge();
        this.#errors.add(
          new FleetError(`job ${id} of ${camera} was not answered within ${this.#timeout / 1000} s`, 'no answer'),
        );
        this.#next();
      }, this.#timeout);
      timer.unref();
      this.#open.set(key, { ...taken, timer });
      this.counts.taken++;
      this.listener.onJob(taken.job);
    }
  }
}
