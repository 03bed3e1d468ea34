import { combine, isSameWriting, probabilityOf, toPlaces, type FrameReading, type Place } from './evidence';
import { goneReason, missingReason, unsteadyReason, unsureReason } from './reasons';

export interface FilterOptions {
  /** Least confidence that passes, 0 to 1. */
  minimumConfidence: number;
  /** How many frames must agree. 1 judges every reading by itself. */
  inARow: number;
  /** Whether a reading that equals the last accepted one is held back. */
  onlyOnChange: boolean;
}

export const FILTER_DEFAULTS: Readonly<FilterOptions> = { minimumConfidence: 0.8, inARow: 1, onlyOnChange: false };

/** Why a reading passes or does not; the reason is a text for people, the confidence that of all frames together. */
export type Verdict = { accepted: true; confidence: number } | { accepted: false; reason: string };

/** What is remembered of a frame. */
interface Frame {
  text: string;
  places: Place[];
  /** Probability that nothing was left out: what the reading's confidence has beside that of its digits. */
  complete: number;
}

const EMPTY: Frame = { text: '', places: [], complete: 1 };

/** Judges the readings of one camera, frame after frame. */
export class ReadingFilter {
  readonly #options: FilterOptions;
  /** From the first with a reading on, the newest last. */
  readonly #frames: Frame[] = [];
  #emptyInARow = 0;
  #last: string | undefined;

  /** @throws RangeError naming the option, what was expected and what came. */
  constructor(options: Partial<FilterOptions> = {}) {
    this.#options = { ...FILTER_DEFAULTS, ...options };
    const { minimumConfidence, inARow } = this.#options;
    if (!(minimumConfidence >= 0 && minimumConfidence <= 1))
      throw new RangeError(`expected the minimum confidence to be a number from 0 to 1, got ${minimumConfidence}`);
    if (!(Number.isInteger(inARow) && inARow >= 1))
      throw new RangeError(`expected the number of equal readings to be a whole number above 0, got ${inARow}`);
  }

  /**
   * With `inARow` = 1, the reading's own confidence decides. With more, a reading passes when `inARow` more of the
   * latest frames say the same than say something else, and their evidence together reaches the minimum confidence:
   * then every single one may be below it.
   */
  judge(reading: FrameReading): Verdict {
    const { minimumConfidence, inARow, onlyOnChange } = this.#options;
    const { text } = reading;
    if (text === '') return rejected(this.#miss(reading.otherWriting ?? false));

    this.#emptyInARow = 0;
    const places = toPlaces(reading);
    this.#remember({ text, places, complete: completenessOf(reading, places) });
    const { lead, frames } = this.#agreement(text);
    if (lead < inARow) {
      const texts = this.#frames.map((frame) => frame.text);
      return rejected(texts.every((other) => other === text) ? `reading ${lead} of ${inARow}` : unsteadyReason(texts));
    }
    const alike = frames.filter((frame) => isSameWriting(frame.places, places));
    const evidence = combine(alike.map((frame) => frame.places));
    const confidence = inARow > 1 ? togetherOf(evidence, alike) : reading.confidence;
    if (confidence < minimumConfidence) return rejected(unsureReason(evidence, minimumConfidence));
    if (onlyOnChange && text === this.#last) return rejected('unchanged');
    if (onlyOnChange || inARow > 1) this.#last = text;
    return { accepted: true, confidence };
  }

  /** One frame without digits may be a slip; after `inARow` of them, the writing is gone. */
  #miss(otherWriting: boolean): string {
    if (++this.#emptyInARow < this.#options.inARow) {
      if (this.#frames.length > 0) this.#remember(EMPTY);
      return missingReason(otherWriting);
    }
    const last = this.#last;
    this.#frames.length = 0;
    this.#last = undefined;
    return last === undefined ? missingReason(otherWriting) : goneReason(last);
  }

  /** As many frames as `inARow` can need when every second one but one is a slip. */
  #remember(frame: Frame): void {
    this.#frames.push(frame);
    if (this.#frames.length > 2 * this.#options.inARow - 1) this.#frames.shift();
  }

  /**
   * The latest frames, back to where the lead of those that say `text` over those that do not is greatest: a cumulative
   * sum that starts anew wherever that is better (Page's CUSUM, 1954), so that what stood there before does no harm.
   */
  #agreement(text: string): { lead: number; frames: Frame[] } {
    let lead = 0;
    let best = 0;
    let latest = 0;
    for (const [before, frame] of this.#frames.toReversed().entries()) {
      lead += frame.text === text ? 1 : -1;
      if (lead > best) [best, latest] = [lead, before + 1];
    }
    return { lead: best, frames: this.#frames.slice(this.#frames.length - latest) };
  }
}

/** That every digit of several frames is the right one, and that none was left out. */
function togetherOf(evidence: readonly Place[], frames: readonly Frame[]): number {
  const complete = frames.reduce((sum, frame) => sum + frame.complete, 0) / frames.length;
  return productOf(evidence) * complete;
}

function completenessOf({ confidence }: FrameReading, places: readonly Place[]): number {
  const digits = productOf(places);
  return digits > 0 ? Math.min(1, confidence / digits) : 0;
}

function productOf(places: readonly Place[]): number {
  return places.reduce((product, place) => product * probabilityOf(place, place.digit), 1);
}

function rejected(reason: string): Verdict {
  return { accepted: false, reason };
}
