import { FleetError } from './errors';

/** Least, most, unit. */
const RANGES = {
  window: [1, 1000, 'jobs'],
  queue: [1, 100_000, 'jobs'],
  timeout: [100, 3_600_000, 'ms'],
  expiry: [1, 86_400, 's'],
  inFlight: [1, 100, 'jobs'],
} as const;

/**
 * Checks options that are whole numbers.
 * @throws FleetError naming the option, its range and what came
 */
export function checkRanges(options: Partial<Record<keyof typeof RANGES, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    const [least, most, unit] = RANGES[name as keyof typeof RANGES];
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
      throw new FleetError(
        `expected ${name} to be a whole number from ${least} to ${most} (${unit}), got ${String(value)}`,
        `bad ${name}`,
      );
    }
  }
}
