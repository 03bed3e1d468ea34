import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import type { Classifier } from '../../lib/classify/classifier';
import type { Digit } from '../../lib/extract/digit';
import { FleetError } from '../../lib/fleet/errors';
import type { Job, JobKey } from '../../lib/fleet/job';
import { JobQueue } from '../../lib/fleet/job-queue';
import { LONGEST_TEXT } from '../../lib/fleet/limits';
import { describe } from '../../lib/pictures/picture';
import { findBroker, showLink } from '../common/broker';
import { FleetHealth, TELL_EVERY } from '../common/fleet-health';
import { acquireModel } from '../common/model';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';

interface JobsSettings extends NodeDef {
  broker?: string;
  group?: string;
  inFlight?: string | number;
  /** Whose name and accuracy the reports tell. */
  model?: string;
}

/** What comes back from the flow. */
interface Answer extends NodeMessageInFlow {
  job?: Partial<JobKey> | null;
  confidence?: number;
  digits?: Digit[];
  otherWriting?: boolean;
  accepted?: boolean;
  reason?: string;
  error?: { message?: string };
}

function isKey(job: Answer['job']): job is JobKey {
  return typeof job === 'object' && job !== null && typeof job.id === 'string' && typeof job.camera === 'string';
}

/** The readers' share of the jobs; the readings come back by a wire and are published. */
export function create(RED: NodeAPI): (this: Node, settings: JobsSettings) => void {
  function JobsNode(this: Node, settings: JobsSettings): void {
    RED.nodes.createNode(this, settings);
    const health = new FleetHealth();
    let queue: JobQueue | undefined;
    let classifier: Classifier | undefined;

    const status = handleInput(
      this,
      async (msg: Answer) => {
        const { job, payload, confidence = 0, digits = [], otherWriting, accepted, reason, error } = msg;
        if (!isKey(job))
          throw new FleetError(
            `expected a message with the msg.job that this node sent, got ${describe(job)}`,
            'no msg.job',
          );
        if (!error && typeof payload !== 'string')
          throw new FleetError(`expected the text read in msg.payload, got ${describe(payload)}`, 'no text');
        if (!queue) throw new FleetError('this node has not started: no reading can be published', 'not started');
        if (error) health.failed(new Error(error.message));
        await queue.answer(
          job,
          error
            ? { text: '', confidence: 0, digits: [], error: (error.message ?? 'unknown').slice(0, LONGEST_TEXT) }
            : {
                text: payload as string,
                confidence,
                digits,
                ...(otherWriting !== undefined && { otherWriting }),
                ...(accepted !== undefined && { accepted }),
                ...(reason !== undefined && { reason }),
              },
        );
        health.rate.count(performance.now());
        return null;
      },
      { urgent: () => true },
    );

    const emit = ({ digits, width, height, camera, id, at, run, sequence }: Job): void => {
      const msg = {
        topic: camera,
        payload: digits,
        digits,
        job: { camera, id, at, run, sequence },
        frame: { id, at, source: camera, width, height },
      };
      this.send([msg, null]);
    };
    const show = (): void => {
      showLink(status, health.link, `${health.rate.perSecond(performance.now())}/s`);
    };
    const tell = setInterval(() => {
      const info = classifier?.info;
      this.send([
        null,
        {
          payload: health.report({
            open: queue?.open ?? 0,
            ...queue?.counts,
            engine: 'wasm',
            ...(info && { model: { name: info.name, version: info.version, accuracy: info.accuracy } }),
          }),
        },
      ]);
    }, TELL_EVERY);
    const tick = setInterval(show, 1000);

    // Not before: nodes behind this one, and the model, may not be there yet.
    const start = (): void => {
      try {
        classifier = acquireModel(RED, settings.model);
        queue = new JobQueue(
          findBroker(RED, settings.broker),
          { group: settings.group?.trim() || undefined, inFlight: numberSetting(settings.inFlight) },
          {
            onState: (link) => {
              if (link.state === 'waiting') {
                if (health.lastError?.message !== link.error.message) this.warn(link.error.message);
                health.failed(link.error);
              }
              health.link = link;
              show();
            },
            onJob: emit,
            onError: (error) => {
              health.failed(error);
              this.error(error, {});
            },
          },
        );
      } catch (error) {
        status.fail(error as Error);
        this.error(error, {});
      }
    };
    RED.events.once('flows:started', start);
    this.on('close', (_removed: boolean, done: () => void) => {
      RED.events.off('flows:started', start);
      clearInterval(tell);
      clearInterval(tick);
      void Promise.all([queue?.close(), classifier?.release()]).then(() => {
        done();
      });
    });
  }

  return JobsNode;
}
