// Starts Node-RED with this checkout's nodes and the starter flow: `npm start`.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import RED from 'node-red';
import { settings } from './start/settings';
import { prepareUserFolder } from './start/user-folder';

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

const HOST = '127.0.0.1';
const port = Number(process.env.PORT ?? 1880);
const root = join(__dirname, '../..');

const server = createServer((request, response) => {
  const [editor, flows] = [RED.httpAdmin, RED.httpNode] as unknown as [Handler, Handler];
  editor(request, response, () => { flows(request, response, () => { response.writeHead(404).end(); }); });
});

async function start(): Promise<void> {
  const userDir = join(root, '.node-red');
  await prepareUserFolder(userDir, root);
  RED.init(server, settings(userDir, HOST, port));
  await RED.start();
  server.on('error', (error: NodeJS.ErrnoException) => {
    const hint = error.code === 'EADDRINUSE' ? `. Is Node-RED running already? Another port: PORT=${port + 1} npm start` : '';
    console.error(`Cannot listen on ${HOST}:${port}: ${error.message}${hint}`);
    void stop(1);
  });
  server.listen(port, HOST, () => {
    const address = `http://${HOST}:${port}`;
    console.log(`
  Editor            ${address}/
  Send a picture    curl -H 'content-type: image/jpeg' --data-binary @photo.jpg ${address}/digits
  Stop              Ctrl+C

Without a Raspberry Pi camera, demo frames are replayed. Readings:
`);
  });
}

let stopping = false;

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  // A node that does not close must not keep the terminal.
  setTimeout(() => { process.exit(code); }, 5000).unref();
  await RED.stop();
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { void stop(0); });

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
