import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { mock } from 'node:test';
import { download } from '../../lib/data/download';
import { until } from '../../support/until';
import { Mirror } from './mirrors';

/** Nobody else in this process waits so long. */
const TIMEOUTS = { answer: 123_401, stall: 123_402 };

/** A timer that runs out when told to. */
interface Timer {
  milliseconds: number;
  runOut: () => void;
  refreshed: number;
  isCleared: boolean;
}

describe('a download', () => {
  let mirror: Mirror;
  let timers: Timer[];
  let answers: ServerResponse[];

  beforeEach(async () => {
    timers = [];
    answers = [];
    mirror = await Mirror.start((_, response) => answers.push(response));
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    mock.method(globalThis, 'setTimeout', ((call: () => void, milliseconds: number, ...rest: unknown[]) => {
      if (!Object.values(TIMEOUTS).includes(milliseconds)) return set(call, milliseconds, ...rest);
      const timer: Timer = { milliseconds, runOut: call, refreshed: 0, isCleared: false };
      timers.push(timer);
      return Object.assign(timer, { refresh: () => timer.refreshed++ });
    }) as typeof setTimeout);
    mock.method(globalThis, 'clearTimeout', ((timer: Timer | undefined) => {
      if (timer && timers.includes(timer)) timer.isCleared = true;
      else clear(timer as unknown as NodeJS.Timeout);
    }) as typeof clearTimeout);
  });

  afterEach(async () => {
    mock.restoreAll();
    await mirror.stop();
  });

  const begun = async (): Promise<ServerResponse> => {
    await until(() => answers.length > 0);
    return answers[0]!;
  };

  it('gives a server time for its answer, and then for each piece anew', async () => {
    const seen: [number, number | undefined][] = [];
    const options = {
      maxBytes: 100,
      timeouts: TIMEOUTS,
      onProgress: (...now: [number, number | undefined]) => seen.push(now),
    };
    const file = download(mirror.address, options);
    const answer = await begun();
    assert.deepEqual(
      timers.map(({ milliseconds, isCleared }) => [milliseconds, isCleared]),
      [[TIMEOUTS.answer, false]],
    );
    answer.writeHead(200, { 'content-length': 6 }).flushHeaders();
    await until(() => timers.length === 2);
    assert.equal(timers[0]!.isCleared, true);
    assert.equal(timers[1]!.milliseconds, TIMEOUTS.stall);
    for (const [i, piece] of ['ab', 'cd', 'ef'].entries()) {
      assert.deepEqual([timers[1]!.refreshed, timers[1]!.isCleared], [i, false]);
      answer.write(piece);
      await until(() => seen.length === i + 1);
    }
    assert.equal((await file).toString(), 'abcdef');
    assert.deepEqual(seen, [
      [2, 6],
      [4, 6],
      [6, 6],
    ]);
    assert.deepEqual(
      timers.map(({ isCleared }) => isCleared),
      [true, true],
    );
  });

  it('ends where no answer comes', async () => {
    const file = download(mirror.address, { maxBytes: 100, timeouts: TIMEOUTS });
    await begun();
    timers[0]!.runOut();
    await assert.rejects(file, { name: 'DownloadError', message: 'has not answered for 123.401 s' });
  });

  it('ends where the rest does not come, and leaves the server', async () => {
    const file = download(mirror.address, { maxBytes: 100, timeouts: TIMEOUTS });
    const answer = await begun();
    let isLeft = false;
    answer.on('close', () => (isLeft = true));
    answer.write('ab');
    await until(() => timers.length === 2);
    timers[1]!.runOut();
    await assert.rejects(file, { name: 'DownloadError', message: 'has sent nothing for 123.402 s' });
    await until(() => isLeft);
  });

  it('takes what is just as large as may be, and refuses more', async () => {
    for (const [size, maxBytes] of [
      [10, 10],
      [11, 10],
    ] as const) {
      answers = [];
      const file = download(mirror.address, { maxBytes, timeouts: TIMEOUTS });
      (await begun()).end(Buffer.alloc(size));
      if (size <= maxBytes) assert.equal((await file).length, size);
      else await assert.rejects(file, { name: 'DownloadError', message: 'sends more than 10 bytes' });
    }
  });

  it('is no file where the server has none, or a page that says so', async () => {
    const answersOf: [(answer: ServerResponse) => void, string][] = [
      [(answer) => answer.writeHead(404, 'Not Found').end(), 'answers 404 Not Found'],
      [(answer) => answer.writeHead(503, ' ').end(), 'answers 503'],
      [
        (answer) => answer.writeHead(200, { 'content-type': 'Text/HTML; charset=utf-8' }).end('ab'),
        'answers with a web page',
      ],
    ];
    for (const [respond, message] of answersOf) {
      answers = [];
      const file = download(mirror.address, { maxBytes: 100, timeouts: TIMEOUTS });
      respond(await begun());
      await assert.rejects(file, { name: 'DownloadError', message });
      assert.ok(timers.every(({ isCleared }) => isCleared));
    }
  });

  it('says in a few words why there is no connection', async () => {
    const { address } = mirror;
    await mirror.stop();
    await assert.rejects(download(address, { maxBytes: 100, timeouts: TIMEOUTS }), {
      name: 'DownloadError',
      message: 'the host refuses the connection (ECONNREFUSED)',
    });
    mirror = await Mirror.start(() => undefined);
  });

  it('does not tell a length that is that of the packed body', async () => {
    const totals: (number | undefined)[] = [];
    const options = {
      maxBytes: 100,
      timeouts: TIMEOUTS,
      onProgress: (_: number, total?: number) => totals.push(total),
    };
    const file = download(mirror.address, options);
    (await begun()).writeHead(200, { 'content-encoding': 'identity', 'content-length': 2 }).end('ab');
    await file;
    assert.deepEqual(totals, [undefined]);
  });

  it('ends with its signal, and says what that says', async () => {
    const stopping = new AbortController();
    const file = download(mirror.address, { maxBytes: 100, timeouts: TIMEOUTS, signal: stopping.signal });
    await begun();
    stopping.abort(new Error('told to stop'));
    await assert.rejects(file, /^Error: told to stop$/);
    await assert.rejects(download(mirror.address, { maxBytes: 100, signal: stopping.signal }), /^Error: told to stop$/);
    assert.equal(answers.length, 1);
  });
});
