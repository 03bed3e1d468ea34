import { FleetError } from './errors';
import { encodeJob, type Job } from './job';
import { Link, type BrokerSettings, type LinkState } from './link';
import { decodeReading, type FleetReading } from './reading-message';
import { checkCamera, topicsBelow } from './topics';

export interface SenderOptions {
  camera: string;
  /** Jobs that are out, not answered yet; more wait here. Default 16. */
  window?: number | undefined;
  /** Jobs that may wait here. Default 1000. */
  waiting?: number | undefined;
  /** After so long without an answer a job is sent again, then after twice as long, and so on; milliseconds. Default 15,000. */
  patience?: number | undefined;
  /** A job that has no answer after so long is given up, seconds. Default 600. */
  expiry?: number | undefined;
}

export interface SenderListener {
  onState(state: LinkState): void;
  /** Once for each job that is answered. */
  onReading(reading: FleetReading): void;
  onError(error: FleetError): void;
}

interface Sent { key: string; bytes: Buffer; live: boolean; at: number; again: number; patience: number }

/**
 * A camera's side: keeps every job until its reading has come, and sends it again where none comes. So nothing is lost
 * with a reader or a broker that dies; what is read twice has the same id.
 */
export class Sender {
  /** Counted since the start. */
  readonly counts = { sent: 0, again: 0, answered: 0, repeated: 0, dropped: 0, expired: 0 };
  readonly #options;
  readonly #link: Link;
  readonly #topic: string;
  readonly #waiting: Sent[] = [];
  readonly #out = new Map<string, Sent>();
  readonly #timer: NodeJS.Timeout;

  /** @throws FleetError where the settings make no sense */
  constructor(broker: BrokerSettings, { camera, window = 16, waiting = 1000, patience = 15_000, expiry = 600 }: SenderOptions, private readonly listener: SenderListener) {
    checkCamera(camera);
    this.#options = { window, waiting, patience, expiry };
    const topics = topicsBelow(broker.prefix);
    this.#topic = topics.job(camera);
    this.#link = new Link(broker, topics.reading(camera), 100, {
      onState: (state) => { listener.onState(state); },
      onMessage: (_topic, payload, acknowledge) => {
        acknowledge();
        this.#answer(payload);
      },
    });
    this.#timer = setInterval(() => { this.#look(); }, Math.min(1000, patience / 2));
    this.#timer.unref();
  }

  get open(): number {
    return this.#waiting.length + this.#out.size;
  }

  /**
   * @param live of live frames, only the newest waits
   * @throws FleetError where too many wait
   */
  send(job: Job, live: boolean): void {
    const { waiting, patience } = this.#options;
    const older = live ? this.#waiting.findIndex((sent) => sent.live) : -1;
    if (older >= 0) {
      this.#waiting.splice(older, 1);
      this.counts.dropped++;
    }
    if (this.#waiting.length >= waiting) throw new FleetError(`frames come faster than the readers read: ${waiting} are waiting already`, 'too many frames');
    this.#waiting.push({ key: job.id, bytes: encodeJob(job), live, at: performance.now(), again: 0, patience });
    this.#fill();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#link.close();
  }

  #fill(): void {
    while (this.#out.size < this.#options.window) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#out.set(next.key, next);
      this.counts.sent++;
      this.#publish(next);
    }
  }

  #publish(sent: Sent): void {
    sent.again = Infinity;
    this.#link.publish(this.#topic, sent.bytes, this.#options.expiry).then(() => {
      sent.again = performance.now() + sent.patience;
      sent.patience *= 2;
    }, () => { sent.again = 0; });
  }

  #answer(payload: Buffer): void {
    let reading;
    try {
      reading = decodeReading(payload);
    } catch (error) {
      this.listener.onError(error as FleetError);
      return;
    }
    if (!this.#out.delete(reading.id)) {
      this.counts.repeated++;
      return;
    }
    this.counts.answered++;
    this.listener.onReading(reading);
    this.#fill();
  }

  #look(): void {
    const now = performance.now(), { expiry } = this.#options;
    for (const sent of this.#out.values()) {
      if (now - sent.at > expiry * 1000) {
        this.#out.delete(sent.key);
        this.counts.expired++;
        this.listener.onError(new FleetError(`no reader has answered for frame ${sent.key} within ${expiry} s; it is given up`, 'no answer'));
      } else if (now >= sent.again) {
        this.counts.again++;
        this.#publish(sent);
      }
    }
    this.#fill();
  }
}
