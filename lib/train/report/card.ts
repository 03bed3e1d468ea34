import type { DigitFigures } from '../../evaluate/digits';
import { furtherLines, furtherTables, type FurtherFacts } from './card-further';
import { SHORT } from '../data/curriculum';
import type { Report } from './report';
import type { Accuracies } from '../common/result';
import { DRAWN_DIGITS, NEGATIVES } from '../data/samples';
import { NOT_A_DIGIT } from '../../digit';
import { percent } from '../../percent';

/** How many own samples were for what. */
interface OwnSamples {
  training: number;
  validation: number;
  test: number;
}

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
  /** Where there were any but those mixed into MNIST. */
  own?: OwnSamples;
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

const whole = (count: number): string => count.toLocaleString('en');

/** The model card of a network trained here (Mitchell et al. 2019: "Model Cards for Model Reporting"), as Markdown. */
export function writeCard(facts: CardFacts, report: Report): string {
  return [
    head(facts),
    `## Training\n\n${trainingLines(facts).join('\n')}\n\nAgain: \`${facts.again}\`.\n`,
    `## Figures\n\n${figures(facts, report)}`,
    `## Confidence\n\n${confidence(facts, report)}`,
    `## Limits\n\n${limits(facts)}`,
  ].join('\n');
}

const knowsNoDigit = ({ classes }: CardFacts): boolean => classes > NOT_A_DIGIT;

function head(facts: CardFacts): string {
  const { name, version, network, from, weights } = facts;
  const classes = knowsNoDigit(facts) ? 'eleven classes apart: 0 to 9, and "not a digit"' : 'ten classes apart: 0 to 9';
  const layers =
    network === 'existing'
      ? `the network of ${from ?? 'another model'}`
      : 'the layers format of TensorFlow.js; the network itself is in `lib/train/engine/network.ts`';
  return [
    `# ${[name, version].filter(Boolean).join(' ')}`,
    '',
    'Reads one handwritten digit from a picture of 28×28, white ink on black, ' +
      "normalised as MNIST's are: the longer side of the",
    `ink 20 pixels, its centre of mass in the middle. Tells ${classes}. ${whole(weights)} weights in`,
    `${layers}.`,
    '',
  ].join('\n');
}

/** Lines of a list. */
function trainingLines(facts: CardFacts): string[] {
  const { own, fineTuned, settled } = facts;
  return [
    ...(fineTuned && own ? fineTuningData(facts, own) : wholeData(facts)),
    runLine(facts),
    ...(settled === undefined ? [] : [settledLine(settled)]),
  ];
}

function fineTuningData(facts: CardFacts, own: OwnSamples): string[] {
  const held =
    own.validation > 0
      ? `${whole(own.validation)} more were held out to choose the best epoch, to
  calibrate and to judge whether it has got better${testedWith(own)}`
      : `they were too few to hold some out, so it was judged by the
  same ones`;
  return [
    `- ${whole(own.training)} own samples, each several times an epoch; ${held}.`,
    `- Among them, so that nothing is forgotten, ${facts.usual ? "digits of MNIST's training set and " : ''}` +
      'digits and other things drawn by the project itself.',
    anewLine(facts),
  ];
}

function wholeData(facts: CardFacts): string[] {
  const { usual, digits, heldOut, own, further, augmentation } = facts;
  const name = usual ? "MNIST's training set (LeCun, Cortes, Burges)" : 'Own samples';
  return [
    `- ${name}: ${whole(digits)} digits to train with; ${whole(heldOut)} were held out to choose the
  best epoch and to calibrate${own ? testedWith(own) : ''}.`,
    ...(further ? furtherLines(further) : []),
    ...(augmentation ? [drawnLine(facts), anewLine(facts)] : []),
  ];
}

const testedWith = ({ test }: OwnSamples): string => (test > 0 ? `, ${whole(test)} more to test with` : '');

/** See `SHORT`. */
const isShort = ({ epochs, network }: CardFacts): boolean => epochs < SHORT.epochs && network !== 'existing';

function drawnLine(facts: CardFacts): string {
  const share = isShort(facts) ? SHORT.drawn : 1;
  const negatives = knowsNoDigit(facts)
    ? `, and ${Math.round(100 * share * NEGATIVES)} that are no digits: letters,
  signs, several letters or digits in one, pieces of digits, scribbles, lines, blots, shadows, grids`
    : '';
  const digits = Math.round(100 * share * DRAWN_DIGITS);
  return (
    '- Drawn by the project itself (`lib/train/synthesis/glyphs.ts`), for every 100 of these: ' +
    `${digits} digits in forms that MNIST's writers
  do not use (bare, flagged and footed 1s, crossed 7s, open and closed 4s, slashed 0s)${negatives}.`
  );
}

/** The first of them; the others stand on the next line. */
const CHANGES = 'turned, sheared, stretched, distorted, drawn with a thinner or thicker pen,';

function anewLine(facts: CardFacts): string {
  const plain = isShort(facts) && !facts.fineTuned ? `, but for ${Math.round(100 * SHORT.plain)} % of the digits` : '';
  const negatives = knowsNoDigit(facts)
    ? ` What is no digit goes
  the same way, so that only its shape tells.`
    : '';
  return `- Every sample is made anew in every epoch${plain}: ${CHANGES}
  unevenly inked, blurred, noisy, and brought back to 28×28 by the steps that the camera's digits take.${negatives}`;
}

function runLine({ completed, epochs, bestEpoch, averaging, seed, engine, seconds, trainedAt }: CardFacts): string {
  const done = completed < epochs ? `Stopped after ${completed} of ${epochs}` : epochs;
  const average = averaging > 0 ? `, moving average of the weights (${averaging})` : '';
  const took = seconds < 90 ? `${seconds.toFixed(0)} seconds` : `${(seconds / 60).toFixed(0)} minutes`;
  return `- ${done} epochs, of which number ${bestEpoch} was the best; Adam${average}; seed ${seed}; ${engine},
  ${took}; ${trainedAt.slice(0, 10)}.`;
}

function settledLine(settled: number): string {
  const others = `${(1 - settled).toFixed(1)} of those of the model that it goes on from`;
  return `- The weights are ${settled} of those of that epoch and ${others} (Wortsman et al. 2022:
  "Robust fine-tuning of zero-shot models"), so that no hands are forgotten.`;
}

function figures(facts: CardFacts, report: Report): string {
  return `${figuresTable(facts, report)}

${facts.further ? furtherTables(facts.further).trimStart() + '\n' : ''}${byDigitTable(report.test)}
${facts.independent ? '' : NOT_INDEPENDENT}${negativesNote(report)}${comparison(facts)}`;
}

function figuresTable({ testedOn, independent, others }: CardFacts, { test, augmented }: Report): string {
  const row = (name: string, { n, accuracy, rejected, calibrationError }: DigitFigures): string =>
    `| ${name} | ${whole(n)} | ${percent(accuracy, 2)} | ${percent(rejected, 2)} | ${percent(calibrationError, 2)} |`;
  return [
    '| | digits | right | taken for no digit | calibration error |',
    '|---|---|---|---|---|',
    row(testName(testedOn, independent), test),
    ...(augmented ? [row('… as another pen and a camera would give them', augmented)] : []),
    ...Object.entries(others).map(([name, measured]) => row(name, measured)),
  ].join('\n');
}

function testName(testedOn: string, independent: boolean): string {
  if (testedOn === 'MNIST') return 'MNIST, test set';
  if (testedOn !== 'own samples') return testedOn;
  return independent ? 'own samples that had no part in it' : 'own samples that chose the best epoch';
}

function byDigitTable({ byDigit }: DigitFigures): string {
  return `| digit | ${byDigit.map((_, digit) => digit).join(' | ')} |
|---|${'---|'.repeat(byDigit.length)}
| right, of the first of these | ${byDigit.map((share) => percent(share, 1)).join(' | ')} |`;
}

const NOT_INDEPENDENT = [
  '',
  'There is no independent test: own samples were too few to set some aside, ' +
    'so these are the ones that chose the best epoch.',
  'Others will be read less well. From five samples of a digit on, one is kept to test with.',
  '',
].join('\n');

function negativesNote({ negativesRejected }: Report): string {
  if (negativesRejected === undefined) return '';
  const share = percent(negativesRejected, 1);
  return `
Of drawn things that are no digits, made as those for training were, it knew ${share} as such; real ones are more
various.
`;
}

function comparison({ before, after, own, testedOn }: CardFacts): string {
  if (!before || !after) return '';
  return `
| right | before | after |
|---|---|---|
| own samples ${comparedBy(own)} | ${percent(before.samples, 2)} | ${percent(after.samples, 2)} |
| ${testedOn} | ${percent(before.usual, 2)} | ${percent(after.usual, 2)} |
`;
}

function comparedBy(own: OwnSamples | undefined): string {
  if (own && own.test > 0) return 'that had no part in it';
  return own && own.validation > 0 ? 'that chose the best epoch' : 'that were trained with';
}

function confidence(facts: CardFacts, { temperature }: Report): string {
  const fitted = facts.fineTuned && !facts.own?.validation ? 'own samples and usual digits' : 'what was held out';
  const augmented = facts.augmentation
    ? `, as it is
and augmented${knowsNoDigit(facts) ? ', with drawn digits and things that are no digits' : ''}`
    : '';
  return (
    `Logits are divided by ${temperature.toFixed(3)} before the softmax: temperature scaling (Guo et al. 2017), ` +
    `fitted to ${fitted}${augmented}. The calibration error is the expected one over 15 bins.\n`
  );
}

function limits(facts: CardFacts): string {
  const others = knowsNoDigit(facts)
    ? 'O, I, l, S and Z are read as the digits that they look like; what stands beside them has to tell.'
    : 'Whatever it is shown is read as a digit: letters, drawings and shadows too.';
  return `- A bare upright stroke is a 1, also where it is the edge of a table.
- ${others}
- Western Arabic digits only.
`;
}
