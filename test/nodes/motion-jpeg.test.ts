import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TIMEOUT, MotionJpegSubscribers } from '../../nodes/common/motion-jpeg';
import { watch } from './watch';

const picture = (name: string): Buffer => Buffer.from(name);

describe('a live stream', () => {
  let server: Server;
  let url: string;
  let viewers: MotionJpegSubscribers;
  let now = 0;
  const counts: number[] = [];
  const fall = async (to: number): Promise<void> => {
    while (viewers.count > to) await new Promise((resolve) => setImmediate(resolve));
  };

  const serve = (most: number): void => {
    viewers = new MotionJpegSubscribers(
      'image/jpeg',
      most,
      (count) => counts.push(count),
      () => now,
    );
  };

  before(async () => {
    server = createServer((_request, response) => {
      viewers.add(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  beforeEach(() => {
    counts.length = 0;
    serve(3);
  });

  afterEach(() => {
    viewers.close();
  });
  after(() => {
    server.close();
  });

  it('shows each picture to everybody, the latest one at once', async () => {
    viewers.show(picture('before'));
    viewers.show(picture('first'));
    const all = await Promise.all([watch(url), watch(url)]);
    await Promise.all(all.map(({ until }) => until(1)));
    viewers.show(picture('second'));
    await Promise.all(all.map(({ until }) => until(2)));
    for (const { pictures, response } of all) {
      assert.deepEqual(pictures.map(String), ['first', 'second']);
      assert.equal(response.headers['content-type'], 'multipart/x-mixed-replace; boundary=frame');
      assert.equal(response.headers['cache-control'], 'no-store');
    }
  });

  it('sends the head of the next picture with each, without which browsers do not show it', async () => {
    const { response } = await watch(url, { read: false });
    response.setEncoding('latin1');
    viewers.show(picture('abc'));
    const head = '--frame\r\ncontent-type: image/jpeg\r\n\r\n';
    let text = '';
    for await (const data of response) if ((text += String(data)).endsWith(`abc\r\n${head}`)) break;
    assert.equal(text, `${head}abc\r\n${head}`);
  });

  it('sends further viewers away with 503, until somebody leaves', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => watch(url)));
    const seen = all.filter(({ response }) => response.statusCode === 200);
    const refused = all.filter(({ response }) => response.statusCode === 503);
    assert.deepEqual([seen.length, refused.length, viewers.count], [3, 97, 3]);
    seen[0]!.leave();
    await fall(2);
    assert.equal((await watch(url)).response.statusCode, 200);
    assert.deepEqual(counts, [1, 2, 3, 2, 3]);
  });

  it('holds at most one picture for a viewer that never reads, and sends it away in the end', async () => {
    const lazy = await watch(url, { read: false });
    const eager = await watch(url);
    const large = Buffer.alloc(2 ** 20);
    for (let i = 1; i <= 40; i++) {
      viewers.show(large);
      await eager.until(i);
    }
    assert.equal(eager.pictures.length, 40);
    assert.equal(viewers.count, 2);
    now = TIMEOUT + 1;
    viewers.show(large);
    await fall(1);
    lazy.response.resume();
    await lazy.ended;
  });

  it('ends all streams when it is closed', async () => {
    const { ended } = await watch(url);
    viewers.close();
    await ended;
    await fall(0);
  });
});
