// Data files and folders, damaged and odd ones: IDX, labelled pictures, samples, lists of labels, downloads.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { DataSetError } from '../../lib/data/idx';
import { PictureError } from '../../lib/pictures/picture';
import { SamplesError } from '../../lib/samples/labels';
import { accepted, beginning, refusal, type FuzzCase, type OpenArea, type Outcome } from './case';
import { labelsTrial, picturesTrial, samplesTrial } from './data-folders';
import { DRAWN, idxTrial, type Trial } from './data-trials';
import type { Dice } from './dice';
import { downloadTrial } from './downloads';
import { Mirror } from './mirror';

export const open: OpenArea = async ({ folder }) => {
  const pngs = await Promise.all(
    DRAWN.slice(0, 12).map(async ({ image, label }) => ({
      label,
      png: await sharp(image, { raw: { width: 28, height: 28, channels: 1 } })
        .png()
        .toBuffer(),
    })),
  );
  const mirror = await Mirror.start();
  const trials: Record<string, (dice: Dice) => Trial> = {
    idx: idxTrial,
    pictures: (dice) => picturesTrial(dice, pngs),
    samples: (dice) => samplesTrial(dice, pngs),
    labels: labelsTrial,
    download: (dice) => downloadTrial(dice, mirror),
  };
  const kinds = [
    [5, 'idx'],
    [4, 'pictures'],
    [2, 'samples'],
    [1, 'labels'],
    [2, 'download'],
  ] as const;
  return {
    make(dice): FuzzCase {
      const trial = trials[dice.weighted(kinds)]!(dice);
      const { name, files } = trial;
      return {
        name,
        input: Object.values(files).find((each) => Buffer.isBuffer(each)),
        run: () => tryOut(join(folder, 'case'), trial),
      };
    },
    close: () => mirror.stop(),
  };
};

async function tryOut(folder: string, { name: what, files, use, rule, anyClass = false }: Trial): Promise<Outcome> {
  await mkdir(folder, { recursive: true });
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      await mkdir(join(path, '..'), { recursive: true });
      if (Buffer.isBuffer(content)) await writeFile(path, content);
      else await content(path);
    }
    const problem = await use(folder);
    return accepted(problem ?? (rule === 'refused' ? `${beginning(what)}: damaged, and taken for whole` : undefined));
  } catch (error) {
    const outcome = refusal(error, anyClass ? [] : [DataSetError, SamplesError, PictureError]);
    if (rule === 'read')
      outcome.findings.push({
        fault: 'wrong',
        detail: `${what}: refused, though nothing is wrong with it: ${(error as Error).message}`,
      });
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
