import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { FleetError } from '../../lib/fleet/errors';
import type { LinkState } from '../../lib/fleet/link';
import { JobPublisher } from '../../lib/fleet/job-publisher';
import { readJudgedDigits } from '../../lib/pipeline/reader';
import { newFrame } from '../../lib/pictures/frame';
import { describe } from '../../lib/pictures/picture';
import { acquireInk } from '../../lib/pipeline/ink';
import { findBroker, showLink } from '../common/broker';
import { FleetHealth, TELL_EVERY } from '../common/fleet-health';
import { checkDecoder } from '../common/decoder';
import { frameSize, type DigitsMessage } from '../common/frame';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';

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
    const camera = settings.camera?.trim() || hostname();
    const run = randomBytes(4).toString('hex');
    const seconds = numberSetting(settings.patience);
    const ink = acquireInk();
    const health = new FleetHealth();
    let publisher: JobPublisher | undefined;
    let sequence = 0;

    const status = handleInput(this, async (msg: DigitsMessage) => {
      publisher ??= start();
      const known = frameSize(msg);
      // What stands about shapes would make a job ten times as large; what a network makes of it is five numbers.
      const { digits, size } = await readJudgedDigits(ink, msg.payload, known ? { extract: { frame: known } } : {});
      const frame = known ?? size;
      if (!frame)
        throw new FleetError(
          `expected msg.frame with the width and height of ` +
            `the ` +
            `picture, ` +
            `in ` +
            `whose ` +
            `pixels ` +
            `the ` +
            `digits' ` +
            `boxes ` +
            `are, ` +
            `got ${describe(msg.frame)}`,
          'no frame',
        );
      const { width, height } = frame;
      const { id, at, stream } = msg.frame ?? newFrame('message', frame, '');
      publisher.send({ camera, id, at, run, sequence: sequence++, width, height, digits }, stream !== undefined);
      return null;
    });

    const onState = (link: LinkState): void => {
      if (link.state === 'waiting') {
        if (health.lastError?.message !== link.error.message) this.warn(link.error.message);
        health.failed(link.error);
      }
      health.link = link;
      show();
    };
    const show = (): void => {
      showLink(status, health.link, publisher && publisher.open > 0 ? `${publisher.open} unanswered` : 'connected');
    };
    const start = (): JobPublisher =>
      new JobPublisher(
        findBroker(RED, settings.broker),
        {
          camera,
          window: numberSetting(settings.window),
          expiry: numberSetting(settings.expiry),
          timeout: seconds === undefined ? undefined : seconds * 1000,
        },
        {
          onState,
          onReading: (reading) => {
            health.rate.count(performance.now());
            const { text, confidence, digits, camera: source, id, at } = reading;
            this.send([
              Object.assign(
                { topic: camera, payload: text },
                { confidence, digits, reading, frame: { id, at, source } },
              ),
              null,
            ]);
          },
          onError: (error) => {
            health.failed(error);
            this.warn(error.message);
          },
        },
      );

    checkDecoder(this, status);
    const tick = setInterval(show, 1000);
    const tell = setInterval(() => {
      this.send([
        null,
        {
          topic: camera,
          payload: health.report({
            camera,
            unanswered: publisher?.open ?? 0,
            ...publisher?.counts,
            lost: lost.get(this.id) ?? 0,
          }),
        },
      ]);
    }, TELL_EVERY);
    try {
      publisher = start();
    } catch (error) {
      status.fail(error as Error);
      this.error(error, {});
    }
    this.on('close', (removed: boolean, done: () => void) => {
      clearInterval(tick);
      clearInterval(tell);
      const closed = publisher?.close();
      if (removed) lost.delete(this.id);
      else if (publisher) lost.set(this.id, (lost.get(this.id) ?? 0) + publisher.counts.lost);
      void Promise.all([closed, ink.release()]).then(() => {
        done();
      });
    });
  }

  return SendNode;
}
