// npm run train:surroundings -- [--pages N] [--epochs N] [--work DIR] --out PATH: draws pages, learns from them what
// stands about digits, and prints how both networks are best put together (FUSION in lib/classify/judgement.ts).
import { makeNetwork } from '../pages/make-network';

const title = 'FUSION, for this network in models/surroundings and the digits network there is:';

void makeNetwork({
  name: 'surroundings',
  folder: __dirname,
  extension: 'bin',
  pages: 30_000,
  unit: 'epochs',
  length: 12,
  after: { title, script: 'fuse.js' },
});
