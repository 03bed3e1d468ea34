import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { connectAsync } from 'mqtt';
import type { NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import { encodeJob } from '../../lib/fleet/job';
import brokerNode from '../../nodes/digits-broker/digits-broker';
import jobsNode from '../../nodes/digits-jobs/digits-jobs';
import modelNode from '../../nodes/digits-model/digits-model';
import sendNode from '../../nodes/digits-send/digits-send';
import { hasMosquitto, Mosquitto } from '../../support/fleet/mosquitto';
import { NodeUnderTest, type Message } from '../nodes/runtime';
import { madeDigits, madeJob, madeReading } from './made';
import { RawBroker } from './raw-broker';
import { Told } from './told';

type Settings = Record<string, unknown>;

/** The node's states so far, beginning before it is made. */
const states = new Told<string>();
const watched =
  (module: (RED: NodeAPI) => void) =>
  (RED: NodeAPI): void => {
    RED.events.removeListener('node-status', onStatus);
    RED.events.on('node-status', onStatus);
    module(RED);
  };
function onStatus({ id, status }: { id: string; status: { text?: string } }): void {
  if (id === 'node') states.add(status.text ?? '');
}

const load = (
  type: 'digits-send' | 'digits-jobs',
  settings: Settings,
  broker: Settings = {},
): Promise<NodeUnderTest> => {
  states.all.length = 0;
  return NodeUnderTest.load(
    type,
    watched(type === 'digits-send' ? sendNode : jobsNode),
    { broker: 'broker', ...settings },
    {
      modules: [brokerNode, modelNode],
      nodes: [
        { id: 'broker', type: 'digits-broker', url: 'mqtt://127.0.0.1:1', prefix: 'digits', ...broker },
        { id: 'model', type: 'digits-model', path: '' },
      ],
    },
  );
};

describe('digits-send', () => {
  NodeUnderTest.inRuntime();
  const frame = { id: 'frame-1', at: 5, width: 640, height: 480 };

  for (const [settings, broker, status, expected] of [
    [{ window: 0 }, {}, 'bad window', /expected window to be a whole number from 1 to 1000 \(jobs\), got 0/],
    [{ window: 'many' }, {}, 'bad window', /got NaN/],
    [
      { patience: -1 },
      {},
      'bad timeout',
      /expected timeout to be a whole number from 100 to 3600000 \(ms\), got -1000/,
    ],
    [{ expiry: '1e9' }, {}, 'bad expiry', /expected expiry/],
    [{ camera: 'x'.repeat(101) }, {}, 'no camera name', /expected the name of a camera/],
    [{}, { url: 'mqtt://127.0.0.1:70000' }, 'bad address', /with a port from 1 to 65535/],
    [{}, { prefix: 'a/#' }, 'bad topic', /expected topics/],
    [{ broker: 'none' }, {}, 'no broker chosen', /no broker is chosen/],
  ] as const) {
    it(
      `says under itself and to each message that ` +
        `${JSON.stringify({ ...settings, ...broker }).slice(0, 40)} cannot be`,
      async () => {
        const node = await load('digits-send', settings, broker);
        assert.match((await node.send({ payload: madeDigits(), frame })).error ?? '', expected);
        await states.first((text) => text === status);
      },
    );
  }

  for (const [what, msg, expected] of [
    ['no frame', {}, /expected msg.frame with the width and height .* got undefined/],
    [
      'a frame without a size',
      { frame: { ...frame, width: 0, height: 0 } },
      /expected msg.frame with the width and height/,
    ],
    [
      'a frame of half pixels',
      { frame: { ...frame, width: 640.5 } },
      /expected width to be a whole number from 1 to 100000, got the number 640.5/,
    ],
    [
      'a frame whose size is a text',
      { frame: { ...frame, width: '640' } },
      /expected msg.frame with the width and height/,
    ],
    [
      'a frame without an id',
      { frame: { ...frame, id: undefined } },
      /expected id to be a text of 1 to 100 characters, got undefined/,
    ],
    ['a frame at no time', { frame: { ...frame, at: NaN } }, /expected at to be a number/],
    [
      'a frame that its digits are not in',
      { frame: { ...frame, width: 20 } },
      /expected boxes.1 to lie in the frame of 20 × 480 pixels/,
    ],
  ] as const) {
    it(`refuses digits of ${what}`, async () => {
      const node = await load('digits-send', {});
      assert.match((await node.send({ payload: madeDigits(), ...msg })).error ?? '', expected);
    });
  }

  it('counts and tells what is lost when it is deployed anew', async () => {
    const broker = new RawBroker();
    const url = await broker.start();
    try {
      const node = await load('digits-send', { window: 1, camera: 'hall' }, { url });
      const warnings: unknown[] = [];
      Object.assign(node.node, {
        warn: (text: unknown) => {
          warnings.push(text);
        },
      });
      await states.first((text) => text === 'connected');
      for (let i = 0; i < 3; i++) node.node.receive({ payload: madeDigits(), frame: { ...frame, id: `frame-${i}` } });
      await states.first((text) => text === '3 unanswered');
      const again = await load('digits-send', { camera: 'hall' }, { url });
      assert.deepEqual(warnings, ['stopped before the readers had answered; frames that are lost: 1 sent, 2 waiting']);
      const { output, msg } = await again.next();
      assert.deepEqual([output, (msg.payload as { lost: number }).lost], [2, 3]);
    } finally {
      await helper.unload();
      await broker.stop();
    }
  });
});

describe(`digits-jobs${hasMosquitto ? '' : ' (mosquitto is not installed)'}`, () => {
  NodeUnderTest.inRuntime();
  const broker = new Mosquitto();
  before(async function () {
    if (!hasMosquitto) this.skip();
    await broker.start();
  });
  after(async () => {
    await broker.remove();
  });

  it('says that settings cannot be, and publishes nothing then', async () => {
    const node = await load('digits-jobs', { inFlight: 0, model: 'model' });
    await states.first((text) => text === 'bad inFlight');
    assert.match((await node.next()).error ?? '', /expected inFlight to be a whole number from 1 to 100/);
    assert.match((await node.send({ job: madeJob(), payload: '47' })).error ?? '', /has not started/);
    await load('digits-jobs', { group: 'a/b', model: 'model' });
    await states.first((text) => text === 'bad group');
  });

  it('answers a job with what fits it, and refuses what does not', async () => {
    const node = await load('digits-jobs', { model: 'model' }, { url: broker.url });
    await states.first((text) => text === '0/s');
    const camera = await connectAsync(broker.url, { protocolVersion: 5 });
    const answers = new Told<string>();
    camera.on('message', (_topic, payload) => {
      answers.add(payload.toString());
    });
    await camera.subscribeAsync('digits/readings/hall');
    await camera.publishAsync('digits/jobs/hall', encodeJob(madeJob()), { qos: 1 });
    const { output, msg } = await node.next();
    const { text, confidence, digits } = madeReading();
    assert.equal(output, 1);
    const good: Message = { ...msg, payload: text, confidence, digits };
    for (const [changes, expected] of [
      [{ job: undefined }, /expected a message with the msg.job that this node sent, got undefined/],
      [{ job: 'frame-1' }, /with the msg.job that this node sent, got the string/],
      [{ job: { id: 'frame-1' } }, /with the msg.job that this node sent/],
      [{ job: { ...(msg.job as object), run: 'b2' } }, /there is no open job the string "frame-1"/],
      [{ payload: 47 }, /expected the text read in msg.payload, got the number 47/],
      [{ payload: '47 litres' }, /expected text to be digits/],
      [{ payload: '7' }, /its text to be the string "47", got the string "7"/],
      [{ digits: [] }, /its confidence/],
      [{ digits: 'none' }, /expected digits to be a list/],
      [{ confidence: 99 }, /expected confidence to be a number from 0 to 1, got the number 99/],
    ] as const) {
      assert.match((await node.send({ ...good, ...changes })).error ?? '', expected);
    }
    node.node.receive(good);
    assert.deepEqual((JSON.parse(await answers.first()) as { text: string }).text, '47');
    assert.equal(answers.all.length, 1);
    await camera.endAsync();
  });
});

describe('the fields of broker, send and jobs in the editor', () => {
  interface Field {
    validate?: (value: unknown, opt: object) => unknown;
  }

  /** What an editor part registers. */
  const fieldsOf = async (type: string): Promise<Record<string, Field>> => {
    const html = await readFile(join(__dirname, '../../../nodes', type, `${type}.html`), 'utf8');
    let fields: Record<string, Field> = {};
    runInNewContext(/<script type="text\/javascript">(.*?)<\/script>/s.exec(html)?.[1] ?? '', {
      URL,
      RED: {
        nodes: {
          registerType: (_type: string, { defaults }: { defaults: Record<string, Field> }) => {
            fields = defaults;
          },
        },
      },
    });
    return fields;
  };

  for (const [type, field, good, bad] of [
    [
      'digits-broker',
      'url',
      ['mqtt://192.168.1.2:1883', 'wss://broker/path'],
      ['', 'broker', 'http://broker', 'mqtt://broker:0', 'mqtt://broker:99999'],
    ],
    ['digits-broker', 'prefix', ['', 'school/digits'], ['a/#', '$SYS', '/a', 'a/', 'x'.repeat(101)]],
    ['digits-send', 'window', ['', '16', 1, 1000], [0, 1001, 1.5, 'x']],
    ['digits-send', 'patience', ['', '15', 3600], [0, -1, 3601]],
    ['digits-send', 'expiry', ['', 86_400], [0, 86_401]],
    ['digits-jobs', 'group', ['', 'readers'], ['a/b', '#', 'x'.repeat(101)]],
    ['digits-jobs', 'inFlight', ['', '8', 100], [0, 101, 2.5]],
  ] as const) {
    it(`${type}: ${field} accepts what it may be, and says why not otherwise`, async () => {
      const { validate } = (await fieldsOf(type))[field]!;
      // Of a function of one parameter, Node-RED takes any text for "valid".
      assert.equal(validate?.length, 2);
      for (const value of good) assert.equal(validate(value, {}), true, String(value));
      for (const value of bad) assert.equal(typeof validate(value, {}), 'string', String(value));
    });
  }
});
