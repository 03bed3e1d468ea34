import { measure, reportOn, type Report } from '../report/report';
import type { Decision } from './decide';
import { accuraciesOf, shareOf, withFewOnceStopped, withWeightsOf } from './evaluation';
import type { Accuracies } from '../common/result';
import type { Trained } from './trained';

/** How a network did on the test digits. */
export interface TestResult {
  report: Report;
  /** Only where an existing model was fine-tuned: see `TrainingResult`. */
  before?: Accuracies;
  after?: Accuracies;
}

/** Looks at the test digits, for the first and the last time. A fine-tuned network is compared with what it was. */
export async function testOnce(trained: Trained, { temperature, judged }: Decision): Promise<TestResult> {
  const { network, before, signal, settings, schedule, data } = trained;
  const own = data.test.own?.open();
  const usual = data.test.usual.open();
  // Whether to measure also on digits made anew and on drawn things that are none.
  const whole = !data.fineTuning && schedule.augmentation;
  return withFewOnceStopped(signal, { usual, own: own ?? usual }, async (sets, pause, all) => {
    const options = { temperature, pause };
    const report =
      whole && all
        ? await reportOn(network, sets.usual, settings.seed, options)
        : { temperature, test: await measure(network, sets.usual, options) };
    if (!before || !judged) return { report };
    // Without own samples to test with, one has to do with those that it was judged by, which is said.
    if (!own) {
      const { accuracy } = await withWeightsOf(network, before, () =>
        measure(network, sets.usual, { temperature: before.temperature, pause }),
      );
      return {
        report,
        before: { samples: judged.before.samples, usual: accuracy },
        after: { samples: judged.after.samples, usual: report.test.accuracy },
      };
    }
    return {
      report,
      after: { samples: await shareOf(network, sets.own, pause), usual: report.test.accuracy },
      before: await withWeightsOf(network, before, () => accuraciesOf(network, sets, before.temperature, pause)),
    };
  });
}
