import type RED from 'node-red';

type Settings = Parameters<typeof RED.init>[1];

/** Node-RED's levels: the lower, the graver. */
const WARN = 30, INFO = 40;

interface LogEntry {
  level: number;
  msg: unknown;
  /** Of the node that logs, if it is one. */
  type?: string;
  name?: string;
}

export function settings(userDir: string, uiHost: string, uiPort: number): Settings {
  return {
    userDir,
    uiHost,
    uiPort,
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    flowFile: 'flows.json',
    flowFilePretty: true,
    editorTheme: { tours: false, page: { title: 'InkCam' }, header: { title: 'InkCam' } },
    telemetry: { enabled: false },
    logging: { terminal: { level: 'info', metrics: false, audit: false, handler: () => logToTerminal } },
  } as Settings;
}

/** What nodes say, and warnings and errors of Node-RED itself, one line each. */
function logToTerminal({ level, msg, type, name }: LogEntry): void {
  if (level > (type ? INFO : WARN)) return;
  const time = new Date().toTimeString().slice(0, 8);
  const who = type ? `${name ?? type}: ` : '';
  console.log(`${time}  ${who}${textOf(msg)}`);
}

function textOf(msg: unknown): string {
  return msg instanceof Error ? msg.message : typeof msg === 'string' ? msg.trim() : JSON.stringify(msg);
}
