import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LabelledDigits } from '../../lib/data/idx';
import { loadSharp } from '../../lib/pictures/decode';
import { idx } from '../../support/made-files';
import { DIGIT_PIXELS } from '../../lib/digit';

/** Writes a data set where MNIST would be. */
export async function writeAsMnist(folder: string, training: LabelledDigits, test: LabelledDigits): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, { images, labels }] of [
    ['train', training],
    ['t10k', test],
  ] as const) {
    await writeFile(join(folder, `${name}-images-idx3-ubyte`), idx(2051, [labels.length, 28, 28], images));
    await writeFile(join(folder, `${name}-labels-idx1-ubyte`), idx(2049, [labels.length], labels));
  }
}

/** Writes digits as the samples node keeps them. */
export async function writeSamples(folder: string, { images, labels }: LabelledDigits): Promise<void> {
  for (const [i, label] of labels.entries()) {
    await mkdir(join(folder, String(label)), { recursive: true });
    const image = images.slice(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS);
    await loadSharp()(image, { raw: { width: 28, height: 28, channels: 1 } })
      .png()
      .toFile(join(folder, String(label), `${i}.png`));
  }
}
