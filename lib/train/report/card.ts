import type { DigitFigures } from '../../evaluate/digits';
import { furtherLines, furtherTables, type FurtherFacts } from './card-further';
import { SHORT } from '../data/curriculum';
import type { Report } from './report';
import type { Accuracies } from '../loop/result';
import { DRAWN_DIGITS, NEGATIVES } from '../data/samples';
import { NOT_A_DIGIT } from '../../digit';

/** What a model card tells beside the report. */
export interface CardFacts {
  name: string;
  version: string;
  network: 'cnn' | 'mlp' | 'existing';
  /** The model that it goes on from. */
  from?: string | undefined;
  /** Number of weights. */
  weights: number;
  classes: number;
  /** Whether every sample was made anew, with drawn ones among them. */
  augmentation: boolean;
  /** See `Recipe`. */
  averaging: number;
  /** Digits that were trained with, and held out. */
  digits: number;
  heldOut: number;
  /** Own samples by what they were for, where there were any but those mixed into MNIST. */
  own?: { training: number; validation: number; test: number };
  /** Whether an existing model was taught own samples. */
  fineTuned: boolean;
  /** Whether MNIST was among the data. */
  usual: boolean;
  testedOn: string;
  /** See `TrainingResult`. */
  independent: boolean;
  /** Epochs that were planned, those that were completed, and the one whose weights were kept. */
  epochs: number;
  completed: number;
  bestEpoch: number;
  seed: number;
  seconds: number;
  /** e.g. "native TensorFlow" */
  engine: string;
  /** ISO 8601 */
  trainedAt: string;
  /** The command that does the training again. */
  again: string;
  before?: Accuracies | undefined;
  after?: Accuracies | undefined;
  /** Measured on other data sets, by their names. */
  others: Record<string, DigitFigures>;
  further?: FurtherFacts;
  /** How far the weights were moved from those of the model that it goes on from to those of the best epoch, 0 to 1. */
  settled?: number;
}

const percent = (share: number | null, decimals = 2): string =>
  share === null ? '–' : `${(share * 100).toFixed(decimals)} %`;
const whole = (count: number): string => count.toLocaleString('en');

const drawnDigits = (
  share: number,
): string => `Drawn by the project itself (\`lib/train/synthesis/glyphs.ts\`), for every 100 of these: ${Math.round(100 * share * DRAWN_DIGITS)} digits in forms that MNIST's writers
  do not use (bare, flagged and footed 1s, crossed 7s, open and closed 4s, slashed 0s)`;
const drawnNegatives = (
  share: number,
): string => `, and ${Math.round(100 * share * NEGATIVES)} that are no digits: letters,
  signs, several letters or digits in one, pieces of digits, scribbles, lines, blots, shadows, grids`;

/** The model card of a network trained here (Mitchell et al. 2019: "Model Cards for Model Reporting"), as Markdown. */
export function writeCard(facts: CardFacts, report: Report): string {
  const { test, augmented, negativesRejected } = report;
  const knowsNone = facts.classes > NOT_A_DIGIT;
  const row = (name: string, { n, accuracy, rejected, calibrationError }: DigitFigures): string =>
    `| ${name} | ${whole(n)} | ${percent(accuracy)} | ${percent(rejected)} | ${percent(calibrationError)} |`;
  return `# ${[facts.name, facts.version].filter(Boolean).join(' ')}

Reads one handwritten digit from a picture of 28×28, white ink on black, normalised as MNIST's are: the longer side of the
ink 20 pixels, its centre of mass in the middle. Tells ${knowsNone ? 'eleven classes apart: 0 to 9, and "not a digit"' : 'ten classes apart: 0 to 9'}. ${whole(facts.weights)} weights in
${facts.network === 'existing' ? `the network of ${facts.from ?? 'another model'}` : 'the layers format of TensorFlow.js; the network itself is in `lib/train/engine/network.ts`'}.

## Training

${dataLines(facts)}
- ${facts.completed < facts.epochs ? `Stopped after ${facts.completed} of ${facts.epochs}` : facts.epochs} epochs, of which number ${facts.bestEpoch} was the best; Adam${facts.averaging > 0 ? `, moving average of the weights (${facts.averaging})` : ''}; seed ${facts.seed}; ${facts.engine},
  ${facts.seconds < 90 ? `${facts.seconds.toFixed(0)} seconds` : `${(facts.seconds / 60).toFixed(0)} minutes`}; ${facts.trainedAt.slice(0, 10)}.${
    facts.settled === undefined
      ? ''
      : `
- The weights are ${facts.settled} of those of that epoch and ${(1 - facts.settled).toFixed(1)} of those of the model that it goes on from (Wortsman et al. 2022:
  "Robust fine-tuning of zero-shot models"), so that no hands are forgotten.`
  }

Again: \`${facts.again}\`.

## Figures

| | digits | right | taken for no digit | calibration error |
|---|---|---|---|---|
${[
  row(testName(facts), test),
  ...(augmented ? [row('… as another pen and a camera would give them', augmented)] : []),
  ...Object.entries(facts.others).map(([name, figures]) => row(name, figures)),
].join('\n')}

${facts.further ? furtherTables(facts.further).trimStart() + '\n' : ''}| digit | ${test.byDigit.map((_, digit) => digit).join(' | ')} |
|---|${'---|'.repeat(test.byDigit.length)}
| right, of the first of these | ${test.byDigit.map((share) => percent(share, 1)).join(' | ')} |
${
  facts.independent
    ? ''
    : `
There is no independent test: own samples were too few to set some aside, so these are the ones that chose the best epoch.
Others will be read less well. From five samples of a digit on, one is kept to test with.
`
}${
    negativesRejected === undefined
      ? ''
      : `
Of drawn things that are no digits, made as those for training were, it knew ${percent(negativesRejected, 1)} as such; real ones are more
various.
`
  }${comparison(facts)}
## Confidence

Logits are divided by ${report.temperature.toFixed(3)} before the softmax: temperature scaling (Guo et al. 2017), fitted to ${facts.fineTuned && !facts.own?.validation ? 'own samples and usual digits' : 'what was held out'}${
    facts.augmentation
      ? `, as it is
and augmented${knowsNone ? ', with drawn digits and things that are no digits' : ''}`
      : ''
  }. The calibration error is the expected one over 15 bins.

## Limits

- A bare upright stroke is a 1, also where it is the edge of a table.
- ${knowsNone ? 'O, I, l, S and Z are read as the digits that they look like; what stands beside them has to tell.' : 'Whatever it is shown is read as a digit: letters, drawings and shadows too.'}
- Western Arabic digits only.
`;
}

function testName({ testedOn, independent }: CardFacts): string {
  if (testedOn === 'MNIST') return 'MNIST, test set';
  return testedOn !== 'own samples'
    ? testedOn
    : independent
      ? 'own samples that had no part in it'
      : 'own samples that chose the best epoch';
}

function dataLines({
  further,
  network,
  usual,
  digits,
  heldOut,
  own,
  fineTuned,
  augmentation,
  classes,
  epochs,
}: CardFacts): string {
  const isShort = epochs < SHORT.epochs && network !== 'existing';
  const share = isShort ? SHORT.drawn : 1;
  const drawn = `- ${drawnDigits(share)}${classes > NOT_A_DIGIT ? drawnNegatives(share) : ''}.`;
  const anew = `- Every sample is made anew in every epoch${isShort && !fineTuned ? `, but for ${Math.round(100 * SHORT.plain)} % of the digits` : ''}: turned, sheared, stretched, distorted, drawn with a thinner or thicker pen,
  unevenly inked, blurred, noisy, and brought back to 28×28 by the steps that the camera's digits take.${
    classes > NOT_A_DIGIT
      ? ` What is no digit goes
  the same way, so that only its shape tells.`
      : ''
  }`;
  const tested = own && own.test > 0 ? `, ${whole(own.test)} more to test with` : '';
  if (fineTuned && own) {
    const held =
      own.validation > 0
        ? `${whole(own.validation)} more were held out to ` +
          `choose ` +
          `the ` +
          `best ` +
          `epoch, ` +
          `to\n  ` +
          `calibrate ` +
          `and ` +
          `to ` +
          `judge ` +
          `whether it has got better${tested}`
        : 'they were too few to hold some out, so it was judged by the\n  same ones';
    return [
      `- ${whole(own.training)} own samples, each several times an epoch; ${held}.`,
      `- Among them, so that nothing is forgotten, ` +
        `${usual ? "digits of MNIST's training set and " : ''}digits ` +
        `and other things drawn by the project itself.`,
      anew,
    ].join('\n');
  }
  const name = usual ? "MNIST's training set (LeCun, Cortes, Burges)" : 'Own samples';
  return [
    `- ${name}: ${whole(digits)} digits to train with; ` +
      `${whole(heldOut)} were ` +
      `held ` +
      `out ` +
      `to ` +
      `choose ` +
      `the\n  ` +
      `best ` +
      `epoch and to calibrate${tested}.`,
    ...(further ? furtherLines(further) : []),
    ...(augmentation ? [drawn, anew] : []),
  ].join('\n');
}

function comparison({ before, after, own, testedOn }: CardFacts): string {
  if (!before || !after) return '';
  return `
| right | before | after |
|---|---|---|
| own samples ${own && own.test > 0 ? 'that had no part in it' : own && own.validation > 0 ? 'that chose the best epoch' : 'that were trained with'} | ${percent(before.samples)} | ${percent(after.samples)} |
| ${testedOn} | ${percent(before.usual)} | ${percent(after.usual)} |
`;
}
