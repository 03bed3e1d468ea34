import { setImmediate } from 'node:timers/promises';
import type { LabelledDigits } from '../data/idx';
import { chosen } from './course';
import { measure, reportOn, type Report } from './report';
import type { Standing } from './result';
import type { TrainableNetwork } from './trainable';

export interface ExamOptions {
  /** The usual digits. */
  test: LabelledDigits;
  /** Own samples to compare a fine-tuned network on with what it was before. */
  own?: LabelledDigits | undefined;
  /** Of the network before its training. */
  temperature: number;
  seed: number;
  /** Whether to measure also on digits made anew and on drawn things that are none. */
  whole: boolean;
  signal: AbortSignal;
}

export interface ExamResult {
  report: Report;
  /** Only with own samples. */
  before?: Standing;
  after?: Standing;
}

/** Once it has been stopped, a training is measured on no more pictures than this: whoever stops it waits. */
const QUICK = 400;

const turn = (): Promise<void> => setImmediate();

/** Measures a network before and after its training. */
export class Exam {
  readonly #network: TrainableNetwork;
  readonly #options: ExamOptions;
  #before: { standing: Standing; weights: Float32Array[] } | undefined;

  constructor(network: TrainableNetwork, options: ExamOptions) {
    this.#network = network;
    this.#options = options;
  }

  /** Only with own samples. */
  async before(): Promise<void> {
    const { own, test, temperature } = this.#options;
    if (!own) return;
    const usual = (await measure(this.#network, test, { temperature, pause: this.#pause })).accuracy;
    this.#before = { standing: { samples: await this.#share(own, this.#pause), usual }, weights: this.#network.snapshot() };
  }

  async after(temperature: number): Promise<ExamResult> {
    const { own, test, seed, whole } = this.#options;
    try {
      const options = { temperature, pause: this.#pause };
      await this.#pause();
      const report = whole ? await reportOn(this.#network, test, seed, options) : { temperature, test: await measure(this.#network, test, options) };
      return { report, ...(this.#before && own && { before: this.#before.standing, after: { samples: await this.#share(own, this.#pause), usual: report.test.accuracy } }) };
    } catch (error) {
      if (!this.#options.signal.aborted) throw error;
      return this.#quickly(temperature);
    }
  }

  async #quickly(temperature: number): Promise<ExamResult> {
    const network = this.#network, { own, test } = this.#options;
    const few = spread(test);
    const report: Report = { temperature, test: await measure(network, few, { temperature }) };
    if (!own || !this.#before) return { report };
    // Both on the same few, or else chance would decide.
    const samples = spread(own), after = { samples: await this.#share(samples, turn), usual: report.test.accuracy }, kept = network.snapshot();
    network.restore(this.#before.weights);
    const before = { samples: await this.#share(samples, turn), usual: (await measure(network, few, { temperature: this.#options.temperature })).accuracy };
    network.restore(kept);
    return { report, before, after };
  }

  /** Own samples may show no digit, which is an answer too. */
  async #share(digits: LabelledDigits, pause: () => Promise<void>): Promise<number> {
    return this.#network.lossAndAccuracy(await this.#network.logitsOf(digits.images, pause), digits).accuracy;
  }

  #pause = async (): Promise<void> => {
    await turn();
    this.#options.signal.throwIfAborted();
  };
}

/** A few from all over a data set, whose writers come one after the other. */
function spread(digits: LabelledDigits): LabelledDigits {
  const count = Math.min(QUICK, digits.labels.length);
  return chosen(digits, Array.from({ length: count }, (_, i) => Math.floor(i * digits.labels.length / count)));
}
