import type { DigitFigures } from '../evaluate/digits';
import type { Report } from './report';
import { DRAWN_DIGITS, NEGATIVES } from './samples';

/** What a model card tells beside the report. */
export interface CardFacts {
  name: string;
  version: string;
  /** Number of weights. */
  weights: number;
  /** Digits that were trained with, and held out. */
  digits: number;
  heldOut: number;
  epochs: number;
  bestEpoch: number;
  seed: number;
  seconds: number;
  /** e.g. "native TensorFlow" */
  engine: string;
  /** ISO 8601 */
  trainedAt: string;
  /** Measured on other data sets, by their names. */
  others: Record<string, DigitFigures>;
}

const percent = (share: number, decimals = 2): string => `${(share * 100).toFixed(decimals)} %`;
const whole = (count: number): string => count.toLocaleString('en');

/** The model card of a network trained here (Mitchell et al. 2019: "Model Cards for Model Reporting"), as Markdown. */
export function modelCard(facts: CardFacts, report: Report): string {
  const { test, augmented } = report;
  const row = (name: string, { n, accuracy, rejected, calibrationError }: DigitFigures): string =>
    `| ${name} | ${whole(n)} | ${percent(accuracy)} | ${percent(rejected)} | ${percent(calibrationError)} |`;
  return `# ${facts.name} ${facts.version}

Reads one handwritten digit from a picture of 28×28, white ink on black, normalised as MNIST's are: the longer side of the
ink 20 pixels, its centre of mass in the middle. Gives eleven logits: 0 to 9, and "not a digit". ${whole(facts.weights)} weights in
the layers format of TensorFlow.js; the network itself is in \`lib/train/network.ts\`.

## Training

- MNIST's training set (LeCun, Cortes, Burges): ${whole(facts.digits)} digits to train with; ${whole(facts.heldOut)} were held out to choose the
  best epoch and to calibrate.
- Drawn by the project itself (\`lib/train/glyphs.ts\`), for every 100 of these: ${Math.round(100 * DRAWN_DIGITS)} digits in forms that MNIST's writers
  do not use (bare, flagged and footed 1s, crossed 7s, open and closed 4s, slashed 0s), and ${Math.round(100 * NEGATIVES)} that are no digits: letters,
  signs, several letters or digits in one, pieces of digits, scribbles, lines, blots, shadows, grids.
- Every sample is made anew in every epoch: turned, sheared, stretched, distorted, drawn with a thinner or thicker pen,
  unevenly inked, blurred, noisy, and brought back to 28×28 by the steps that the camera's digits take. What is no digit goes
  the same way, so that only its shape tells.
- ${facts.epochs} epochs, of which number ${facts.bestEpoch} was the best; Adam, moving average of the weights; seed ${facts.seed}; ${facts.engine},
  ${(facts.seconds / 60).toFixed(0)} minutes; ${facts.trainedAt.slice(0, 10)}.

Again: \`npm run train -- --epochs ${facts.epochs} --seed ${facts.seed} --out PATH\`.

## Figures

| | digits | right | taken for no digit | calibration error |
|---|---|---|---|---|
${[
  row('MNIST, test set', test),
  row('… as another pen and a camera would give them', augmented),
  ...Object.entries(facts.others).map(([name, figures]) => row(name, figures)),
].join('\n')}

| digit | ${test.byDigit.map((_, digit) => digit).join(' | ')} |
|---|${'---|'.repeat(test.byDigit.length)}
| right, of MNIST's test set | ${test.byDigit.map((share) => percent(share, 1)).join(' | ')} |

Of drawn things that are no digits, made as those for training were, it knew ${percent(report.negativesRejected, 1)} as such; real ones are more
various.

## Confidence

Logits are divided by ${report.temperature.toFixed(3)} before the softmax: temperature scaling (Guo et al. 2017), fitted to what was held out, as it is
and augmented, with drawn digits and things that are no digits. The calibration error is the expected one over 15 bins.

## Limits

- A bare upright stroke is a 1, also where it is the edge of a table.
- O, I, l, S and Z are read as the digits that they look like; what stands beside them has to tell.
- Western Arabic digits only.
`;
}
