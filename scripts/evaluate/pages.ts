import type { Classifier } from '../../lib/engine/classifier';
import { calibrationOf } from '../../lib/evaluate/digits';
import { FILTER_DEFAULTS } from '../../lib/filter/filter';
import { readText } from '../../lib/pipeline/reader';
import { acquireInk } from '../../lib/ink/ink';
import { Pages, type Page } from '../pages/page';

/** What was read of pages of one kind. */
export interface PageFigures {
  pages: number;
  /** Share on which exactly the digits that stand there were read, none where there are none. */
  exact: number;
  /** Share that the filter lets pass, and share that it lets pass though a digit is wrong, missing or too much. */
  accepted: number;
  wrongAccepted: number;
  /** Expected calibration error of whole readings, 0 to 1; null where nothing was read. */
  calibrationError: number | null;
}

interface Result {
  exact: boolean;
  accepted: boolean;
  isRead: boolean;
  confidence: number;
}

export interface PageOptions {
  count: number;
  seed: number;
  onProgress?: (done: number, total: number) => void;
}

/** Pages of one seed lie so far from those of the next. */
const APART = 1_000_000;

/**
 * Draws pages by hands, on grounds and in lights that were not trained with, and reads them.
 * @param data folder with mnist, sets, letters and photos-without-digits
 * @returns figures by what is written, and of all together
 */
export async function evaluatePages(
  classifier: Classifier,
  data: string,
  { count, seed, onProgress }: PageOptions,
): Promise<Record<string, PageFigures>> {
  const pages = await Pages.read(data, 'measure');
  const ink = acquireInk();
  const all: Result[] = [];
  const results: Record<string, Result[]> = { all };
  try {
    for (let i = 0; i < count; i++) {
      const page = await pages.draw(seed * APART + i);
      const { reading } = await readText(ink, classifier, page.picture);
      const text = reading.text.replaceAll('\n', '');
      const { confidence } = reading;
      const isAccepted = text !== '' && confidence >= FILTER_DEFAULTS.minimumConfidence;
      const result: Result = { exact: text === textOf(page), accepted: isAccepted, isRead: text !== '', confidence };
      all.push(result);
      (results[page.writing] ??= []).push(result);
      onProgress?.(i + 1, count);
    }
  } finally {
    await ink.release();
  }
  return Object.fromEntries(
    Object.entries(results).map(([kind, list]) => {
      const share = (test: (result: (typeof list)[number]) => boolean): number =>
        list.filter(test).length / list.length;
      return [
        kind,
        {
          pages: list.length,
          exact: share(({ exact }) => exact),
          accepted: share(({ accepted }) => accepted),
          wrongAccepted: share(({ accepted, exact }) => accepted && !exact),
          calibrationError: calibrationOf(
            list.filter(({ isRead }) => isRead).map(({ confidence, exact }) => ({ confidence, isRight: exact })),
          ).calibrationError,
        },
      ];
    }),
  );
}

/** The digits in the order in which they were written, line by line. */
function textOf({ things }: Page): string {
  return things
    .filter(({ kind }) => kind === 'digit')
    .map(({ character }) => character)
    .join('');
}
