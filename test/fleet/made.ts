import type { ExtractedDigit } from '../../lib/extract/digit';
import type { Job } from '../../lib/fleet/job';
import type { FleetReading } from '../../lib/fleet/reading-message';

/** Two digits side by side, 10 × 20 pixels each, on one line. */
export function madeDigits(): ExtractedDigit[] {
  return [0, 1].map((i) => ({
    image: new Uint8Array(784).fill(i * 9),
    box: { x: 20 * i, y: 5, width: 10, height: 20 },
    line: 0,
  }));
}

export function madeJob(changes: Partial<Job> = {}): Job {
  return {
    camera: 'hall',
    id: 'frame-1',
    at: 1_790_000_000_000,
    run: 'a1',
    sequence: 3,
    width: 640,
    height: 480,
    digits: madeDigits(),
    ...changes,
  };
}

/** The reading 47 of such a job. */
export function madeReading({ camera, id, at, run, sequence, digits }: Job = madeJob()): FleetReading {
  const read = digits.map(({ box, line }, i) => ({
    digit: i % 2 === 0 ? 4 : 7,
    confidence: 0.9,
    probabilities: Array.from({ length: 10 }, (_, n) => (n === (i % 2 === 0 ? 4 : 7) ? 0.9 : 0.01)),
    box,
    line,
  }));
  return {
    camera,
    id,
    at,
    run,
    sequence,
    text: read.map(({ digit }) => digit).join(''),
    confidence: read.length > 0 ? 0.9 : 0,
    digits: read,
    reader: 'pc',
  };
}
