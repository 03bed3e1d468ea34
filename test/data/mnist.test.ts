import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataSetError, readMnist } from '../../lib/data/idx';
import {
  fetchMnist,
  FetchError,
  MNIST,
  MNIST_MIRRORS,
  type FetchOptions,
  type FetchProgress,
} from '../../lib/data/mnist';
import { makeFiles, packed } from '../../support/made-files';
import { Mirror } from './mirrors';

const { bytes, files } = makeFiles();
const names = files.map(({ name }) => `${name}.gz`);

describe('fetchMnist', () => {
  let folder: string;
  let good: Mirror;
  const started: Mirror[] = [];
  before(async () => {
    good = await Mirror.with(bytes);
  });
  after(() => good.stop());
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'fetch-')), 'digits', 'mnist');
    good.asked.length = 0;
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((mirror) => mirror.stop()));
    await rm(join(folder, '../..'), { recursive: true });
  });

  const fetchFrom = (mirrors: string[], more: Partial<FetchOptions> = {}): Promise<void> =>
    fetchMnist({ folder, mirrors, files, ...more });
  const mirror = async (answer: RequestListener): Promise<string> => {
    const one = await Mirror.start(answer);
    started.push(one);
    return one.address;
  };
  const changed = async (change: (file: Buffer) => Buffer): Promise<string> => {
    const one = await Mirror.with(bytes, change);
    started.push(one);
    return one.address;
  };

  async function assertWhole(): Promise<void> {
    assert.deepEqual((await readdir(folder)).sort(), [...names].sort());
    for (const { name, sha256 } of files) {
      assert.equal(
        createHash('sha256')
          .update(gunzipSync(await readFile(join(folder, `${name}.gz`))))
          .digest('hex'),
        sha256,
      );
    }
    assert.deepEqual([...(await readMnist(folder, 'train')).labels], [7, 0, 1]);
  }

  it('fetches the four files with progress', async () => {
    const progress: FetchProgress[] = [];
    await fetchFrom([good.address], { onProgress: (step) => progress.push(step) });
    await assertWhole();
    assert.deepEqual(good.asked, names);
    for (const { name } of files) {
      const last = progress.findLast(({ file }) => file === name);
      assert.equal(last?.received, packed(bytes[name]!).length);
    }
  });

  it('tells the total where the mirror does', async () => {
    const body = packed(bytes[files[0]!.name]!);
    const address = await mirror((_, response) => {
      response.setHeader('content-length', body.length).end(body);
    });
    const totals = new Set<number | undefined>();
    await fetchFrom([address], { files: files.slice(0, 1), onProgress: ({ total }) => totals.add(total) });
    assert.deepEqual([...totals], [body.length]);
  });

  it('fetches only what is missing or damaged', async () => {
    await fetchFrom([good.address]);
    await fetchFrom(['http://127.0.0.1:9/nothing/']);
    await writeFile(join(folder, names[0]!), 'damaged');
    await writeFile(join(folder, names[1]!), packed(Buffer.from('another one')));
    await rm(join(folder, names[2]!));
    good.asked.length = 0;
    await fetchFrom([good.address]);
    assert.deepEqual(good.asked, names.slice(0, 3));
    await assertWhole();
  });

  it('takes unpacked files that are there', async () => {
    await fetchFrom([good.address]);
    await writeFile(join(folder, files[0]!.name), bytes[files[0]!.name]!);
    await rm(join(folder, names[0]!));
    await fetchFrom(['http://127.0.0.1:9/nothing/']);
    assert.deepEqual([...(await readMnist(folder, 'train')).labels], [7, 0, 1]);
  });

  it('fetches once for two who ask at the same time', async () => {
    await Promise.all([fetchFrom([good.address]), fetchFrom([good.address])]);
    assert.deepEqual(good.asked, names);
    await assertWhole();
  });

  it('stops waiting for another one when told to', async () => {
    const slow = await mirror(() => undefined);
    const first = new AbortController();
    const second = new AbortController();
    const one = assert.rejects(fetchFrom([slow], { signal: first.signal }), /the first/);
    const two = assert.rejects(fetchFrom([good.address], { signal: second.signal }), /the second/);
    second.abort(new Error('the second'));
    await two;
    assert.deepEqual(good.asked, []);
    first.abort(new Error('the first'));
    await one;
    await fetchFrom([good.address]);
    await assertWhole();
  });

  it('follows a redirection, and takes what comes unpacked', async () => {
    const elsewhere = await mirror(({ url }, response) => {
      response.writeHead(302, { location: `${good.address}${url?.split('/').pop()}` }).end();
    });
    const unpacked = await mirror(({ url = '' }, response) => {
      response.end(bytes[url.slice('/data/'.length, -'.gz'.length)]);
    });
    await fetchFrom([elsewhere]);
    await assertWhole();
    await rm(folder, { recursive: true });
    await fetchFrom([unpacked.slice(0, -1)]);
    await assertWhole();
  });

  /**
   * Enough for the good mirror on a busy machine, and little for those that never answer: only these are waited for.
   */
  const short = { answer: 4000, stall: 4000 };
  const bad: [what: string, make: () => Promise<string>, reason: RegExp, timeouts?: typeof short][] = [
    [
      'that is not there',
      async () => {
        const gone = await Mirror.with(bytes);
        await gone.stop();
        return gone.address;
      },
      /refuses the connection \(ECONNREFUSED\)/,
    ],
    ['without a name', () => Promise.resolve('http://no-such-host.invalid/'), /no such host, or no network/],
    [
      'that answers 404',
      () =>
        mirror((_, response) => {
          response.writeHead(404).end();
        }),
      /answers 404 Not Found/,
    ],
    [
      'that answers a web page',
      () =>
        mirror((_, response) => {
          response.setHeader('content-type', 'text/html; charset=utf-8').end('<html>');
        }),
      /answers with a web page/,
    ],
    [
      'that answers a web page as if it were the file',
      () =>
        mirror((_, response) => {
          response.setHeader('content-type', 'application/gzip').end('<!DOCTYPE html>');
        }),
      /answers with a web page/,
    ],
    [
      'that truncates',
      () => changed((file) => file.subarray(0, file.length - 100)),
      /cut off or damaged \(unexpected end of file\)/,
    ],
    [
      'that breaks off',
      () =>
        mirror((_, response) => {
          response.setHeader('content-length', 5000).write('x', () => {
            response.destroy();
          });
        }),
      /the connection was cut off/,
    ],
    ['that damages', () => changed((file) => Buffer.from(file).fill(0, 60, 80)), /cut off or damaged/],
    [
      'that alters',
      () => changed((file) => packed(gunzipSync(file).fill(1, 100, 101))),
      /altered file: expected the SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/,
    ],
    [
      'that sends too little',
      () => changed((file) => packed(gunzipSync(file).subarray(0, 9))),
      /a file of 9 bytes, expected \d+/,
    ],
    ['that sends no end of zeros, packed', () => changed(() => packed(Buffer.alloc(5e6))), /more than \d+ bytes/],
    [
      'that sends no end',
      () =>
        mirror((_, response) => {
          response.end(Buffer.alloc(200_000, 7));
        }),
      /sends more than \d+ bytes/,
    ],
    ['that never answers', () => mirror(() => undefined), /has not answered for 4 s/, short],
    [
      'that stops in the middle',
      () =>
        mirror((_, response) => {
          response.write(packed(bytes[files[0]!.name]!).subarray(0, 50));
        }),
      /has sent nothing for 4 s/,
      short,
    ],
    [
      'that redirects in a circle',
      () =>
        mirror(({ url }, response) => {
          response.writeHead(302, { location: url }).end();
        }),
      /redirect/,
    ],
  ];
  for (const [what, make, reason, timeouts] of bad) {
    it(`goes on to the next after a mirror ${what}`, async () => {
      const address = await make();
      await assert.rejects(fetchFrom([address], { timeouts }), (error) => {
        assert.ok(error instanceof FetchError, String(error));
        assert.match(error.message, reason);
        assert.ok(error.message.includes(address));
        return true;
      });
      assert.deepEqual(await readdir(folder), []);
      await fetchFrom([address, good.address], { timeouts });
      await assertWhole();
    });
  }

  it('asks a mirror that failed last for the files that follow', async () => {
    const gone = await Mirror.start((_, response) => {
      response.writeHead(503).end();
    });
    started.push(gone);
    await fetchFrom([gone.address, good.address]);
    assert.deepEqual(gone.asked, [names[0]]);
  });

  it('lists every mirror with its reason', async () => {
    const missing = await mirror((_, response) => {
      response.writeHead(404).end();
    });
    await assert.rejects(fetchFrom(['http://127.0.0.1:9/', missing]), (error: Error) => {
      assert.match(
        error.message,
        /^train-images-idx3-ubyte of MNIST cannot be fetched: http:\/\/127\.0\.0\.1:9\/ .+; http:.*\/data\/ answers 404 Not Found$/,
      );
      return true;
    });
  });

  it('refuses what is no address, before anything is fetched', async () => {
    for (const address of ['', 'mirror', 'file:///etc/', 'ftp://127.0.0.1/']) {
      await assert.rejects(
        fetchFrom([good.address, address]),
        (error: Error) =>
          error instanceof DataSetError && /expected a mirror's address that begins with https/.test(error.message),
      );
    }
    assert.deepEqual(good.asked, []);
  });

  it('stops when told to, and leaves nothing behind', async () => {
    const stopping = new AbortController();
    const slow = await mirror((_, response) => {
      response.write('x');
      setImmediate(() => {
        stopping.abort(new Error('told to stop'));
      });
    });
    await assert.rejects(fetchFrom([slow, good.address], { signal: stopping.signal }), /^Error: told to stop$/);
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(good.asked, []);
  });

  it('says why it cannot write', async () => {
    const file = join(folder, '../../file');
    await writeFile(file, '');
    await assert.rejects(
      fetchFrom([good.address], { folder: join(file, 'mnist') }),
      (error: Error) =>
        error instanceof DataSetError &&
        /^cannot write to .*mnist: a file stands where a folder should be \(ENOTDIR\)$/.test(error.message),
    );
    await mkdir(join(folder, names[3]!), { recursive: true });
    await assert.rejects(
      fetchFrom([good.address]),
      (error: Error) => error instanceof DataSetError && /^cannot write to .*mnist: /.test(error.message),
    );
    assert.deepEqual((await readdir(folder)).sort(), [...names].sort());
  });

  it('removes what an interrupted process has left', async () => {
    await fetchFrom([good.address]);
    await rm(join(folder, names[0]!));
    const left = (suffix: string): string => join(folder, `${names[0]}.${suffix}.tmp`);
    const old = left('01234567');
    const fresh = left('89abcdef');
    for (const file of [old, fresh]) await writeFile(file, 'half');
    await utimes(old, 0, 0);
    await fetchFrom([good.address]);
    // It may belong to a process that is just writing.
    assert.ok((await readdir(folder)).includes(basename(fresh)));
    await rm(fresh);
    await assertWhole();
  });

  it('knows the official files', async function () {
    const official = join(process.env.DIGITS_DATA ?? join(__dirname, '../../../../shared/data'), 'mnist');
    if (!(await readdir(official).catch(() => [])).length) this.skip();
    await fetchMnist({ folder: official, mirrors: [] });
    assert.equal(MNIST.length, 4);
    for (const address of MNIST_MIRRORS) assert.match(address, /^https:\/\/.*\/$/);
  });
});
