import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { FleetError } from '../../lib/fleet/errors';
import { JobPublisher } from '../../lib/fleet/job-publisher';
import type { FleetReading } from '../../lib/fleet/reading-message';
import { readJudgedDigits } from '../../lib/pipeline/reader';
import { newFrame } from '../../lib/pictures/frame';
import { describe } from '../../lib/pictures/picture';
import { acquireInk } from '../../lib/ink/ink';
import { findBroker, showLink } from '../common/broker';
import { FleetHealth, SHOW_EVERY, TELL_EVERY } from '../common/fleet-health';
import { checkDecoder } from '../common/decoder';
import { frameSize, type DigitsMessage } from '../common/frame';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';
import type { Status } from '../common/status';

interface SendSettings extends NodeDef {
  broker?: string;
  /** Empty: the computer's name. */
  camera?: string;
  window?: string | number;
  patience?: string | number;
  expiry?: string | number;
}

/** Frames that were lost when a node was stopped, by the node's id: it is another one after each deployment. */
const lost = new Map<string, number>();

/** digits → a job for the readers; their readings come back */
export function create(RED: NodeAPI): (this: Node, settings: SendSettings) => void {
  function SendNode(this: Node, settings: SendSettings): void {
    RED.nodes.createNode(this, settings);
    const sender = new JobSender(RED, this, settings);
    this.on('close', (removed: boolean, done: () => void) => {
      void sender.close(removed).then(done);
    });
  }

  return SendNode;
}

/** Publishes frames as jobs, sends their readings on, and tells how it goes: in the status and by the second output. */
class JobSender {
  private readonly camera: string;
  /** Another one each time that the node starts, so that readers tell its frames from those before. */
  private readonly run = randomBytes(4).toString('hex');
  private readonly ink = acquireInk();
  private readonly health = new FleetHealth();
  private readonly status: Status;
  private readonly showTimer: NodeJS.Timeout;
  private readonly tellTimer: NodeJS.Timeout;
  private publisher: JobPublisher | undefined;
  private sequence = 0;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly settings: SendSettings,
  ) {
    this.camera = settings.camera?.trim() || hostname();
    this.status = handleInput(node, async (msg: DigitsMessage) => {
      await this.send(msg);
      return null;
    });
    checkDecoder(node, this.status);
    this.showTimer = setInterval(() => {
      this.show();
    }, SHOW_EVERY);
    this.tellTimer = setInterval(() => {
      this.tell();
    }, TELL_EVERY);
    try {
      this.publisher = this.connect();
    } catch (error) {
      this.status.fail(error as Error);
      node.error(error, {});
    }
  }

  /** @param removed whether the node goes for good, and with it the count of its lost frames */
  async close(removed: boolean): Promise<void> {
    clearInterval(this.showTimer);
    clearInterval(this.tellTimer);
    const closed = this.publisher?.close();
    if (removed) lost.delete(this.node.id);
    else if (this.publisher) lost.set(this.node.id, this.lostBefore + this.publisher.counts.lost);
    await Promise.all([closed, this.ink.release()]);
  }

  private async send(msg: DigitsMessage): Promise<void> {
    const publisher = (this.publisher ??= this.connect());
    const known = frameSize(msg);
    // What stands about shapes would make a job ten times as large; what a network makes of it is five numbers.
    const { digits, size } = await readJudgedDigits(this.ink, msg.payload, known ? { extract: { frame: known } } : {});
    const frame = known ?? size;
    if (!frame)
      throw new FleetError(
        "expected msg.frame with the width and height of the picture, in whose pixels the digits' boxes are, " +
          `got ${describe(msg.frame)}`,
        'no frame',
      );
    const { width, height } = frame;
    const { id, at, stream } = msg.frame ?? newFrame('message', frame, '');
    const { camera, run } = this;
    const sequence = this.sequence++;
    publisher.send({ camera, id, at, run, sequence, width, height, digits }, stream !== undefined);
  }

  /** @throws FleetError where the settings make no sense */
  private connect(): JobPublisher {
    const { broker, window, expiry, patience } = this.settings;
    const seconds = numberSetting(patience);
    return new JobPublisher(
      findBroker(this.RED, broker),
      {
        camera: this.camera,
        window: numberSetting(window),
        expiry: numberSetting(expiry),
        timeout: seconds === undefined ? undefined : seconds * 1000,
      },
      {
        onState: (link) => {
          this.health.changed(link, (message) => {
            this.node.warn(message);
          });
          this.show();
        },
        onReading: (reading) => {
          this.health.rate.count(performance.now());
          this.pass(reading);
        },
        onError: (error) => {
          this.health.failed(error);
          this.node.warn(error.message);
        },
      },
    );
  }

  private pass(reading: FleetReading): void {
    const { text, confidence, digits, camera: source, id, at } = reading;
    const msg = { topic: this.camera, payload: text, confidence, digits, reading, frame: { id, at, source } };
    this.node.send([msg, null]);
  }

  private show(): void {
    const open = this.publisher?.open ?? 0;
    showLink(this.status, this.health.link, open > 0 ? `${open} unanswered` : 'connected');
  }

  private tell(): void {
    const payload = this.health.report({
      camera: this.camera,
      unanswered: this.publisher?.open ?? 0,
      ...this.publisher?.counts,
      lost: this.lostBefore,
    });
    this.node.send([null, { topic: this.camera, payload }]);
  }

  private get lostBefore(): number {
    return lost.get(this.node.id) ?? 0;
  }
}
