/** How ink is told from paper. */
const THRESHOLD_METHODS = ['automatic', 'otsu', 'adaptive', 'fixed'] as const;
export type ThresholdMethod = (typeof THRESHOLD_METHODS)[number];

/** Whether the ink is darker or lighter than the paper; `automatic` looks at the picture. */
const POLARITIES = ['automatic', 'dark', 'light'] as const;
export type Polarity = (typeof POLARITIES)[number];

export interface ThresholdOptions {
  /** Default `automatic`, which copes with shadow and uneven light. */
  method?: ThresholdMethod;
  /** For `fixed`: grey values below it (above it, for light ink) are ink. 0 to 255, default 128. */
  level?: number;
  /** Default `automatic`. */
  polarity?: Polarity;
  /**
   * How faint a stroke may be, 0 (only strong ink) to 1 (the faintest), default 0.5. For `automatic` and `adaptive`.
   */
  sensitivity?: number;
}

/** @throws RangeError naming the option, what was expected and what came. */
export function checkThresholdOptions(options: ThresholdOptions): Required<ThresholdOptions> {
  const { method = 'automatic', level = 128, polarity = 'automatic', sensitivity = 0.5 } = options;
  if (!THRESHOLD_METHODS.includes(method))
    throw new RangeError(`expected method to be one of ${THRESHOLD_METHODS.join(', ')}, got ${method}`);
  if (!POLARITIES.includes(polarity))
    throw new RangeError(`expected polarity to be one of ${POLARITIES.join(', ')}, got ${polarity}`);
  if (!(level >= 0 && level <= 255)) throw new RangeError(`expected level to be a number from 0 to 255, got ${level}`);
  if (!(sensitivity >= 0 && sensitivity <= 1))
    throw new RangeError(`expected sensitivity to be a number from 0 to 1, got ${sensitivity}`);
  return { method, level, polarity, sensitivity };
}
