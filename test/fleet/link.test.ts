import assert from 'node:assert/strict';
import { Link, type LinkState } from '../../lib/fleet/link';
import { publishHeader, RawBroker } from './raw-broker';
import { Told } from './told';

/** Answers to CONNECT: MQTT 5 has properties after the code, MQTT 3 has none. */
const five = (code: number): number[] => [0x20, 3, 0, code, 0];

describe('a link to a broker', () => {
  let broker: RawBroker | undefined;
  let link: Link | undefined;

  afterEach(async () => {
    await link?.close();
    await broker?.stop();
  });

  const states = async (
    answer: number[],
    more: Partial<{ subscribed: (socket: { write: (data: Buffer) => void }) => void }> = {},
  ): Promise<{ own: Link; told: Told<LinkState>; messages: Told<[string, string]> }> => {
    broker = new RawBroker(answer, more.subscribed);
    const told = new Told<LinkState>();
    const messages = new Told<[string, string]>();
    const own = (link = new Link({ url: await broker.start(), prefix: 'digits' }, 'digits/readings', 10, {
      onState: told.add,
      onMessage: (topic, payload, acknowledge) => {
        messages.add([topic, payload.toString()]);
        acknowledge();
      },
    }));
    return { own, told, messages };
  };

  const REFUSALS: [code: number, status: string][] = [
    [134, 'login refused'],
    [135, 'login refused'],
    [132, 'no MQTT 5'],
    [136, 'no broker'],
  ];
  for (const [code, status] of REFUSALS) {
    it(`says "${status}" where it answers ${code}`, async () => {
      const { told } = await states(five(code));
      const state = await told.first(({ state: now }) => now === 'waiting');
      assert.equal(state.state === 'waiting' && state.error.status, status);
    });
  }

  it('is connected once the broker has granted the topic, and hands on what comes', async () => {
    const { told, messages } = await states(five(0), {
      subscribed: (socket) => {
        // In MQTT 5, properties stand between the topic and the message: none here.
        socket.write(Buffer.concat([publishHeader('digits/readings', 3), Buffer.from('407')]));
      },
    });
    await told.first(({ state }) => state === 'connected');
    assert.deepEqual(await messages.first(() => true), ['digits/readings', '407']);
  });

  it('publishes nothing any more once it is closed, and says so to whoever waits', async () => {
    const { own, told } = await states(five(0));
    await told.first(({ state }) => state === 'connected');
    assert.equal(own.isClosed, false);
    // This broker acknowledges nothing.
    const failed = assert.rejects(own.publish('digits/jobs', 'a', 10), { name: 'FleetError', status: 'stopped' });
    await own.close();
    await failed;
    assert.equal(own.isClosed, true);
    await assert.rejects(own.publish('digits/jobs', 'a', 10), { status: 'stopped' });
  });

  it('is made to addresses of brokers only, and shows no password', () => {
    const listener = { onState: () => undefined, onMessage: () => undefined };
    for (const url of [undefined, '', 'a place', 'http://127.0.0.1', 'mqtt://', 'mqtt://127.0.0.1:0'])
      assert.throws(() => new Link({ url: url as string, prefix: 'digits' }, 'a', 1, listener), {
        status: 'bad address',
      });
    assert.throws(
      () => new Link({ url: 'ftp://me:secret@127.0.0.1', prefix: 'digits' }, 'a', 1, listener),
      (error: Error) => !error.message.includes('secret') && error.message.includes('127.0.0.1'),
    );
  });
});
