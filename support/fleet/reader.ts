// A reader in a process of its own, for the tests and the figures: node reader.js URL. Prints "connected" when it is.
import { acquireClassifier } from '../../lib/engine/classifier';
import { predictDigits } from '../../lib/classify/predict';
import { toReading } from '../../lib/classify/reading';
import { JobQueue } from '../../lib/fleet/job-queue';
import type { Job } from '../../lib/fleet/job';

const classifier = acquireClassifier();

async function read(job: Job): Promise<void> {
  const { digits, predictions } = await predictDigits(classifier, job.digits);
  await queue.answer(job, toReading(digits, predictions));
}

const queue = new JobQueue(
  { url: process.argv[2]!, prefix: 'digits' },
  {},
  {
    onState: ({ state }) => {
      console.log(state);
    },
    onJob: (job) => {
      read(job).catch((error: unknown) => {
        console.error(error);
      });
    },
    onError: (error) => {
      console.error(error.message);
    },
  },
);
