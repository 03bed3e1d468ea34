import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import type { NodeAPI } from 'node-red';
import { openStream } from '../../nodes/common/live-stream';
import { ROOT, startNodeRed } from '../../support/real-node-red';
import { watch } from './watch';

const nobody = (): void => undefined;

describe('a live stream at an address of the flow', () => {
  let server: Server;
  let url: string;
  let RED: NodeAPI;

  beforeEach(async () => {
    const httpNode = express();
    const httpNodeMiddleware = (
      request: express.Request,
      response: express.Response,
      next: express.NextFunction,
    ): void => {
      if (request.headers.cookie === 'wrong') response.sendStatus(403);
      else next();
    };
    RED = { httpNode, settings: { httpNodeMiddleware } } as unknown as NodeAPI;
    server = createServer(httpNode).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.close();
  });

  it('is there until it is closed, and leaves the other addresses alone', async () => {
    const { subscribers, close } = openStream(RED, '/digits/live', 'image/jpeg', 5, nobody);
    RED.httpNode.get('/digits', (_request, response) => {
      response.send('of an http in node');
    });
    const viewer = await watch(`${url}/digits/live?any=thing`);
    subscribers.show(Buffer.from('a'));
    await viewer.until(1);
    assert.equal(await (await fetch(`${url}/digits`)).text(), 'of an http in node');
    close();
    await viewer.ended;
    assert.deepEqual([(await fetch(`${url}/digits/live`)).status, (await fetch(`${url}/digits`)).status], [404, 200]);
    openStream(RED, '/digits/live', 'image/jpeg', 5, nobody).close();
  });

  it('is closed to whom the middleware of the flows refuses', async () => {
    const { close } = openStream(RED, '/live', 'image/jpeg', 5, nobody);
    assert.equal((await watch(`${url}/live`, { headers: { cookie: 'wrong' } })).response.statusCode, 403);
    const viewer = await watch(`${url}/live`);
    assert.equal(viewer.response.statusCode, 200);
    close();
    await viewer.ended;
  });

  it('must have an address of its own', () => {
    const { close } = openStream(RED, '/live', 'image/jpeg', 5, nobody);
    assert.throws(() => openStream(RED, '/live', 'image/jpeg', 5, nobody), {
      name: 'AddressError',
      message: 'another node streams at /live already',
    });
    close();
    for (const path of ['live', '/', '/a/', '/a b', '//a', ''])
      assert.throws(
        () => openStream(RED, path, 'image/jpeg', 5, nobody),
        /expected the address of a stream to begin with a slash/,
      );
  });
});

describe('a live stream in Node-RED', () => {
  it('needs the password of httpNodeAuth', async () => {
    const node = { id: 'annotate', z: 'tab', type: 'digits-annotate', stream: '/live', wires: [] };
    const flow = [
      { id: 'tab', type: 'tab' },
      { id: 'in', z: 'tab', type: 'http in', url: '/picture', method: 'post', wires: [['annotate', 'answer']] },
      { id: 'answer', z: 'tab', type: 'http response', wires: [] },
      node,
      { ...node, id: 'second' },
    ];
    // The password is "secret", as Node-RED stores it.
    const nodeRed = await startNodeRed(flow, {
      httpNodeRoot: '/flows',
      httpNodeAuth: { user: 'ann', pass: '$2b$04$JebUW.CQLKTJiFQwW55YXeelqCM0smDJ6OwLKFARIZYIEN4kSFs8W' },
    });
    try {
      await nodeRed.program.prints(/another node streams at \/live already/);
      const live = `${nodeRed.url}/flows/live`;
      const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
      assert.equal((await watch(live)).response.statusCode, 401);
      const viewer = await watch(live, { headers: { authorization } });
      assert.equal(viewer.response.statusCode, 200);
      const body = new Uint8Array(await readFile(join(ROOT, 'demo/01-seven.jpg')));
      const posted = await fetch(`${nodeRed.url}/flows/picture`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'image/jpeg', authorization },
      });
      assert.equal(posted.status, 200);
      await viewer.until(1);
      assert.equal(viewer.pictures[0]?.subarray(0, 2).toString('hex'), 'ffd8');
    } finally {
      await nodeRed.stop();
    }
  });
});
