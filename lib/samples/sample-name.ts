import { FINGERPRINT_LENGTH, fromText, toText, type Fingerprint } from './fingerprint';

const NAME = new RegExp(
  `^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)(\\d{3})Z-([0-9a-f]{${FINGERPRINT_LENGTH}})$`,
);

/**
 * A sample's name, which is its file's name without the ending: when it was kept, and its fingerprint. Names sort by
 * time.
 * @param at milliseconds since 1970-01-01
 */
export function sampleName(at: number, fingerprint: Fingerprint): string {
  return `${new Date(at).toISOString().replace(/[-:.]/g, '')}-${toText(fingerprint)}`;
}

/** What a name tells; nothing for a file that somebody has put there under a name of their own. */
export function parseSampleName(name: string): { at?: number; fingerprint?: Fingerprint } {
  const [, year, month, day, hour, minute, second, millisecond, fingerprint] = NAME.exec(name) ?? [];
  if (!fingerprint) return {};
  return {
    at: Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      Number(millisecond),
    ),
    fingerprint: fromText(fingerprint),
  };
}
