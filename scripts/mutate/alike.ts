import type { Mutant } from './mutants';

/** Pieces of sources where a fault changes nothing that a test could see, and why. */
const ALIKE: [file: string, piece: string, why: string][] = [
  ['lib/annotate/annotate.ts', 'compressionLevel: 1', 'speed only'],
  ['lib/camera/jpeg-splitter.ts', 'needed * 8 > this.buffer.length', 'memory only'],
  ['lib/data/mnist.ts', 'await removeAbandoned(folder, (other) => other === name);', 'tidying that nobody waits for'],
  ['lib/extract/components.ts', 'let bottom = 0;', 'the first run makes it at least 1'],
  ['lib/filter/evidence.ts', 'Math.exp(log - greatest)', 'shares of a sum are the same for any factor'],
  ['lib/filter/filter.ts', "{ text: '', places: [], complete: 1 }", 'no frame with digits is like it'],
  ['lib/pictures/morphology.ts', 'if (width === 4 * across) return', 'a faster way to the same'],
  ['lib/ink/ink.ts', "worker.exec('judge', [[]]).catch(() => undefined);", 'speed only'],
  ['lib/pipeline/reader.ts', 'options.trace ? undefined : await classifier.compiled()', 'a faster way to the same'],
  ['lib/segmentation/network.ts', 'this.#memory.giveBack(this.#weightsEnd);', 'memory only'],
  ['lib/threshold/ink-strength.ts', '31), SHARE[white]', 'ink has fewer than 15 bits'],
];

/**
 * Tells of faults whether they could be seen.
 * @param textOf a source's text
 * @throws Error where the code has changed, so that a piece is no longer there just once
 */
export function noticeable(textOf: (file: string) => string): (mutant: Mutant) => boolean {
  const places = ALIKE.map(([file, piece, why]) => {
    const start = textOf(file).indexOf(piece);
    if (start < 0 || textOf(file).includes(piece, start + 1))
      throw new Error(`${file} has not just one ${JSON.stringify(piece)} any more, of which it is said: ${why}`);
    return { file, start, end: start + piece.length };
  });
  return (mutant) =>
    !places.some(({ file, start, end }) => mutant.file === file && mutant.start >= start && mutant.end <= end);
}
