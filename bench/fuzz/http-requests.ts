// Requests to POST /digits: bodies, headers and connections of all kinds.
import { gzipSync } from 'node:zlib';
import type { Dice } from './dice';
import type { Piece } from './exchange';
import { mutate } from './mutate';
import type { Base } from './picture-bases';
import type { CraftedFile } from './picture-files';
import { STRINGS } from './values';

/** A body must not be larger, bytes. */
const MOST = 20e6;

export interface Trial {
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

function head(headers: Record<string, string | number>, line = 'POST /digits HTTP/1.1'): Buffer {
  return Buffer.from(
    `${line}\r\n${Object.entries({ host: '127.0.0.1', connection: 'close', ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
    'latin1',
  );
}

export function request(
  body: Buffer,
  headers: Record<string, string> = { 'content-type': 'image/jpeg' },
  line?: string,
): Piece[] {
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

const TYPES = [
  'image/jpeg',
  'image/png',
  'image/svg+xml',
  'image/*',
  'application/octet-stream',
  'text/plain',
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'image/jpeg; charset=utf-16',
  'x',
  ';;;',
  'a'.repeat(3000),
];

/** A picture, or none, but an answer from the flow. */
const FLOW = [200, 400] as const;
/** What the web server in front of the flow may say, too. */
const SERVER = [200, 400, 404, 405, 408, 411, 413, 414, 415, 417, 431, 501, 505] as const;

const CHUNKED = { 'content-type': 'image/jpeg', 'transfer-encoding': 'chunked' };

/** What requests are made of. */
interface Goods {
  /** A picture of "407". */
  good: Buffer;
  bases: readonly Base[];
  crafted: readonly CraftedFile[];
}

type Maker = (dice: Dice, goods: Goods) => Trial;

/** What is sent, and how often. */
const MAKERS: readonly [number, Maker][] = [
  [
    6,
    (dice, { bases }) => {
      const base = dice.pick(bases);
      const { bytes, how } = mutate(base.bytes, dice);
      return { name: `${base.name}, ${how}`, pieces: request(bytes), statuses: [...FLOW, 413] };
    },
  ],
  [
    4,
    (dice, { crafted }) => {
      const { name, bytes } = dice.pick(crafted);
      return { name, pieces: request(bytes), statuses: [...FLOW, 413] };
    },
  ],
  [
    2,
    (dice, { bases }) => {
      const base = dice.pick(bases);
      return { name: base.name, pieces: request(base.bytes), statuses: [200], text: base.text };
    },
  ],
  [
    3,
    (dice, { good }) => {
      const type = dice.pick(TYPES);
      return {
        name: `a good picture of the type ${type}`,
        pieces: request(good, { 'content-type': type }),
        statuses: [...FLOW, 413, 415],
      };
    },
  ],
  [
    3,
    (dice, { good }) => {
      const bodies: [string, Buffer][] = [
        ['nothing', Buffer.alloc(0)],
        ['a data: address', Buffer.from(`data:image/jpeg;base64,${good.toString('base64')}`)],
        ['base64', Buffer.from(good.toString('base64'))],
        ['JSON', Buffer.from('{"payload":{"data":[1],"width":1,"height":1}}')],
        [
          'multi-part',
          Buffer.concat([
            Buffer.from(
              '--x\r\ncontent-disposition: form-data; name="f"; filename="../../x.jpg"\r\ncontent-type: ' +
                'image/jpeg\r\n\r\n',
            ),
            good,
            Buffer.from('\r\n--x--\r\n'),
          ]),
        ],
        ['__proto__', Buffer.from('{"__proto__":{"polluted":1}}')],
        ['text', Buffer.from(dice.pick(STRINGS))],
        ['784 bytes', dice.bytes(784)],
      ];
      const [name, body] = dice.pick(bodies);
      const type = dice.pick(TYPES);
      return {
        name: `${name} in the body, of the type ${type}`,
        pieces: request(body, { 'content-type': type }),
        statuses: [...FLOW, 413, 415],
      };
    },
  ],
  [
    3,
    (dice, { good }) => {
      const most = dice.pick([1, 100, 5000, 1e6]);
      return {
        name: `a good picture in chunks of up to ${most}`,
        pieces: [head(CHUNKED), chunked(most === 1 ? good.subarray(0, 0) : good, () => dice.whole(1, most))],
        statuses: most === 1 ? FLOW : [200],
        ...(most > 1 && { text: '407' }),
      };
    },
  ],
  [
    3,
    (dice, { good }) => {
      const end = dice.pick([
        '0\r\n',
        '',
        'zz\r\n',
        '-1\r\n',
        'ffffffffffffffff\r\n',
        '0;x=y\r\nx: y\r\n\r\n',
        '0\r\n'.padEnd(50_000, 'x'),
      ]);
      return {
        name: `chunks that end with ${JSON.stringify(end.slice(0, 30))}`,
        pieces: [head(CHUNKED), chunked(good, () => 4000, end), { close: true }],
      };
    },
  ],
  [
    2,
    (dice, { good }) => {
      const length = dice.pick([
        -1,
        0,
        1,
        good.length - 1,
        good.length + 1,
        good.length + 1e6,
        1e15,
        'x',
        '5, 5',
        '0x10',
        '1e3',
        '',
      ]);
      return {
        name: `a good picture of a length that is ${length}`,
        pieces: [head({ 'content-type': 'image/jpeg', 'content-length': length }), good, { close: true }],
      };
    },
  ],
  [
    2,
    (dice, { good }) => {
      const left = dice.whole(0, good.length - 1);
      return {
        name: `a client that goes after ${left} bytes`,
        pieces: [
          head({ 'content-type': 'image/jpeg', 'content-length': good.length }),
          good.subarray(0, left),
          { destroy: true },
        ],
      };
    },
  ],
  [
    2,
    (_dice, { good }) => ({
      name: 'a client that sends half and waits',
      pieces: [
        head({ 'content-type': 'image/jpeg', 'content-length': good.length }),
        good.subarray(0, good.length >> 1),
        { wait: 2000 },
        { destroy: true },
      ],
    }),
  ],
  [
    1,
    (_dice, { good }) => ({
      name: 'a slow client',
      pieces: [head({ 'content-type': 'image/jpeg', 'content-length': good.length }), ...slowly(good, 20, 100)],
      statuses: [200],
      text: '407',
    }),
  ],
  [
    1,
    (_dice, { good }) => ({
      name: 'a slow client with slow headers',
      pieces: slowly(Buffer.concat(request(good) as Buffer[]), 20, 100),
      statuses: [200],
      text: '407',
    }),
  ],
  [
    2,
    (dice, { good }) => {
      const size = dice.pick([MOST + 1, 3e7]);
      const type = dice.pick(['image/jpeg', 'application/octet-stream', 'application/json', 'text/plain']);
      return {
        name: `${size} bytes of the type ${type}`,
        pieces: request(Buffer.concat([good, Buffer.alloc(size - good.length)]), { 'content-type': type }),
        statuses: [413],
        huge: true,
      };
    },
  ],
  [
    1,
    (_dice, { good }) => ({
      name: `${MOST} bytes`,
      pieces: request(Buffer.concat([good, Buffer.alloc(MOST - good.length)])),
      statuses: FLOW,
      huge: true,
    }),
  ],
  [
    1,
    (_dice, { good }) => ({
      name: '30 MB in chunks',
      pieces: [head(CHUNKED), chunked(Buffer.concat([good, Buffer.alloc(3e7)]), () => 65_536)],
      statuses: [413],
      huge: true,
    }),
  ],
  [
    1,
    (_dice, { good }) => ({
      name: '300 MB that are announced and do not come',
      pieces: [head({ 'content-type': 'image/jpeg', 'content-length': 3e8 }), good, { wait: 3000 }],
      statuses: [413],
      huge: true,
    }),
  ],
  [
    0.5,
    () => ({
      name: 'four of 300 MB at once',
      pieces: [
        head({ 'content-type': 'image/jpeg', 'content-length': 3e8 }),
        ...Array<Buffer>(300).fill(Buffer.alloc(1e6)),
      ],
      connections: 4,
      statuses: [413],
      huge: true,
    }),
  ],
  [
    0.5,
    () => ({
      name: 'four of 300 MB at once, in chunks',
      pieces: [
        head(CHUNKED),
        ...Array<Buffer>(300).fill(Buffer.concat([Buffer.from('f4240\r\n'), Buffer.alloc(1e6), Buffer.from('\r\n')])),
        Buffer.from('0\r\n\r\n'),
      ],
      connections: 4,
      statuses: [413],
      huge: true,
    }),
  ],
  [
    1,
    (dice, { good }) => ({
      name: 'a good picture, packed with gzip',
      pieces: request(gzipSync(good), {
        'content-type': 'image/jpeg',
        'content-encoding': dice.pick(['gzip', 'deflate', 'br', 'x', 'gzip, gzip']),
      }),
      statuses: [...FLOW, 413, 415],
    }),
  ],
  [
    1,
    () => ({
      name: 'zeros that unpack to 300 MB',
      pieces: request(zeros(), { 'content-type': 'image/jpeg', 'content-encoding': 'gzip' }),
      statuses: [400, 413, 415],
      huge: true,
    }),
  ],
  [
    3,
    (dice, { good }) => {
      const path = dice.pick([
        '/digits',
        '/digits/',
        '/DIGITS',
        '/digits?x=1',
        '/digits/../../etc/passwd',
        '/%2e%2e/%2e%2e/etc/passwd',
        '//digits',
        '/digits/%00',
        '/%',
        `/${'x'.repeat(20_000)}`,
        'digits',
        'http://127.0.0.1:9/digits',
        '*',
      ]);
      const method = dice.pick(['POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'post', 'X']);
      return {
        name: `${method} ${path.slice(0, 60)}`,
        pieces: request(
          good,
          { 'content-type': 'image/jpeg' },
          `${method} ${path} ${dice.pick(['HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9'])}`,
        ),
        statuses: [...SERVER, 204, 301, 302, 308],
      };
    },
  ],
  [
    3,
    (dice, { good }) => {
      const odd: Record<string, string>[] = [
        { 'x-long': 'x'.repeat(100_000) },
        { expect: '100-continue' },
        { expect: 'x' },
        { 'transfer-encoding': 'chunked' },
        { 'transfer-encoding': 'identity' },
        { 'content-type': 'image/jpeg', host: '' },
        { cookie: '\x01\x02' },
        { connection: 'keep-alive' },
      ];
      const headers = dice.pick(odd);
      return {
        name: `a good picture with ${JSON.stringify(headers).slice(0, 60)}`,
        pieces: request(good, { 'content-type': 'image/jpeg', ...headers }),
        // Node.js answers 431 to what is too long, and closes at once: the answer may be lost with what still comes.
        ...(!Object.hasOwn(headers, 'x-long') && { statuses: SERVER }),
      };
    },
  ],
  [
    1,
    (_dice, { good }) => ({
      name: '20 requests behind one another',
      pieces: Array.from({ length: 20 }, () =>
        request(good, { 'content-type': 'image/jpeg', connection: 'keep-alive' }),
      ).flat(),
      statuses: [200],
      text: '407',
    }),
  ],
  [
    1,
    (_dice, { good }) => ({
      name: '30 good pictures at once',
      pieces: request(good),
      connections: 30,
      statuses: [200, 503],
      text: '407',
    }),
  ],
  [
    2,
    (dice, { good }) => {
      const { bytes, how } = mutate(Buffer.concat(request(good) as Buffer[]), dice);
      return { name: `a request, ${how}`, pieces: [bytes, { close: true }] };
    },
  ],
];

export function makeTrial(dice: Dice, good: Buffer, bases: readonly Base[], crafted: readonly CraftedFile[]): Trial {
  return dice.weighted(MAKERS)(dice, { good, bases, crafted });
}

function slowly(bytes: Buffer, pieces: number, wait: number): Piece[] {
  const size = Math.ceil(bytes.length / pieces);
  return Array.from({ length: pieces }, (_, i): Piece[] => [bytes.subarray(i * size, (i + 1) * size), { wait }]).flat();
}

let packed: Buffer | undefined;
function zeros(): Buffer {
  return (packed ??= Buffer.concat(Array<Buffer>(3).fill(gzipSync(Buffer.alloc(1e8)))));
}
