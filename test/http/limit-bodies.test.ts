import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { limitBodies, type BodyLimits } from '../../lib/http/limit-bodies';
import { chunked, post, zeros } from './post';

const IMAGE = 'content-type: image/jpeg';
const CHUNKED = 'transfer-encoding: chunked';
const length = (bytes: number): string => `content-length: ${bytes}`;

describe('the limit on bodies', () => {
  let server: Server;
  let url: string;
  /** Requests that got as far as what comes behind the limit, and how many bytes of bodies it was given. */
  let passed: number;
  let given: number;
  /** Holds answers back until it is called. */
  let answerAll: (() => void) | undefined;

  const start = async (limits: BodyLimits = {}, { hold = false } = {}): Promise<void> => {
    const limit = limitBodies(limits);
    const held: (() => void)[] = [];
    passed = given = 0;
    answerAll = () => {
      for (const answer of held.splice(0)) answer();
    };
    server = createServer((request: IncomingMessage & { body?: Buffer }, response) => {
      limit(request, response, () => {
        passed++;
        let bytes = request.body?.length ?? 0;
        const answer = (): void => {
          response.end(JSON.stringify({ text: String(bytes) }));
        };
        const done = (): void => {
          if (hold) held.push(answer);
          else answer();
        };
        if (request.body) {
          given += bytes;
          done();
          return;
        }
        request.on('data', (data: Buffer) => {
          bytes += data.length;
          given += data.length;
        });
        request.on('end', done);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(async () => {
    answerAll?.();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  for (const path of ['/digits', '/Digits/', '/other']) {
    it(`lets bodies up to it pass at ${path}, in whatever pieces`, async () => {
      await start({ most: 300_000 });
      for (const bytes of [0, 1, 299_999, 300_000]) {
        const whole = await post(url + path, { head: [IMAGE, length(bytes)], pieces: zeros(bytes) });
        const pieces = await post(url + path, { head: [IMAGE, CHUNKED], pieces: chunked(zeros(bytes)) });
        for (const { answer } of [whole, pieces])
          assert.deepEqual(answer, { status: 200, body: { text: String(bytes) } });
      }
      assert.equal(passed, 8);
    });

    it(`refuses one at ${path} whose content-length is over it, before any of it comes`, async () => {
      await start();
      const { answer, sent } = await post(url + path, { head: [IMAGE, length(20_000_001)] });
      assert.deepEqual(
        [answer, sent],
        [{ status: 413, body: { error: 'expected a body of at most 20 MB, got 20000001 bytes' } }, 0],
      );
      assert.equal(passed, 0);
    });

    it(`refuses one at ${path} without content-length when it passes the limit, and hands on no more`, async () => {
      await start({ most: 1_000_000 });
      const { answer } = await post(url + path, { head: [IMAGE, CHUNKED], pieces: chunked(zeros(100_000_000)) });
      assert.deepEqual(answer, { status: 413, body: { error: 'expected a body of at most 1 MB, got more' } });
      assert.ok(given <= 1_100_000, `${given} bytes were given on`);
    });
  }

  it('ends a connection on which somebody goes on sending for ever', async () => {
    await start({ most: 1000 });
    const forever = (function* (): Generator<Uint8Array> {
      for (;;) yield Buffer.from('10000\r\n' + '0'.repeat(65_536) + '\r\n');
    })();
    const { answer } = await post(url, { head: [CHUNKED], pieces: forever });
    assert.equal(answer?.status, 413);
  });

  it('answers a slow body when it is whole, and refuses it as soon as it is too large', async () => {
    await start({ most: 1000 });
    async function* slow(bytes: number): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < bytes; i += 100) {
        yield Buffer.from(`64\r\n${'0'.repeat(100)}\r\n`);
        // Each piece on its own.
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      yield Buffer.from('0\r\n\r\n');
    }
    assert.equal((await post(`${url}/digits`, { head: [CHUNKED], pieces: slow(1000) })).answer?.status, 200);
    assert.equal((await post(`${url}/digits`, { head: [CHUNKED], pieces: slow(1100) })).answer?.status, 413);
  });

  it('takes a content-length that lies for what it says', async () => {
    await start({ most: 1000 });
    // Fewer than come: the rest is no request, and Node ends the connection, before the answer or after.
    await post(`${url}/digits`, { head: [length(10)], pieces: zeros(100_000) });
    assert.ok(given <= 10, `${given} bytes were given on`);
    // Both: Node refuses it.
    const both = await post(`${url}/digits`, { head: [length(10), CHUNKED], pieces: chunked(zeros(100_000)) });
    assert.equal(both.answer?.status, 400);
    assert.ok(given <= 10, `${given} bytes were given on`);
  });

  it('forgets a body whose sender goes away', async () => {
    await start({ most: 1000, together: 1000 });
    const gone = new Promise<void>((resolve) => {
      server.once('connection', (socket) => {
        socket.once('close', () => {
          resolve();
        });
      });
    });
    async function* cutOff(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(900);
      await Promise.resolve();
      throw new Error('gone');
    }
    await assert.rejects(post(`${url}/digits`, { head: [length(1000)], pieces: cutOff() }), /gone/);
    server.closeAllConnections();
    await gone;
    assert.equal((await post(`${url}/digits`, { head: [length(1000)], pieces: zeros(1000) })).answer?.status, 200);
  });

  it('refuses more than it may hold of bodies that are not answered yet, and takes them again after', async () => {
    await start({ most: 1000, together: 2000 }, { hold: true });
    const two = [1, 2].map(() => post(`${url}/digits`, { head: [length(1000)], pieces: zeros(1000) }));
    while (passed < 2)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    for (const head of [length(1), CHUNKED]) {
      const { answer } = await post(`${url}/digits`, {
        head: [head],
        pieces: head === CHUNKED ? chunked(zeros(1)) : zeros(1),
      });
      assert.deepEqual(answer, {
        status: 503,
        body: { error: 'expected fewer bodies at a time: too many are not answered yet' },
      });
    }
    answerAll?.();
    for (const { answer } of await Promise.all(two)) assert.equal(answer?.status, 200);
    const third = post(`${url}/digits`, { head: [length(1000)], pieces: zeros(1000) });
    while (passed < 3)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    answerAll?.();
    assert.equal((await third).answer?.status, 200);
  });

  it('leaves requests alone that have no body, or one that has been read', async () => {
    await start();
    assert.equal((await fetch(`${url}/digits`)).status, 200);
    const limit = limitBodies();
    const request = Object.assign(Object.create(null) as object, { method: 'POST', _body: true });
    let went = false;
    limit(request as never, undefined as never, () => {
      went = true;
    });
    assert.ok(went);
  });
});
