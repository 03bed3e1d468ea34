// Node-RED's settings for `npm start`.
import { limitBodies } from '../../nodes/body-limits';

const uiHost = '127.0.0.1';
const uiPort = Number(process.env.PORT ?? 1880);
const address = `http://${uiHost}:${uiPort}/`;

/** Node-RED's levels of logging: the lower, the graver. */
const ERROR = 20;
const INFO = 40;

interface LogEntry {
  level: number;
  msg: unknown;
  /** Of the node that logs, if it is one. */
  type?: string;
  name?: string;
}

/**
 * What nodes say, errors of Node-RED itself, and its notes about nodes that did not load, which begin with a bracket.
 */
function logToTerminal({ level, msg, type, name }: LogEntry): void {
  const text = msg instanceof Error ? msg.message : typeof msg === 'string' ? msg.trim() : JSON.stringify(msg);
  if (level <= (type ? INFO : ERROR) || text.startsWith('[')) {
    console.log(`${new Date().toTimeString().slice(0, 8)}  ${type ? `${name ?? type}: ` : ''}${text}`);
  } else if (text.includes(address)) {
    greet();
  }
}

function greet(): void {
  console.log(`
  Editor           ${address}
  POST a picture   curl -H 'content-type: image/jpeg' --data-binary @photo.jpg ${address}digits
  Stop             Ctrl+C

Without a Raspberry Pi camera, demo frames are replayed. Readings:
`);
}

export = {
  uiHost,
  uiPort,
  flowFile: 'flows.json',
  flowFilePretty: true,
  ...limitBodies(),
  editorTheme: { tours: false, projects: { enabled: false }, page: { title: 'InkCam' }, header: { title: 'InkCam' } },
  telemetry: { enabled: false },
  logging: { terminal: { level: 'info', metrics: false, audit: false, handler: () => logToTerminal } },
};
