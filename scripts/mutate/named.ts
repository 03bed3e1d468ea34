import type { Mutant } from './mutants';

/** A fault that once went unnoticed: a piece of a source that stands there once, and what takes its place. */
interface NamedFault {
  name: string;
  file: string;
  find: string;
  replacement: string;
}

const FAULTS: NamedFault[] = [
  {
    name: 'lines-further-apart',
    file: 'lib/extract/lines.ts',
    find: 'Math.max(line.height, centre.height) * 0.5',
    replacement: 'Math.max(line.height, centre.height) * 0.8',
  },
  {
    name: 'lines-closer',
    file: 'lib/extract/lines.ts',
    find: 'Math.max(line.height, centre.height) * 0.5',
    replacement: 'Math.max(line.height, centre.height) * 0.25',
  },
  { name: 'joins-reach-further', file: 'lib/extract/joins.ts', find: 'const GAP = 3;', replacement: 'const GAP = 5;' },
  { name: 'joins-reach-less', file: 'lib/extract/joins.ts', find: 'const GAP = 3;', replacement: 'const GAP = 1.5;' },
  {
    name: 'pieces-reach-further',
    file: 'lib/extract/merging.ts',
    find: 'distanceWithin(a, b, stroke * 0.8)',
    replacement: 'distanceWithin(a, b, stroke * 1.6)',
  },
  {
    name: 'other-pen-whatever-its-strength',
    file: 'lib/extract/shapes.ts',
    find: 'shape.strength < strongest * FAINTER_RATIO && strokeOf',
    replacement: 'strokeOf',
  },
  {
    name: 'other-pen-never',
    file: 'lib/extract/shapes.ts',
    find: 'const FAINTER_RATIO = 0.7;',
    replacement: 'const FAINTER_RATIO = 0.3;',
  },
  {
    name: 'no-contact-at-the-right',
    file: 'lib/extract/edge.ts',
    find: '(run.end === width ? 1 : 0)',
    replacement: '(run.end === width + 1 ? 1 : 0)',
  },
  {
    name: 'duplicates-nearer',
    file: 'lib/samples/fingerprint.ts',
    find: 'export const NEAR = 3;',
    replacement: 'export const NEAR = 2;',
  },
  {
    name: 'duplicates-further',
    file: 'lib/samples/fingerprint.ts',
    find: 'export const NEAR = 3;',
    replacement: 'export const NEAR = 6;',
  },
  {
    name: 'prior-left-as-it-is',
    file: 'lib/classify/predict.ts',
    find: 'isHandedIn ? predictions.map(correctPrior) : predictions',
    replacement: 'predictions',
  },
  {
    name: 'prior-turned-round',
    file: 'lib/classify/prediction.ts',
    find: '(HANDED_IN / FOUND) * ((1 - FOUND) / (1 - HANDED_IN))',
    replacement: '(FOUND / HANDED_IN) * ((1 - HANDED_IN) / (1 - FOUND))',
  },
  {
    name: 'batches-larger',
    file: 'lib/engine/batches.ts',
    find: 'const BATCH = 32;',
    replacement: 'const BATCH = 33;',
  },
  {
    name: 'batches-without-bound',
    file: 'lib/engine/batches.ts',
    find: 'batch.length > 0 && request.images.length > room',
    replacement: 'room === 0',
  },
  {
    name: 'stall-timer-not-begun-again',
    file: 'lib/data/download.ts',
    find: 'timer.refresh();',
    replacement: '',
  },
  {
    name: 'stall-timer-missing',
    file: 'lib/data/download.ts',
    find: "timer = wait(timeouts.stall, 'has sent nothing');",
    replacement: '',
  },
  {
    name: 'pause-not-awaited',
    file: 'lib/camera/camera.ts',
    find: 'await this.stream?.pause();',
    replacement: 'void this.stream?.pause();',
  },
  {
    name: 'renamed-before-it-is-on-the-disk',
    file: 'lib/write-file.ts',
    find: 'await file.sync();',
    replacement: '',
  },
  {
    name: 'smaller-pictures',
    file: 'lib/pictures/picture.ts',
    find: 'const MIN_SIDE = 8;',
    replacement: 'const MIN_SIDE = 7;',
  },
  {
    name: 'least-side-refused',
    file: 'lib/pictures/picture.ts',
    find: 'Math.min(width, height) < MIN_SIDE',
    replacement: 'Math.min(width, height) <= MIN_SIDE',
  },
  {
    name: 'fewer-bins',
    file: 'lib/evaluate/digits.ts',
    find: 'const BINS = 15;',
    replacement: 'const BINS = 10;',
  },
  {
    name: 'bins-of-other-bounds',
    file: 'lib/evaluate/digits.ts',
    find: 'Math.floor(confidence * BINS)',
    replacement: 'Math.ceil(confidence * BINS)',
  },
];

/**
 * The faults that are always tried, for they went unnoticed once.
 * @param textOf a source's text
 * @throws Error where the code has changed, so that a fault's piece is no longer there just once
 */
export function namedFaults(textOf: (file: string) => string): Mutant[] {
  return FAULTS.map(({ name, file, find, replacement }) => {
    const text = textOf(file);
    const start = text.indexOf(find);
    if (start < 0 || text.includes(find, start + 1))
      throw new Error(`the fault ${name} needs another pattern: ${file} has not just one ${JSON.stringify(find)}`);
    const line = text.slice(0, start).split('\n').length;
    return { id: name, file, start, end: start + find.length, replacement, kind: 'named', line };
  });
}
