import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Sent {
  body: Buffer;
  length?: number;
  status?: number;
  location?: string;
  endless?: boolean;
}

/** A mirror of MNIST on this computer. */
export class Mirror {
  sends: Record<string, Sent> = {};

  static async start(): Promise<Mirror> {
    const mirror = new Mirror();
    await new Promise<void>((resolve) => {
      mirror.server.listen(0, '127.0.0.1', resolve);
    });
    return mirror;
  }

  private readonly server: Server = createServer(({ url = '' }, response) => {
    const sent = this.sends[url.replace(/^\/|\.gz$/g, '')];
    if (!sent) {
      response.writeHead(404).end();
      return;
    }
    const { body, length, status = 200, location, endless } = sent;
    response.writeHead(status, {
      ...(length !== undefined && { 'content-length': length }),
      ...(location && { location }),
    });
    if (!endless) {
      // One that promises more than it sends breaks off.
      response.write(body, () => {
        if (length === undefined) response.end();
        else response.destroy();
      });
      return;
    }
    const go = (): void => {
      if (!response.destroyed)
        response.write(body, () => {
          setImmediate(go);
        });
    };
    go();
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }
}
