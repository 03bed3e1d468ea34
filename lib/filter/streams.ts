import type { FrameReading } from './evidence';
import { ReadingFilter, type FilterOptions, type Verdict } from './filter';
import { Lru } from '../lru';

/** Streams that are remembered at a time; of more, the one that has been silent longest is forgotten. */
export const MOST_STREAMS = 50;

/** Judges readings of several cameras, each by its own past. */
export class StreamFilter {
  readonly #streams = new Lru<string, ReadingFilter>(MOST_STREAMS);

  /** @throws RangeError naming the option, what was expected and what came. */
  constructor(private readonly options: Partial<FilterOptions> = {}) {
    new ReadingFilter(options);
  }

  /** @param stream names the camera */
  judge(stream: string, reading: FrameReading): Verdict {
    const filter = this.#streams.get(stream) ?? new ReadingFilter(this.options);
    this.#streams.set(stream, filter);
    return filter.judge(reading);
  }

  /** Forgets everything. */
  reset(): void {
    this.#streams.clear();
  }
}
