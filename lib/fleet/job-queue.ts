import { hostname } from 'node:os';
import { FleetError } from './errors';
import { decodeJob, type Job } from './job';
import { Link, type BrokerSettings, type LinkState } from './link';
import type { FleetReading } from './reading-message';
import { topicsBelow, type Topics } from './topics';

/** Readings that are remembered, to answer a job that comes again. */
const REMEMBERED = 1000;

/** How long a reading waits at the broker for its camera, seconds. */
const READING_EXPIRY = 600;

export interface QueueOptions {
  /** Readers of one group share the jobs. Default readers. */
  group?: string | undefined;
  /** Jobs that are taken at a time. Default 8. */
  inFlight?: number | undefined;
  /** A job that is not answered in so long is left to whoever it is sent to next, milliseconds. Default 60,000. */
  patience?: number | undefined;
}

export interface QueueListener {
  onState(state: LinkState): void;
  onJob(job: Job): void;
  onError(error: FleetError): void;
}

interface Taken { job: Job; acknowledge: () => void }

interface Open extends Taken { timer: NodeJS.Timeout }

/** A reader's side: takes its share of the jobs, and acknowledges each only when the broker has the reading. */
export class JobQueue {
  readonly counts = { taken: 0, answered: 0, repeated: 0, damaged: 0, unanswered: 0 };
  readonly #topics: Topics;
  readonly #inFlight: number;
  readonly #patience: number;
  readonly #link: Link;
  readonly #open = new Map<string, Open>();
  readonly #remembered = new Map<string, string>();
  /** Brokers may give out more than was asked for. */
  readonly #waiting: Taken[] = [];
  readonly #reader = hostname();

  /** @throws FleetError where the settings make no sense */
  constructor(broker: BrokerSettings, { group = 'readers', inFlight = 8, patience = 60_000 }: QueueOptions, private readonly listener: QueueListener) {
    this.#inFlight = inFlight;
    this.#patience = patience;
    this.#topics = topicsBelow(broker.prefix);
    this.#link = new Link(broker, this.#topics.sharedJobs(group), inFlight, {
      onState: (state) => { listener.onState(state); },
      onMessage: (topic, payload, acknowledge) => {
        try {
          this.#take(decodeJob(payload), acknowledge);
        } catch (error) {
          // It would not be better the next time.
          acknowledge();
          this.counts.damaged++;
          listener.onError(new FleetError(`${topic}: ${(error as Error).message}`, (error as FleetError).status, { cause: error }));
        }
      },
    });
  }

  get open(): number {
    return this.#open.size;
  }

  /**
   * Publishes the reading of a job, then acknowledges the job.
   * @throws (rejects) FleetError where no such job is open, or the queue is closed meanwhile
   */
  async answer(id: string, reading: Pick<FleetReading, 'text' | 'confidence' | 'digits'> & Partial<FleetReading>): Promise<FleetReading> {
    const open = this.#open.get(id);
    if (!open) throw new FleetError(`there is no open job ${id}: it has been answered, or has taken too long`, 'no such job');
    const { camera, at, run, sequence } = open.job;
    const answer: FleetReading = { ...reading, digits: reading.digits.map(brief), camera, id, at, run, sequence, reader: this.#reader };
    const text = JSON.stringify(answer);
    // From now on it can be answered no second time.
    clearTimeout(open.timer);
    this.#open.delete(id);
    this.#remember(`${camera}/${id}`, text);
    this.#next();
    await this.#link.publish(this.#topics.reading(camera), text, READING_EXPIRY);
    this.counts.answered++;
    open.acknowledge();
    return answer;
  }

  async close(): Promise<void> {
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
    this.#waiting.length = 0;
    await this.#link.close();
  }

  #take(job: Job, acknowledge: () => void): void {
    const { camera, id } = job, known = this.#remembered.get(`${camera}/${id}`);
    if (known !== undefined) {
      // The camera has not heard of the reading.
      this.counts.repeated++;
      this.#link.publish(this.#topics.reading(camera), known, READING_EXPIRY).then(acknowledge, () => undefined);
    } else if (this.#open.has(id) || this.#waiting.some((taken) => taken.job.id === id && taken.job.camera === camera)) {
      this.counts.repeated++;
      acknowledge();
    } else {
      this.#waiting.push({ job, acknowledge });
      this.#next();
    }
  }

  #next(): void {
    while (this.#open.size < this.#inFlight) {
      const taken = this.#waiting.shift();
      if (!taken) return;
      const { job: { id, camera }, acknowledge } = taken;
      const timer = setTimeout(() => {
        this.#open.delete(id);
        this.counts.unanswered++;
        acknowledge();
        this.listener.onError(new FleetError(`the flow has not answered job ${id} of ${camera} within ${this.#patience / 1000} s; does a wire lead back?`, 'no answer'));
        this.#next();
      }, this.#patience);
      timer.unref();
      this.#open.set(id, { ...taken, timer });
      this.counts.taken++;
      this.listener.onJob(taken.job);
    }
  }

  #remember(key: string, text: string): void {
    this.#remembered.set(key, text);
    if (this.#remembered.size > REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value as string);
  }
}

/** Without its picture, which the camera has; probabilities to four places, as more would be most of the message. */
function brief({ digit, confidence, probabilities, box, line }: FleetReading['digits'][number]): FleetReading['digits'][number] {
  return { digit, confidence, probabilities: probabilities.map((probability) => Math.round(probability * 1e4) / 1e4), box, line };
}
