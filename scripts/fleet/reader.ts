// A reader in a process of its own, for the tests and the figures: node reader.js URL. Prints "connected" when it is.
import { acquireClassifier } from '../../lib/classify/classifier';
import { toReading } from '../../lib/classify/reading';
import { JobQueue } from '../../lib/fleet/job-queue';
import type { Job } from '../../lib/fleet/job';

const classifier = acquireClassifier();

async function read({ id, digits }: Job): Promise<void> {
  const predictions = await classifier.classify(digits.map(({ image }) => image));
  await queue.answer(id, toReading(digits, predictions));
}

const queue = new JobQueue({ url: process.argv[2], prefix: 'digits' }, {}, {
  onState: ({ state }) => { console.log(state); },
  onJob: (job) => { read(job).catch((error: unknown) => { console.error(error); }); },
  onError: (error) => { console.error(error.message); },
});
