import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { exchange } from '../../bench/fuzz/exchange';

describe('exchange', () => {
  let server: Server;
  let answer: (socket: Socket) => void;
  before(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        answer(socket);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
  });

  const ask = (timeout = 60_000): ReturnType<typeof exchange> =>
    exchange((server.address() as AddressInfo).port, [Buffer.from('GET / HTTP/1.1\r\n\r\n')], timeout);

  it('takes an answer apart, behind "continue"', async () => {
    answer = (socket) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 x\r\ncontent-length: 3\r\n\r\nyes and more');
    };
    const { status, body } = await ask();
    assert.deepEqual([status, body.toString()], [413, 'yes']);
  });

  it('tells a connection that was closed without an answer', async () => {
    answer = (socket) => {
      socket.destroy();
    };
    const { status, late } = await ask();
    assert.deepEqual([status, late], [undefined, false]);
  });

  it('tells that nothing comes', async () => {
    answer = () => undefined;
    const { status, late } = await ask(200);
    assert.deepEqual([status, late], [undefined, true]);
  });
});
