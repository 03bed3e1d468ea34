import assert from 'node:assert/strict';
import { connectAsync } from 'mqtt';
import sharp from 'sharp';
import { photograph } from '../../support/drawn-pictures';
import { freePort } from '../../support/processes';
import { BROKER, Line, Listener, startBroker, type Broker } from './broker';
import { Example, until, type FlowNode } from './example';

const NAME = '06 - MQTT';
const TOPIC = 'digits/camera-1';

describe(`the example "${NAME}", with ${BROKER}`, () => {
  let broker: Broker;
  let port: number;
  let line: Line;
  let listener: Listener;
  let example: Example;
  const pictures: Record<string, Buffer> = {};

  const through = (nodes: FlowNode[]): void => {
    for (const node of nodes) {
      if (node.type === 'mqtt-broker') Object.assign(node, { broker: '127.0.0.1', port: line.port });
    }
  };
  const published = async (text: string): Promise<void> => {
    await listener.hears(`${TOPIC}/reading`, text);
  };

  before(async () => {
    for (const text of ['407', '7', '38', '2']) pictures[text] = await photograph(text);
    port = await freePort();
    line = new Line(await freePort(), port);
    broker = await startBroker(port);
    listener = await Listener.on(port);
    example = await Example.start(NAME, { change: through, settings: { mqttReconnectTime: 200 } });
  });

  after(async () => {
    await (example as Example | undefined)?.stop();
    await (listener as Listener | undefined)?.end();
    await line.close();
    await broker.stop();
  });

  it('publishes reading, confidence and picture on topics of their own, retained', async () => {
    await example.capture(pictures['407']);
    await published('407');
    await listener.hears(`${TOPIC}/picture`);
    const later = await Listener.on(port);
    const [reading, confidence, picture, status] = await Promise.all(
      ['reading', 'confidence', 'picture', 'status'].map((topic) => later.hears(`${TOPIC}/${topic}`)),
    );
    assert.ok(reading && confidence && picture && status);
    await later.end();
    assert.ok([reading, confidence, picture, status].every(({ retain }) => retain));
    assert.equal(reading.payload.toString(), '407');
    assert.ok(Number(confidence.payload) >= 0.8 && Number(confidence.payload) <= 1);
    assert.equal((await sharp(picture.payload).metadata()).format, 'jpeg');
    assert.equal(status.payload.toString(), 'online');
  });

  it('publishes a reading only when it changes', async () => {
    await example.capture(pictures['407']);
    await example.capture(pictures['7']);
    await published('7');
    assert.deepEqual(listener.on(`${TOPIC}/reading`), ['407', '7']);
  });

  it('tells that the camera is offline, and online again', async () => {
    await example.prints(/\[debug:error\].*no pictures?/i, () => example.capture());
    await listener.hears(`${TOPIC}/status`, 'offline');
    await example.capture(pictures['7']);
    await listener.hears(`${TOPIC}/status`, 'online');
  });

  it('has the broker tell when the line is cut, and comes back', async () => {
    const before = listener.heard.length;
    line.cut();
    await until(
      () =>
        listener.heard
          .slice(before)
          .find(({ topic, payload }) => topic === `${TOPIC}/status` && payload.toString() === 'offline'),
      () => 'the will',
    );
    await listener.hears(`${TOPIC}/status`, 'online');
  });

  it('goes on while the broker is gone, and publishes the newest when it is back', async () => {
    await example.prints(/\[debug:broker\] broker (away|connecting)/, () => broker.stop());
    await example.reads(pictures['38']!, '38');
    await example.reads(pictures['2']!, '2');
    // This broker keeps nothing: what is retained was published anew.
    await example.prints(/\[debug:broker\] broker connected/, async () => {
      broker = await startBroker(port);
    });
    await published('2');
    await until(
      () => listener.on(`${TOPIC}/picture`).length > 0 && listener.on(`${TOPIC}/status`).at(-1) === 'online',
      () => 'picture and status',
    );
    assert.equal(listener.on(`${TOPIC}/reading`).includes('38'), false);
  });

  it('says so and goes on while the broker refuses the login', async () => {
    await example.prints(/\[debug:broker\] broker connecting/, async () => {
      await broker.stop();
      broker = await startBroker(port, { closed: true });
    });
    await assert.rejects(connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }), /Not authorized/);
    await example.reads(pictures['407']!, '407');
    // Refused, and refused again.
    const before = line.connections;
    await until(
      () => line.connections >= before + 2,
      () => 'another try',
    );
    await broker.stop();
    broker = await startBroker(port);
    await published('407');
  });

  it('lets give way what a slow broker has no time for', async () => {
    const before = listener.on(`${TOPIC}/reading`).length;
    line.hold();
    for (const text of ['7', '38', '2', '407', '38']) await example.reads(pictures[text]!, text);
    line.release();
    await published('38');
    const all = listener.on(`${TOPIC}/reading`).slice(before);
    assert.ok(all.length <= 2, `the one on its way and the newest, not ${all.join(', ')}`);
  });

  it('reads what others publish, the same once, and says what is no picture', async () => {
    const answer = async (name: string): Promise<Record<string, unknown>> =>
      JSON.parse((await listener.hears(`digits/readings/${name}`)).payload.toString()) as Record<string, unknown>;
    for (const payload of [pictures['407']!, pictures['407']!]) await listener.publish('digits/pictures/a', payload);
    await listener.publish('digits/pictures/b', 'hello');
    await listener.publish('digits/pictures/c', pictures['7']!.subarray(0, 4000));
    await listener.publish('digits/pictures/d', '');
    await listener.publish('digits/pictures/e', pictures['2']!);
    assert.equal((await answer('e')).text, '2');
    assert.deepEqual(Object.keys(await answer('a')), ['text', 'confidence', 'accepted']);
    assert.equal((await answer('a')).text, '407');
    assert.equal(listener.on('digits/readings/a').length, 1);
    assert.match(String((await answer('b')).error), /expected .*got a Buffer of 5 bytes in no picture format/);
    assert.match(String((await answer('c')).error), /damaged or cut off/);
    assert.match(String((await answer('d')).error), /got an empty Buffer/);
  });
});

describe(`the example "${NAME}", with a name that is none`, () => {
  it('says so, and goes on', async () => {
    const example = await Example.start(NAME, { env: { CAMERA: 'room/1+#' } });
    try {
      await example.nodeRed.program.prints(
        /\[debug:error\].*expected the camera's name to have letters, digits, - and _ only, got "room\/1\+#"/,
      );
      await example.reads(await photograph('7'), '7');
    } finally {
      await example.stop();
    }
  });
});
