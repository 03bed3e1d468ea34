export interface FilterOptions {
  /** Least confidence that passes, 0 to 1. */
  minimumConfidence: number;
  /** How many equal readings in a row, each confident enough, it takes. 1 lets every one pass. */
  inARow: number;
  /** Whether a reading that equals the last accepted one is held back. */
  onlyOnChange: boolean;
}

export const FILTER_DEFAULTS: Readonly<FilterOptions> = { minimumConfidence: 0.8, inARow: 1, onlyOnChange: false };

/** Why a reading passes or does not; the reason is a text for people. */
export type Verdict = { accepted: true } | { accepted: false; reason: string };

/** Decides about one reading after the other, and remembers what it needs for that. */
export class ReadingFilter {
  readonly #options: FilterOptions;
  #row = { text: '', length: 0 };
  #last: string | undefined;

  /** @throws RangeError naming the option, what was expected and what came. */
  constructor(options: Partial<FilterOptions> = {}) {
    this.#options = { ...FILTER_DEFAULTS, ...options };
    const { minimumConfidence, inARow } = this.#options;
    if (!(minimumConfidence >= 0 && minimumConfidence <= 1)) throw new RangeError(`expected the minimum confidence to be a number from 0 to 1, got ${minimumConfidence}`);
    if (!(Number.isInteger(inARow) && inARow >= 1)) throw new RangeError(`expected the number of equal readings to be a whole number above 0, got ${inARow}`);
  }

  /**
   * An empty reading means that the paper has gone: the row of equal readings and the last accepted one are forgotten.
   * An unsure reading only ends the row.
   *
   * @param text what was read, "" for nothing
   * @param confidence 0 to 1
   */
  judge(text: string, confidence: number): Verdict {
    const { minimumConfidence, inARow, onlyOnChange } = this.#options;
    if (text === '') {
      this.#row.length = 0;
      this.#last = undefined;
      return rejected('nothing found');
    }
    if (confidence < minimumConfidence) {
      this.#row.length = 0;
      return rejected(`confidence ${roundDown(confidence)} is below ${minimumConfidence}`);
    }
    this.#row = { text, length: text === this.#row.text ? this.#row.length + 1 : 1 };
    if (this.#row.length < inARow) return rejected(`reading ${this.#row.length} of ${inARow} equal ones`);
    if (onlyOnChange && text === this.#last) return rejected('unchanged');
    this.#last = text;
    return { accepted: true };
  }
}

function rejected(reason: string): Verdict {
  return { accepted: false, reason };
}

/** Never up, so that a reason cannot say that 0.8 is below 0.8. */
function roundDown(confidence: number): number {
  return Math.floor(confidence * 1000) / 1000;
}
