import { types } from 'node:util';
import { toBuffer } from '../../lib/pictures/buffer';
import { isBytes, looksRaw } from '../../lib/pictures/picture';

/** Node-RED copies an array entry by entry, holes too: 10 million take about a second, 4 billion take minutes. */
const MAX_ENTRIES = 10_000_000;

/** Objects of one message that are looked at; what lies deeper passes. */
const MAX_VISITED = 10_000;

/**
 * Makes a message that came in ready for a node: nodes put what they make into it, so that it must be changeable; bytes
 * become Buffers, for Node-RED copies other arrays of bytes element by element (see `toBuffer`).
 *
 * @throws Error where the message or its payload cannot be changed
 */
export function prepare(msg: { payload?: unknown }): void {
  assertChangeable(msg);
  const { payload } = msg;
  const buffered = withBuffers(payload);
  if (buffered !== payload) msg.payload = buffered;
}

/**
 * Takes arrays out of a message that are too long for Node-RED to copy: it copies for catch nodes, too, so that even
 * refusing such a message would hold up everything. A text that says so takes their place.
 *
 * @returns what to refuse the message with; undefined where nothing was taken out
 */
export function takeOutTooLong(msg: object): Error | undefined {
  const seen = new Set<object>(types.isProxy(msg) ? [] : [msg]);
  for (const holder of seen) {
    for (const [key, value] of entriesOf(holder)) {
      if (!isWalked(value)) continue;
      if (Array.isArray(value) && value.length > MAX_ENTRIES) {
        const length = value.length.toLocaleString('en');
        Reflect.set(holder, key, `(an array of ${length} entries, taken out: too long to copy)`);
        return new Error(
          `expected arrays of at most ${MAX_ENTRIES.toLocaleString('en')} entries, got ${length} in msg's "${key}"`,
        );
      }
      if (seen.size < MAX_VISITED) seen.add(value);
    }
  }
  return undefined;
}

/** Entries whose values are there without running anybody's code; of a long array the first only. */
function* entriesOf(holder: object): Generator<[key: string, value: unknown]> {
  if (Array.isArray(holder)) {
    for (let i = 0; i < Math.min(holder.length, MAX_VISITED); i++) yield* entry(holder, String(i));
  } else {
    for (const key of Object.keys(holder)) yield* entry(holder, key);
  }
}

function* entry(holder: object, key: string): Generator<[key: string, value: unknown]> {
  const property = Object.getOwnPropertyDescriptor(holder, key);
  if (property && 'value' in property) yield [key, property.value];
}

/** Plain objects and arrays; of others, such as requests, sockets and pictures, the insides are not a message's. */
function isWalked(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function withBuffers(payload: unknown): unknown {
  if (isBytes(payload)) return toBuffer(payload);
  const hasOtherBytes = looksRaw(payload) && isBytes(payload.data) && !Buffer.isBuffer(payload.data);
  return hasOtherBytes ? { ...payload, data: toBuffer(payload.data) } : payload;
}

function assertChangeable(msg: object): void {
  const payload = Object.getOwnPropertyDescriptor(msg, 'payload');
  if (Object.isExtensible(msg) && (!payload || payload.writable || payload.set)) return;
  throw new Error('expected a message that can be changed, got one that is frozen or whose payload cannot be set');
}
