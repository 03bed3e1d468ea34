import type { DigitFigures } from '../../evaluate/digits';
import { SURE, type LetterFigures } from './report';
import { percent } from '../../percent';

/** A further set as a card tells of it; how many of its pictures were trained with, and held out to choose by. */
interface SetFacts<Figures> {
  name: string;
  credit: string;
  kept: string;
  training: number;
  held: number;
  /** On what was kept. */
  figures: Figures;
}

/** What a card tells of further hands and of letters. */
export interface FurtherFacts {
  hands: SetFacts<DigitFigures>[];
  letters: SetFacts<LetterFigures>[];
  /** How many shapes of pages were trained with, and held out; missing where there are none. */
  pages?: Pick<SetFacts<unknown>, 'training' | 'held'>;
}

const whole = (count: number): string => count.toLocaleString('en');

const LETTERS_LINE =
  '- Letters take the place of half of what is drawn and no digit. Those that look like a digit (O o I i l S s Z\n' +
  '  z b g q y, what is narrow as a bar or round as a 0) were left out.';

const pagesLine = ({ training, held }: NonNullable<FurtherFacts['pages']>): string =>
  `- Shapes of the project's own drawn pages, digits and others, as the steps of the camera's digits give them:
  ${whole(training)} to train with, some of them in each epoch, ${whole(held)} held out to choose by and to calibrate.`;

/** What they were trained with, lines of a list. */
export function furtherLines({ hands, letters, pages }: FurtherFacts): string[] {
  const line = ({ name, credit, training, held, kept, figures: { n } }: SetFacts<{ n: number }>): string =>
    `- \`${name}\`, ${credit}:
  ${whole(training)} to train with, ${whole(held)} held out to choose by and to calibrate, ${whole(n)} kept to measure
  with (${kept}).`;
  return [
    ...hands.map(line),
    ...letters.map(line),
    ...(hands.length > 0 ? ['- The digits of these hands come three times an epoch.'] : []),
    ...(letters.length > 0 ? [LETTERS_LINE] : []),
    ...(pages ? [pagesLine(pages)] : []),
  ];
}

/** Figures on what was kept. */
export function furtherTables({ hands, letters }: FurtherFacts): string {
  return `${
    hands.length === 0
      ? ''
      : `
Of sets that were trained with, what was kept. Its forms, pens and scanners are those that were trained with:

| | digits | right | taken for no digit | calibration error |
|---|---|---|---|---|
${hands.map(digitRow).join('\n')}
`
  }${
    letters.length === 0
      ? ''
      : `
| kept letters that do not look like digits | pictures | taken for a digit | … with ${SURE} or more |
|---|---|---|---|
${letters.map(letterRow).join('\n')}
`
  }`;
}

function digitRow({ name, figures: { n, accuracy, rejected, calibrationError } }: SetFacts<DigitFigures>): string {
  return `| ${name}, kept | ${whole(n)} | ${percent(accuracy, 2)} | ${percent(rejected, 2)} | ${percent(calibrationError, 2)} |`;
}

function letterRow({ name, figures: { n, read, sure } }: SetFacts<LetterFigures>): string {
  return `| ${name} | ${whole(n)} | ${percent(read, 1)} | ${percent(sure, 1)} |`;
}
