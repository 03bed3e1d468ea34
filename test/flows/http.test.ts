import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { photograph } from '../../support/drawn-pictures';
import { freePort } from '../../support/processes';
import { Example, until } from './example';

const NAME = '08 - HTTP and webhooks';

interface Posted {
  key: string | string[] | undefined;
  type: string | undefined;
  body: { id: string; at: string; text: string; confidence: number; digits: { digit: number }[] };
}

describe(`the example "${NAME}"`, () => {
  let port: number;
  let server: Server | undefined;
  let example: Example;
  const posted: Posted[] = [];
  const answers: number[] = [];

  /** Notes what is posted, and answers with the statuses that were prepared, then with 204. */
  const listen = async (): Promise<void> => {
    server = createServer((request: IncomingMessage, response) => {
      let body = '';
      request.on('data', (data: Buffer) => {
        body += data.toString();
      });
      request.on('end', () => {
        posted.push({
          key: request.headers['idempotency-key'],
          type: request.headers['content-type'],
          body: JSON.parse(body) as Posted['body'],
        });
        response.writeHead(answers.shift() ?? 204).end();
      });
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const texts = (): string[] => posted.map(({ body }) => body.text);
  const last = async (): Promise<{ status: number; answer: { text?: string; error?: string } }> => {
    const response = await fetch(`${example.url}/digits/last`);
    return { status: response.status, answer: (await response.json()) as { text?: string } };
  };

  before(async () => {
    port = await freePort();
    example = await Example.start(NAME, { env: { URL: `http://127.0.0.1:${port}/hook` } });
    await listen();
  });

  after(async () => {
    await (example as Example | undefined)?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  it('tells that nothing has been read yet', async () => {
    assert.deepEqual(await last(), { status: 404, answer: { error: 'nothing has been read yet' } });
  });

  it('posts a reading when it changes, and tells the last to whoever asks', async () => {
    const seven = await photograph('7');
    await example.prints(/\[debug:webhook\] 407 was taken/, async () => {
      await example.capture(await photograph('407'));
    });
    await example.capture(await photograph('407'));
    await example.prints(/\[debug:webhook\] 7 was taken/, () => example.capture(seven));
    assert.deepEqual(texts(), ['407', '7']);
    const { key, type, body } = posted[0]!;
    assert.deepEqual([key, type], [body.id, 'application/json']);
    assert.deepEqual(Object.keys(body), ['id', 'at', 'text', 'confidence', 'digits']);
    assert.deepEqual(
      body.digits.map(({ digit }) => digit),
      [4, 0, 7],
    );
    assert.equal((await last()).answer.text, '7');
  });

  it('posts again what was not taken, under the same key and in order', async () => {
    posted.splice(0);
    answers.push(503, 429);
    await example.reads(await photograph('38'), '38');
    await example.reads(await photograph('2'), '2');
    await until(
      () => texts().includes('2'),
      () => `38 thrice, then 2; got ${texts().join(', ')}`,
    );
    assert.deepEqual(texts(), ['38', '38', '38', '2']);
    assert.equal(new Set(posted.slice(0, 3).map(({ key }) => key)).size, 1);
  });

  it('does not post again what is refused', async () => {
    posted.splice(0);
    answers.push(400);
    await example.prints(/\[debug:webhook\] 407 was refused with 400/, async () => {
      await example.capture(await photograph('407'));
    });
    await example.prints(/\[debug:webhook\] 7 was taken/, async () => {
      await example.capture(await photograph('7'));
    });
    assert.deepEqual(texts(), ['407', '7']);
  });

  it('goes on while nobody listens, and says so', async () => {
    posted.splice(0);
    server?.closeAllConnections();
    server?.close();
    await example.prints(/\[debug:webhook\] not taken \(ECONN\w+\): 1 waiting, again in 1 s/, async () => {
      await example.capture(await photograph('38'));
    });
    await example.reads(await photograph('2'), '2');
    await listen();
    await until(
      () => texts().length >= 2,
      () => '38 and 2',
    );
    assert.deepEqual(texts(), ['38', '2']);
  });
});

describe(`the example "${NAME}", posting to itself`, () => {
  it('shows what arrives', async () => {
    const example = await Example.start(NAME, { change: () => undefined });
    try {
      const response = await fetch(`${example.url}/digits/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: '407', at: '2026-01-01T00:00:00.000Z' }),
      });
      assert.equal(response.status, 204);
      await example.nodeRed.program.prints(/\[debug:arrived\] 407 at 2026-01-01/);
    } finally {
      await example.stop();
    }
  });
});
