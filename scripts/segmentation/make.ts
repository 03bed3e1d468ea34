// npm run train:segmentation -- [--pages N] [--steps N] [--work DIR] --out PATH: draws pages, and learns from them
// which pixels are written.
import { makeNetwork } from '../pages/make-network';

void makeNetwork({
  name: 'segmentation',
  folder: __dirname,
  extension: 'ink',
  pages: 8500,
  unit: 'steps',
  length: 6500,
});
