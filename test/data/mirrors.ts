import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { packed } from '../../support/made-files';

/** A web server on this machine that stands in for a public mirror. */
export class Mirror {
  /** Names of the files that were asked for. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async start(answer: RequestListener): Promise<Mirror> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const mirror = new Mirror(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/`);
    server.on('request', (request, response) => {
      mirror.asked.push(basename(request.url ?? ''));
      answer(request, response);
    });
    return mirror;
  }

  /** One that has these files, packed, under `/data/`. */
  static with(bytes: Record<string, Buffer>, change: (file: Buffer) => Buffer = (file) => file): Promise<Mirror> {
    return Mirror.start(({ url = '' }, response) => {
      const file = url.startsWith('/data/') ? bytes[basename(url, '.gz')] : undefined;
      if (file) response.end(change(packed(file)));
      else response.writeHead(404).end('nothing here');
    });
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
