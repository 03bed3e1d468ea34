/**
 * A share as people write it: 97.3 %; a dash where there is none.
 * @param share 0 to 1
 * @param decimals digits behind the point
 */
export function percent(share: number | null, decimals = 1): string {
  return share === null ? '–' : `${(100 * share).toFixed(decimals)} %`;
}

/** A probability as people write it: never 100 % where it is less. */
export function percentOfProbability(probability: number): string {
  return probability > 0.999 && probability < 1 ? 'over 99.9 %' : percent(probability);
}
