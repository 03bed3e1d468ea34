// node fuse.js FOLDER: fits how the two networks are put together (FUSION in lib/classify/judgement.ts) to
// choose-*.bin.
import { acquireClassifier } from '../../lib/engine/classifier';
import { featuresOf, HARDLY, likenessOf, onPage, probabilityOf, weightedSum } from '../../lib/classify/judgement';
import { DOUBTS, type Doubt } from '../../lib/extract/doubts';
import { MEASURES } from '../../lib/extract/surroundings';
import type { Inked } from '../../lib/classify/rivals';
import type { Prediction } from '../../lib/classify/prediction';
import type { Box } from '../../lib/pictures/picture';
import { BOX, CANDIDATE, DIGIT, LABEL, PAGE, PICTURE, PIECES, readSamples, WHOLE } from './samples';

/** Newton's steps, and how strongly weights are held near 0. */
const STEPS = 12;
const RIDGE = 1e-4;

const CHUNK = 256;

interface Observed extends Inked {
  features: number[];
  /** Undefined where nobody can tell. */
  is: boolean | undefined;
  /** Features of a digit, and whether it is the one which it looks like most. */
  likeness: number[];
  isRight: boolean;
  prediction: Prediction;
  page: number;
}

/** The last of the measures tell. */
function doubtOf(sample: Buffer): Doubt | undefined {
  const first = MEASURES - DOUBTS.length;
  return DOUBTS.find((_, k) => sample.readFloatLE(PICTURE + 4 * (first + k)) > 0);
}

function boxAt(sample: Buffer, at: number): Box {
  const [x, y, width, height] = [0, 2, 4, 6].map((i) => sample.readUInt16LE(at + i));
  return { x, y, width, height };
}

async function observe(folder: string): Promise<Observed[]> {
  const classifier = acquireClassifier();
  const observed: Observed[] = [];
  const all = readSamples(folder, 'choose');
  for (let first = 0; first < all.length; first += CHUNK) {
    const samples = all.slice(first, first + CHUNK);
    const judgements = await classifier.judge(
      samples.map((sample) => ({
        picture: sample.subarray(0, PICTURE),
        measures: Array.from({ length: MEASURES }, (_, k) => sample.readFloatLE(PICTURE + 4 * k)),
      })),
    );
    const images = samples.map((sample) => sample.subarray(PICTURE + 4 * MEASURES, PICTURE + 4 * MEASURES + DIGIT));
    const predictions = await classifier.classify(images);
    samples.forEach((sample, i) => {
      const prediction = predictions[i];
      const label = sample[CANDIDATE];
      const doubt = doubtOf(sample);
      const of = boxAt(sample, WHOLE);
      // As the product does, which does not look at these any closer.
      if (doubt && judgements[i][0] <= HARDLY) return;
      observed.push({
        features: featuresOf({ prediction, judgement: judgements[i] }),
        prediction,
        likeness: likenessOf({ prediction, judgement: judgements[i] }),
        isRight: sample[LABEL] === prediction.digit,
        ...(doubt && { doubt }),
        page: sample.readUInt32LE(PAGE),
        is: label === 255 ? undefined : label === 0,
        box: boxAt(sample, BOX),
        ...(of.width > 0 && { part: { of, first: sample[PIECES], last: sample[PIECES + 1] } }),
      });
    });
  }
  await classifier.release();
  return observed;
}

/** Logistic regression by Newton's method (iteratively reweighted least squares). */
function fit(observed: readonly { features: number[]; is: boolean }[]): { weights: number[]; loss: number } {
  const count = observed[0].features.length;
  let weights = new Array<number>(count).fill(0);
  let loss = 0;
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight) => -RIDGE * observed.length * weight);
    const hessian = weights.map((_, i) => weights.map((__, k) => (i === k ? RIDGE * observed.length : 0)));
    loss = 0;
    for (const { features, is } of observed) {
      const p = probabilityOf(weightedSum(features, weights));
      loss -= Math.log(Math.max(1e-12, is ? p : 1 - p)) / observed.length;
      for (let i = 0; i < count; i++) {
        gradient[i] += (Number(is) - p) * features[i];
        for (let k = 0; k < count; k++) hessian[i][k] += p * (1 - p) * features[i] * features[k];
      }
    }
    const change = solve(hessian, gradient);
    weights = weights.map((weight, i) => weight + change[i]);
  }
  return { weights, loss };
}

/** Solves a system of linear equations by elimination with pivots. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(rows[best][i]) ? i + k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= n; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}

const clear = <T extends { is: boolean | undefined }>(observed: readonly T[]): (T & { is: boolean })[] =>
  observed.filter((each): each is T & { is: boolean } => each.is !== undefined);

/** The same shapes with what their neighbours tell. */
function inCompany(observed: readonly Observed[], weights: readonly number[]): Observed[] {
  const pages = new Map<number, Observed[]>();
  for (const each of observed) pages.set(each.page, [...(pages.get(each.page) ?? []), each]);
  return [...pages.values()].flatMap((shapes) => {
    const features = onPage(
      shapes,
      shapes.map((shape) => weightedSum(shape.features, weights)),
    );
    return shapes.map((shape, i) => ({ ...shape, features: features[i] }));
  });
}

/** How often what is said to be likely by so much is so. */
function reliability(observed: readonly { features: number[]; is: boolean }[], weights: readonly number[]): string[] {
  const bins = Array.from({ length: 11 }, () => ({ count: 0, said: 0, is: 0 }));
  for (const { features, is } of observed) {
    const p = probabilityOf(weightedSum(features, weights));
    const bin = bins[p > 0.97 ? 10 : Math.min(9, Math.floor(p * 10))];
    bin.count++;
    bin.said += p;
    bin.is += Number(is);
  }
  return bins
    .filter(({ count }) => count > 0)
    .map(({ count, said, is }) => `${count} said ${(said / count).toFixed(3)} are ${(is / count).toFixed(3)}`);
}

async function main(): Promise<void> {
  const observed = await observe(process.argv[2]);
  const { weights, loss } = fit(clear(observed));
  const onPages = clear(inCompany(observed, weights));
  const inLine = fit(onPages);
  const digits = onPages.filter(({ is }) => is).map(({ likeness, isRight }) => ({ features: likeness, is: isRight }));
  const right = fit(digits);
  console.log(`a digit:\n${reliability(onPages, inLine.weights).join('\n')}`);
  console.log(`the one which it looks like most:\n${reliability(digits, right.weights).join('\n')}`);
  const rounded = (values: number[]): number[] => values.map((value) => Number(value.toFixed(3)));
  console.log(
    JSON.stringify({
      own: rounded(weights),
      page: rounded(inLine.weights),
      right: rounded(right.weights),
      loss,
      lossInLine: inLine.loss,
      of: observed.length,
    }),
  );
}

void main();
