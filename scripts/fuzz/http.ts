// Requests to the starter flow's POST /digits, in a Node-RED as `npm start` starts it: bodies, headers and connections of all kinds.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { freePort } from '../../test/processes';
import { whatIsUnclear, type Finding, type FuzzCase, type OpenArea, type Outcome } from './case';
import { readingProblem, short } from './checks';
import type { Dice } from './dice';
import { exchange, SENDING, type Answer, type Piece } from './exchange';
import { mutate } from './mutate';
import { drawBases, type Base } from './picture-bases';
import { craftedFiles } from './picture-files';
import { STRINGS } from './values';

/** Time for an answer, from when all was sent that is going to be; milliseconds. */
const PATIENCE = 9000;

/** Memory that may be left after a huge body, bytes; and how long it may take to give the rest back. */
const LEFT = 100e6, GIVING_BACK = 8000;

/** A body must not be larger. */
const MOST = 20e6;

interface Trial {
  name: string;
  /** What is sent, for each of the connections that are made at once. */
  pieces: Piece[];
  connections?: number;
  /** Statuses that may come; none: no answer need come, for the request is not whole or not in order. */
  statuses?: readonly number[];
  /** What has to be read. */
  text?: string;
  /** Whether memory is looked at. */
  huge?: boolean;
}

/** The starter flow in a process of its own. */
class Starter {
  printed = '';
  private constructor(readonly port: number, private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => { this.printed = (this.printed + data.toString()).slice(-8000); });
  }

  static async start(userDir: string): Promise<Starter> {
    const port = await freePort(), program = join(__dirname, '../start.js');
    const starter = new Starter(port, spawn(process.execPath, [program, userDir], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PORT: String(port) } }));
    while (!starter.printed.includes('POST a picture')) {
      if (!starter.isAlive) throw new Error(starter.printed);
      await sleep(50);
    }
    return starter;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resident memory, bytes; 0 where this computer does not tell. */
  get memory(): number {
    const file = `/proc/${String(this.child.pid)}/status`;
    return existsSync(file) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'latin1'))?.[1]) * 1024 : 0;
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

export const open: OpenArea = async ({ folder }) => {
  const starter = await Starter.start(join(folder, 'user')), bases = await drawBases(1);
  const good = bases.find(({ name }) => name === 'JPEG of "407"')?.bytes ?? Buffer.alloc(0), progressive = bases.find(({ name }) => name.startsWith('JPEG, progressive'))?.bytes ?? good;
  const crafted = craftedFiles(progressive);
  let warm = false;
  for (let attempt = 0; attempt < 60 && !warm; attempt++) warm = !await goodProblem(starter, good);
  if (!warm) throw new Error(`POST /digits does not read a good picture: ${starter.printed}`);
  return {
    make(dice): FuzzCase {
      const trial = makeTrial(dice, good, bases, crafted);
      return { name: trial.name, input: Buffer.concat(trial.pieces.filter((piece) => Buffer.isBuffer(piece))), deadline: SENDING + 4 * PATIENCE, run: () => tryOut(starter, trial, good) };
    },
    close: () => starter.stop(),
  };
};

async function tryOut(starter: Starter, trial: Trial, good: Buffer): Promise<Outcome> {
  const { pieces, connections = 1, huge } = trial, before = starter.memory, findings: Finding[] = [];
  const answering = Promise.all(Array.from({ length: connections }, () => exchange(starter.port, pieces, PATIENCE)));
  // Others go on meanwhile, and after it.
  const meanwhile = await goodProblem(starter, good), answers = await answering, after = await goodProblem(starter, good);
  for (const answer of answers) findings.push(...judge(trial, answer));
  if (!starter.isAlive) findings.push({ fault: 'crash', detail: `Node-RED has ended: ${starter.printed.trim().split('\n').slice(-4).join(' ')}` });
  else if (meanwhile ?? after) findings.push({ fault: 'wrong', detail: `a good picture that is sent ${meanwhile ? 'meanwhile' : 'after it'} ${meanwhile ?? after ?? ''}` });
  if (huge) {
    const end = performance.now() + GIVING_BACK;
    while (starter.memory > before + LEFT && performance.now() < end) await sleep(250);
    const more = starter.memory - before;
    if (more > LEFT) findings.push({ fault: 'wrong', detail: `${trial.name}: ${Math.round(more / 1e6)} MB more are taken ${GIVING_BACK / 1000} s after it` });
  }
  return { accepted: answers.some(({ status }) => status === 200), findings, spoilt: !starter.isAlive || Boolean(after) };
}

function judge({ name, statuses, text }: Trial, { status, body, late }: Answer): Finding[] {
  if (statuses === undefined) return [];
  if (status === undefined) return [{ fault: 'unanswered', detail: `${name}: ${late ? `no answer within ${PATIENCE / 1000} s` : 'the connection is closed without an answer'}` }];
  if (!statuses.includes(status)) return [{ fault: 'wrong', detail: `${name}: answered ${status}, where ${statuses.join(' or ')} is due: ${body.toString().slice(0, 100)}` }];
  if (status >= 300) {
    const { error } = parsed(body);
    // What never reaches the flow is answered by Node.js or Express in their own words.
    if (typeof error !== 'string') return ![400, 413].includes(status) || text === undefined && statuses.length > 2 ? [] : [{ fault: 'unclear', detail: `answered ${status} with ${short(body.toString().slice(0, 80))}` }];
    const unclear = whatIsUnclear(new Error(error), []);
    return unclear ? [{ fault: 'unclear', detail: `answered ${status}: ${unclear}` }] : [];
  }
  const reading = parsed(body), problem = readingProblem(reading, undefined, true) ?? (typeof reading.accepted === 'boolean' ? undefined : `accepted is ${short(reading.accepted)}`);
  if (problem) return [{ fault: 'wrong', detail: `answered ${problem}` }];
  return text === undefined || reading.text === text ? [] : [{ fault: 'wrong', detail: `answered the text ${short(reading.text)} where ${short(text)} stands` }];
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

async function goodProblem({ port }: Starter, good: Buffer): Promise<string | undefined> {
  const { status, body } = await exchange(port, request(good), PATIENCE);
  return status === 200 && parsed(body).text === '407' ? undefined : status === undefined ? 'is not answered' : `is answered ${status}: ${body.toString().slice(0, 80)}`;
}

function head(headers: Record<string, string | number>, line = 'POST /digits HTTP/1.1'): Buffer {
  return Buffer.from(`${line}\r\n${Object.entries({ host: '127.0.0.1', connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1');
}

function request(body: Buffer, headers: Record<string, string> = { 'content-type': 'image/jpeg' }, line?: string): Piece[] {
  return [head({ 'content-length': body.length, ...headers }, line), body];
}

function chunked(body: Buffer, sizes: () => number, end = '0\r\n\r\n'): Buffer {
  const out: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const piece = body.subarray(at, at + Math.max(1, sizes()));
    out.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  return Buffer.concat([...out, Buffer.from(end)]);
}

const TYPES = ['image/jpeg', 'image/png', 'image/svg+xml', 'image/*', 'application/octet-stream', 'text/plain', 'application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'multipart/form-data', 'image/jpeg; charset=utf-16', 'x', ';;;', 'a'.repeat(3000)];

/** A picture, or none, but an answer from the flow. */
const FLOW = [200, 400] as const;
/** What the web server in front of the flow may say, too. */
const SERVER = [200, 400, 404, 405, 408, 411, 413, 414, 415, 417, 431, 501, 505] as const;

const CHUNKED = { 'content-type': 'image/jpeg', 'transfer-encoding': 'chunked' };

function makeTrial(dice: Dice, good: Buffer, bases: readonly Base[], crafted: ReturnType<typeof craftedFiles>): Trial {
  const makers: [number, () => Trial][] = [
    [6, () => {
      const base = dice.pick(bases), { bytes, how } = mutate(base.bytes, dice);
      return { name: `${base.name}, ${how}`, pieces: request(bytes), statuses: [...FLOW, 413] };
    }],
    [4, () => {
      const { name, bytes } = dice.pick(crafted);
      return { name, pieces: request(bytes), statuses: [...FLOW, 413] };
    }],
    [2, () => {
      const base = dice.pick(bases);
      return { name: base.name, pieces: request(base.bytes), statuses: [200], text: base.text };
    }],
    [3, () => {
      const type = dice.pick(TYPES);
      return { name: `a good picture of the type ${type}`, pieces: request(good, { 'content-type': type }), statuses: [...FLOW, 413, 415] };
    }],
    [3, () => {
      const bodies: [string, Buffer][] = [
        ['nothing', Buffer.alloc(0)], ['a data: address', Buffer.from(`data:image/jpeg;base64,${good.toString('base64')}`)], ['base64', Buffer.from(good.toString('base64'))], ['JSON', Buffer.from('{"payload":{"data":[1],"width":1,"height":1}}')],
        ['multi-part', Buffer.concat([Buffer.from('--x\r\ncontent-disposition: form-data; name="f"; filename="../../x.jpg"\r\ncontent-type: image/jpeg\r\n\r\n'), good, Buffer.from('\r\n--x--\r\n')])], ['__proto__', Buffer.from('{"__proto__":{"polluted":1}}')], ['text', Buffer.from(dice.pick(STRINGS))],
        ['784 bytes', dice.bytes(784)],
      ];
      const [name, body] = dice.pick(bodies), type = dice.pick(TYPES);
      return { name: `${name} in the body, of the type ${type}`, pieces: request(body, { 'content-type': type }), statuses: [...FLOW, 413, 415] };
    }],
    [3, () => {
      const most = dice.pick([1, 100, 5000, 1e6]);
      return { name: `a good picture in chunks of up to ${most}`, pieces: [head(CHUNKED), chunked(most === 1 ? good.subarray(0, 0) : good, () => dice.whole(1, most))], statuses: most === 1 ? FLOW : [200], ...(most > 1 && { text: '407' }) };
    }],
    [3, () => {
      const end = dice.pick(['0\r\n', '', 'zz\r\n', '-1\r\n', 'ffffffffffffffff\r\n', '0;x=y\r\nx: y\r\n\r\n', '0\r\n'.padEnd(50_000, 'x')]);
      return { name: `chunks that end with ${JSON.stringify(end.slice(0, 30))}`, pieces: [head(CHUNKED), chunked(good, () => 4000, end), { close: true }] };
    }],
    [2, () => {
      const length = dice.pick([-1, 0, 1, good.length - 1, good.length + 1, good.length + 1e6, 1e15, 'x', '5, 5', '0x10', '1e3', '']);
      return { name: `a good picture of a length that is ${length}`, pieces: [head({ 'content-type': 'image/jpeg', 'content-length': length }), good, { close: true }] };
    }],
    [2, () => {
      const left = dice.whole(0, good.length - 1);
      return { name: `a client that goes after ${left} bytes`, pieces: [head({ 'content-type': 'image/jpeg', 'content-length': good.length }), good.subarray(0, left), { destroy: true }] };
    }],
    [2, () => ({ name: 'a client that sends half and waits', pieces: [head({ 'content-type': 'image/jpeg', 'content-length': good.length }), good.subarray(0, good.length >> 1), { wait: 2000 }, { destroy: true }] })],
    [1, () => ({ name: 'a slow client', pieces: [head({ 'content-type': 'image/jpeg', 'content-length': good.length }), ...slowly(good, 20, 100)], statuses: [200], text: '407' })],
    [1, () => ({ name: 'a slow client with slow headers', pieces: slowly(Buffer.concat(request(good) as Buffer[]), 20, 100), statuses: [200], text: '407' })],
    [2, () => {
      const size = dice.pick([MOST + 1, 3e7]), type = dice.pick(['image/jpeg', 'application/octet-stream', 'application/json', 'text/plain']);
      return { name: `${size} bytes of the type ${type}`, pieces: request(Buffer.concat([good, Buffer.alloc(size - good.length)]), { 'content-type': type }), statuses: [413], huge: true };
    }],
    [1, () => ({ name: `${MOST} bytes`, pieces: request(Buffer.concat([good, Buffer.alloc(MOST - good.length)])), statuses: FLOW, huge: true })],
    [1, () => ({ name: '30 MB in chunks', pieces: [head(CHUNKED), chunked(Buffer.concat([good, Buffer.alloc(3e7)]), () => 65_536)], statuses: [413], huge: true })],
    [1, () => ({ name: '300 MB that are announced and do not come', pieces: [head({ 'content-type': 'image/jpeg', 'content-length': 3e8 }), good, { wait: 3000 }], statuses: [413], huge: true })],
    [0.5, () => ({ name: 'four of 300 MB at once', pieces: [head({ 'content-type': 'image/jpeg', 'content-length': 3e8 }), ...Array<Buffer>(300).fill(Buffer.alloc(1e6))], connections: 4, statuses: [413], huge: true })],
    [0.5, () => ({ name: 'four of 300 MB at once, in chunks', pieces: [head(CHUNKED), ...Array<Buffer>(300).fill(Buffer.concat([Buffer.from('f4240\r\n'), Buffer.alloc(1e6), Buffer.from('\r\n')])), Buffer.from('0\r\n\r\n')], connections: 4, statuses: [413], huge: true })],
    [1, () => ({ name: 'a good picture, packed with gzip', pieces: request(gzipSync(good), { 'content-type': 'image/jpeg', 'content-encoding': dice.pick(['gzip', 'deflate', 'br', 'x', 'gzip, gzip']) }), statuses: [...FLOW, 413, 415] })],
    [1, () => ({ name: 'zeros that unpack to 300 MB', pieces: request(zeros(), { 'content-type': 'image/jpeg', 'content-encoding': 'gzip' }), statuses: [400, 413, 415], huge: true })],
    [3, () => {
      const path = dice.pick(['/digits', '/digits/', '/DIGITS', '/digits?x=1', '/digits/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '//digits', '/digits/%00', '/%', `/${'x'.repeat(20_000)}`, 'digits', 'http://127.0.0.1:9/digits', '*']), method = dice.pick(['POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'post', 'X']);
      return { name: `${method} ${path.slice(0, 60)}`, pieces: request(good, { 'content-type': 'image/jpeg' }, `${method} ${path} ${dice.pick(['HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9'])}`), statuses: [...SERVER, 204, 301, 302, 308] };
    }],
    [3, () => {
      const odd: Record<string, string>[] = [{ 'x-long': 'x'.repeat(100_000) }, { 'expect': '100-continue' }, { 'expect': 'x' }, { 'transfer-encoding': 'chunked' }, { 'transfer-encoding': 'identity' }, { 'content-type': 'image/jpeg', 'host': '' }, { 'cookie': '\x01\x02' }, { 'connection': 'keep-alive' }];
      const headers = dice.pick(odd);
      return { name: `a good picture with ${JSON.stringify(headers).slice(0, 60)}`, pieces: request(good, { 'content-type': 'image/jpeg', ...headers }), statuses: SERVER };
    }],
    [1, () => ({ name: '20 requests behind one another', pieces: Array.from({ length: 20 }, () => request(good, { 'content-type': 'image/jpeg', 'connection': 'keep-alive' })).flat(), statuses: [200], text: '407' })],
    [1, () => ({ name: '30 good pictures at once', pieces: request(good), connections: 30, statuses: [200, 503], text: '407' })],
    [2, () => {
      const { bytes, how } = mutate(Buffer.concat(request(good) as Buffer[]), dice);
      return { name: `a request, ${how}`, pieces: [bytes, { close: true }] };
    }],
  ];
  return dice.weighted(makers)();
}

function slowly(bytes: Buffer, pieces: number, wait: number): Piece[] {
  const size = Math.ceil(bytes.length / pieces);
  return Array.from({ length: pieces }, (_, i): Piece[] => [bytes.subarray(i * size, (i + 1) * size), { wait }]).flat();
}

let packed: Buffer | undefined;
function zeros(): Buffer {
  return (packed ??= Buffer.concat(Array<Buffer>(3).fill(gzipSync(Buffer.alloc(1e8)))));
}
