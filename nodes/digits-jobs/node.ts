import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import type { Classifier } from '../../lib/engine/classifier';
import type { Digit } from '../../lib/extract/digit';
import { FleetError } from '../../lib/fleet/errors';
import type { Job, JobKey } from '../../lib/fleet/job';
import { JobQueue, type Answer as JobAnswer } from '../../lib/fleet/job-queue';
import { LONGEST_TEXT } from '../../lib/fleet/limits';
import { describe } from '../../lib/pictures/picture';
import { findBroker, showLink } from '../common/broker';
import { FleetHealth, SHOW_EVERY, TELL_EVERY } from '../common/fleet-health';
import { acquireModel } from '../common/model';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';
import type { Status } from '../common/status';

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

/** The readers' share of the jobs; the readings come back by a wire and are published. */
export function create(RED: NodeAPI): (this: Node, settings: JobsSettings) => void {
  function JobsNode(this: Node, settings: JobsSettings): void {
    RED.nodes.createNode(this, settings);
    const reader = new JobReader(RED, this, settings);
    const start = (): void => {
      reader.start();
    };
    // Not before: nodes behind this one, and the model, may not be there yet.
    RED.events.once('flows:started', start);
    this.on('close', (_removed: boolean, done: () => void) => {
      RED.events.off('flows:started', start);
      void reader.close().then(done);
    });
  }

  return JobsNode;
}

/**
 * Sends jobs into the flow, publishes what comes back, and tells how it goes: in the status and by the second output.
 */
class JobReader {
  private readonly health = new FleetHealth();
  private readonly status: Status;
  private readonly tellTimer: NodeJS.Timeout;
  private readonly showTimer: NodeJS.Timeout;
  private queue: JobQueue | undefined;
  private classifier: Classifier | undefined;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly settings: JobsSettings,
  ) {
    this.status = handleInput(
      node,
      async (msg: Answer) => {
        await this.publish(msg);
        return null;
      },
      { urgent: () => true },
    );
    this.tellTimer = setInterval(() => {
      this.tell();
    }, TELL_EVERY);
    this.showTimer = setInterval(() => {
      this.show();
    }, SHOW_EVERY);
  }

  /** Takes jobs from now on; what keeps it from that is told. */
  start(): void {
    const { model, broker, group, inFlight } = this.settings;
    try {
      this.classifier = acquireModel(this.RED, model);
      this.queue = new JobQueue(
        findBroker(this.RED, broker),
        { group: group?.trim() || undefined, inFlight: numberSetting(inFlight) },
        {
          onState: (link) => {
            this.health.changed(link, (message) => {
              this.node.warn(message);
            });
            this.show();
          },
          onJob: (job) => {
            this.emit(job);
          },
          onError: (error) => {
            const told = withHint(error);
            this.health.failed(told);
            this.node.error(told, {});
          },
        },
      );
    } catch (error) {
      this.status.fail(error as Error);
      this.node.error(error, {});
    }
  }

  async close(): Promise<void> {
    clearInterval(this.tellTimer);
    clearInterval(this.showTimer);
    await Promise.all([this.queue?.close(), this.classifier?.release()]);
  }

  private emit({ digits, width, height, camera, id, at, run, sequence }: Job): void {
    const msg = {
      topic: camera,
      payload: digits,
      digits,
      job: { camera, id, at, run, sequence },
      frame: { id, at, source: camera, width, height },
    };
    this.node.send([msg, null]);
  }

  private async publish(msg: Answer): Promise<void> {
    const { job, error } = msg;
    if (!isKey(job))
      throw new FleetError(
        `expected a message with the msg.job that this node sent, got ${describe(job)}`,
        'no msg.job',
      );
    const reading = readingOf(msg);
    if (!this.queue) throw new FleetError('this node has not started: no reading can be published', 'not started');
    if (error) this.health.failed(new Error(error.message));
    await this.queue.answer(job, reading);
    this.health.rate.count(performance.now());
  }

  private show(): void {
    const { link, rate } = this.health;
    showLink(this.status, link, `${rate.perSecond(performance.now())}/s`);
  }

  private tell(): void {
    const info = this.classifier?.info;
    const payload = this.health.report({
      open: this.queue?.open ?? 0,
      ...this.queue?.counts,
      engine: 'wasm',
      ...(info && { model: { name: info.name, version: info.version, accuracy: info.accuracy } }),
    });
    this.node.send([null, { payload }]);
  }
}

/** A job that does not come back most often has no way back, which only Node-RED's user can see. */
function withHint(error: FleetError): FleetError {
  const { message, status } = error;
  return status === 'no answer'
    ? new FleetError(`${message}; does a wire lead back?`, status, { cause: error })
    : error;
}

function isKey(job: Answer['job']): job is JobKey {
  return typeof job === 'object' && job !== null && typeof job.id === 'string' && typeof job.camera === 'string';
}

/** @throws FleetError where there is neither a text nor an error */
function readingOf(msg: Answer): JobAnswer {
  const { payload, confidence = 0, digits = [], otherWriting, accepted, reason, error } = msg;
  if (error) return { text: '', confidence: 0, digits: [], error: (error.message ?? 'unknown').slice(0, LONGEST_TEXT) };
  if (typeof payload !== 'string')
    throw new FleetError(`expected the text read in msg.payload, got ${describe(payload)}`, 'no text');
  return {
    text: payload,
    confidence,
    digits,
    ...(otherWriting !== undefined && { otherWriting }),
    ...(accepted !== undefined && { accepted }),
    ...(reason !== undefined && { reason }),
  };
}
