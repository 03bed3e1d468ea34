// Pictures, damaged and hostile ones, through each step that takes one.
import { isUint8Array } from 'node:util/types';
import { annotate } from '../../lib/annotate/annotate';
import { acquireClassifier, type Classifier } from '../../lib/engine/classifier';
import { PictureError } from '../../lib/pictures/picture';
import { thumbnail } from '../../lib/pictures/thumbnail';
import { readMask, readText } from '../../lib/pipeline/reader';
import { cropDigit } from '../../lib/samples/crop';
import { acquireInk, type InkReader } from '../../lib/ink/ink';
import { WorkerError } from '../../lib/workers/host';
import { accepted, beginning, refusal, type FuzzCase, type OpenArea, type Outcome } from './case';
import { madePictureProblem, maskProblem, readingProblem, short } from './checks';
import type { Dice } from './dice';
import { mutate, truncate } from './mutate';
import { drawBases, type Base } from './picture-bases';
import { craftedFiles, shufflePng, type CraftedFile } from './picture-files';
import { givenPicture } from './raw-pictures';
import { TrapError } from './values';

/** A picture to try, and what can be said beforehand of what comes of it. */
interface Trial {
  name: string;
  input: unknown;
  /** What has to be read, if anything is. */
  text?: string | undefined;
  /** It has to be read. */
  must?: boolean | undefined;
  /** It has to be refused, and the error has to name this. */
  refused?: RegExp | 'anything' | undefined;
  traps?: boolean | undefined;
  truncated?: boolean;
}

const KINDS = [
  [9, 'damaged'],
  [1, 'shuffled'],
  [3, 'truncated'],
  [3, 'crafted'],
  [1, 'good'],
  [5, 'given'],
] as const;

/** What a picture is given to. */
const USES = [
  [7, 'read'],
  [1, 'mask'],
  [1, 'annotate'],
  [1, 'thumbnail'],
  [1, 'crop'],
] as const;

type Kind = (typeof KINDS)[number][1];
type Use = (typeof USES)[number][1];

function trialsOf(bases: Base[], crafted: CraftedFile[]): Record<Kind, (dice: Dice) => Trial> {
  const pngs = bases.filter(({ name }) => name.startsWith('PNG'));
  const whole = bases.filter((base) => base.whole);
  return {
    damaged(dice) {
      const base = dice.pick(bases);
      const { bytes, how } = mutate(base.bytes, dice, dice.pick(bases).bytes);
      return { name: `${base.name}, ${how}`, input: bytes };
    },
    shuffled(dice) {
      const base = dice.pick(pngs);
      const { bytes, how } = shufflePng(base.bytes, dice);
      return { name: `${base.name}, ${how}`, input: bytes };
    },
    truncated(dice) {
      const base = dice.pick(whole);
      const { bytes, how } = truncate(base.bytes, dice);
      return { name: `${base.name}, ${how}`, input: bytes, refused: 'anything', truncated: true };
    },
    crafted(dice) {
      const { name, bytes, refused } = dice.pick(crafted);
      return { name, input: bytes, refused };
    },
    good(dice) {
      const { name, bytes, text } = dice.pick(bases);
      return { name: `${name}, undamaged`, input: bytes, text, must: true };
    },
    given: (dice) => givenPicture(dice, bases),
  };
}

/** Each answers with what is wrong with the result. */
function usesOf(
  ink: InkReader,
  classifier: Classifier,
): Record<Use, (input: unknown, trial: Trial) => Promise<string | undefined>> {
  return {
    async read(input, { text }) {
      const { reading, size } = await readText(ink, classifier, input);
      const problem = readingProblem(reading, size);
      if (problem) return problem;
      return text === undefined || reading.text === text
        ? undefined
        : `read ${short(reading.text)} where ${short(text)} stands, which the same pixels gave in another format`;
    },
    mask: async (input) => maskProblem((await readMask(ink, input)).mask),
    annotate: async (input) =>
      madePictureProblem(
        (await annotate(input, [{ box: { x: 1, y: 1, width: 20, height: 30 }, digit: 7, confidence: 0.9 }])).image,
      ),
    thumbnail: async (input) => madePictureProblem((await thumbnail(input, 240)).image),
    crop: async (input) => madePictureProblem(await cropDigit(input, { x: 2, y: 2, width: 20, height: 20 }, undefined)),
  };
}

export const open: OpenArea = async () => {
  const bases = await drawBases();
  const ink = acquireInk();
  const classifier = acquireClassifier();
  const progressive = bases.find(({ name }) => name.startsWith('JPEG, progressive'))?.bytes ?? Buffer.alloc(0);
  for (const { name, bytes, text } of bases) {
    const { reading } = await readText(ink, classifier, bytes);
    if (reading.text !== text)
      throw new Error(`${name} reads ${JSON.stringify(reading.text)} before anything is damaged`);
  }

  const trials = trialsOf(bases, craftedFiles(progressive));
  const uses = usesOf(ink, classifier);
  return {
    make(dice): FuzzCase {
      const trial = trials[dice.weighted(KINDS)](dice);
      const use = dice.weighted(USES);
      const { name, input } = trial;
      return {
        name: use === 'read' ? name : `${name}, to ${use}`,
        input: isUint8Array(input) ? input : safely(() => short(input)),
        run: async () => tryOut(async () => uses[use](input, trial), trial, use),
      };
    },
    close: async () => {
      await Promise.all([ink.release(), classifier.release()]);
    },
  };
};

async function tryOut(
  perform: () => Promise<string | undefined>,
  { name, refused, must, traps, truncated }: Trial,
  use: string,
): Promise<Outcome> {
  let problem: string | undefined;
  try {
    problem = await perform();
  } catch (error) {
    // A box outside a small picture is said by a RangeError.
    const outcome = refusal(
      error,
      use === 'crop' ? [PictureError, WorkerError, RangeError] : [PictureError, WorkerError],
    );
    if (traps && error instanceof TrapError) return { accepted: false, findings: [] };
    const { message } = error as Error;
    if (must && use === 'read')
      outcome.findings.push({
        fault: 'wrong',
        detail: `${beginning(name)}: refused, though nothing is wrong with it: ${message}`,
      });
    if (refused instanceof RegExp && !refused.test(message))
      outcome.findings.push({
        fault: 'unclear',
        detail: `refused, but the error does not name ${refused.source}: ${message}`,
      });
    return outcome;
  }
  // What is cut out at the top can be whole where the rest is missing.
  const partly = use === 'crop' && truncated;
  return accepted(
    problem ??
      (refused && !partly
        ? `${beginning(name)}: taken for a picture, though it is none of the kinds that are read, or not whole`
        : undefined),
  );
}

function safely(describe: () => string): string {
  try {
    return describe();
  } catch {
    return '(cannot be shown)';
  }
}
