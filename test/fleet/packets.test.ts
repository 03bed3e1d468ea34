import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { LinkState } from '../../lib/fleet/link';
import { limitPackets } from '../../lib/fleet/packets';
import { JobPublisher } from '../../lib/fleet/job-publisher';
import { publishHeader, RawBroker } from './raw-broker';
import { Told } from './told';

const MB = 1e6;

/** Writes until nobody reads any more: how many bytes went away. */
async function pour(socket: Socket, bytes: number): Promise<number> {
  const piece = Buffer.alloc(64 * 1024);
  let gone = 0;
  while (gone < bytes && !socket.destroyed) {
    gone += piece.length;
    if (!socket.write(piece))
      await new Promise<void>((resolve) => {
        for (const event of ['drain', 'close'])
          socket.once(event, () => {
            resolve();
          });
      });
  }
  return gone;
}

describe('packets from a broker', () => {
  const stateOf = async (broker: RawBroker): Promise<{ state: LinkState; close: () => Promise<void> }> => {
    const states = new Told<LinkState>();
    const sender = new JobPublisher(
      { url: await broker.start(), prefix: 'digits' },
      { camera: 'hall' },
      { onState: states.add, onReading: () => undefined, onError: () => undefined },
    );
    const state = await states.first(({ state: now }) => now === 'waiting');
    return {
      state,
      close: async () => {
        await sender.close();
      },
    };
  };

  it('are counted in whatever pieces they come', () => {
    const packets = Buffer.concat([
      publishHeader('a', 100),
      Buffer.alloc(100),
      Buffer.from([0xd0, 0]),
      publishHeader('a', 300),
      Buffer.alloc(300),
    ]);
    for (const size of [1, 2, 7, packets.length]) {
      const stream = new PassThrough();
      limitPackets(stream, 304);
      for (let at = 0; at < packets.length; at += size) stream.emit('data', packets.subarray(at, at + size));
      assert.equal(stream.destroyed, false);
      stream.on('error', () => undefined);
      stream.emit('data', publishHeader('a', 301));
      assert.equal(stream.destroyed, true);
    }
  });

  it('whose length has no end finish the connection', () => {
    const stream = new PassThrough().on('error', () => undefined);
    limitPackets(stream, 1000);
    stream.emit('data', Buffer.from([0x30, 0xff, 0xff, 0xff]));
    assert.equal(stream.destroyed, false);
    stream.emit('data', Buffer.from([0xff]));
    assert.equal(stream.destroyed, true);
  });

  it('of 50 MB finish the connection when they begin', async () => {
    let poured: Promise<number> | undefined;
    const broker = new RawBroker(undefined, (socket) => {
      socket.write(publishHeader('digits/readings/hall', 50 * MB));
      poured ??= pour(socket, 50 * MB);
    });
    const { state, close } = await stateOf(broker);
    try {
      assert.ok(state.state === 'waiting');
      assert.equal(state.error.status, 'packet too large');
      assert.match(state.error.message, /expected packets of at most 1002000 bytes, got one of 500000\d\d/);
      // What the system's own buffers take is on its way.
      const gone = (await poured) ?? 0;
      assert.ok(gone < 25 * MB, `${gone} bytes were taken`);
    } finally {
      await close();
      await broker.stop();
    }
  });

  it('tell of a connection that ends before the topic is granted as what it is', async () => {
    const broker = new RawBroker(
      undefined,
      (socket) => {
        socket.destroy();
      },
      false,
    );
    const { state, close } = await stateOf(broker);
    try {
      assert.equal(state.state === 'waiting' && state.error.status, 'no broker');
    } finally {
      await close();
      await broker.stop();
    }
  });

  it('are refused with a word where the broker does not know MQTT 5', async () => {
    const broker = new RawBroker([0x20, 2, 0, 1]);
    const { state, close } = await stateOf(broker);
    try {
      assert.match(state.state === 'waiting' ? state.error.message : '', /does not know MQTT 5/);
    } finally {
      await close();
      await broker.stop();
    }
  });
});
