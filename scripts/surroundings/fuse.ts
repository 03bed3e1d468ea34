// node fuse.js FOLDER: fits how the two networks are put together (FUSION in lib/classify/judgement.ts) to choose-*.bin.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireClassifier } from '../../lib/classify/classifier';
import { logOdds } from '../../lib/classify/judgement';
import { MEASURES } from '../../lib/extract/surroundings';
import { DIGIT, PICTURE, SAMPLE } from './samples';

/** Steps of the gradient descent, their size, and how strongly weights are held near 0. */
const STEPS = 3000, RATE = 0.3, RIDGE = 1e-4;

const CHUNK = 256;

interface Observed { features: number[]; isDigit: boolean }

async function observe(folder: string): Promise<Observed[]> {
  const classifier = acquireClassifier(), observed: Observed[] = [];
  const files = readdirSync(folder).filter((name) => name.startsWith('choose-') && name.endsWith('.bin'));
  for (const file of files) {
    const bytes = readFileSync(join(folder, file)), count = Math.floor(bytes.length / SAMPLE);
    for (let first = 0; first < count; first += CHUNK) {
      const samples = Array.from({ length: Math.min(CHUNK, count - first) }, (_, i) => (
        bytes.subarray((first + i) * SAMPLE, (first + i + 1) * SAMPLE)
      ));
      const judgements = await classifier.judge(samples.map((sample) => ({
        picture: sample.subarray(0, PICTURE),
        measures: Array.from({ length: MEASURES }, (_, k) => sample.readFloatLE(PICTURE + 4 * k)),
      })));
      const images = samples.map((sample) => sample.subarray(PICTURE + 4 * MEASURES, PICTURE + 4 * MEASURES + DIGIT));
      const predictions = await classifier.classify(images);
      samples.forEach((sample, i) => {
        const { digit, notDigit } = predictions[i], label = sample[SAMPLE - 6];
        const features = [logOdds(1 - notDigit), logOdds(judgements[i][0]), ...Array.from({ length: 10 }, (_, d) => Number(d === digit))];
        observed.push({ features, isDigit: label === 0 && sample[SAMPLE - 5] === digit });
      });
    }
  }
  await classifier.release();
  return observed;
}

/** Logistic regression by gradient descent. */
function fit(observed: readonly Observed[]): { weights: number[]; loss: number } {
  const weights = observed[0].features.map(() => 0);
  let loss = 0;
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight) => RIDGE * weight);
    loss = 0;
    for (const { features, isDigit } of observed) {
      const z = features.reduce((sum, value, i) => sum + value * weights[i], 0), p = 1 / (1 + Math.exp(-z));
      loss -= Math.log(Math.max(1e-12, isDigit ? p : 1 - p)) / observed.length;
      const error = (p - Number(isDigit)) / observed.length;
      for (let i = 0; i < weights.length; i++) gradient[i] += error * features[i];
    }
    for (let i = 0; i < weights.length; i++) weights[i] -= RATE * gradient[i];
  }
  return { weights, loss };
}

async function main(): Promise<void> {
  const observed = await observe(process.argv[2]), { weights: [form, surroundings, ...bias], loss } = fit(observed);
  console.log(JSON.stringify({ form, surroundings, bias: bias.map((value) => Number(value.toFixed(2))), loss, of: observed.length }));
}

void main();
