/** What of a stream is needed here. */
interface Stream {
  on(event: 'data', listener: (data: Uint8Array) => void): unknown;
  destroy(error: Error): unknown;
}

/** MQTT 5's reason code "Packet too large". */
export const TOO_LARGE = 149;

/** Bytes of an MQTT packet's length, at most (MQTT 5, 1.5.5). */
const LENGTH_BYTES = 4;

/**
 * Ends a connection as soon as a packet begins on it that is longer than it may be. The MQTT client's own check comes
 * when the whole packet, up to 256 MB, is in memory; a broker that knows MQTT 5 sends none, as it has been told the
 * limit.
 * @param most bytes
 */
export function limitPackets(stream: Stream, most: number): void {
  let header: number[] = [];
  let left = 0;
  stream.on('data', (data: Uint8Array) => {
    for (let at = 0; at < data.length;) {
      if (left > 0) {
        const taken = Math.min(left, data.length - at);
        left -= taken;
        at += taken;
        continue;
      }
      header.push(...data.subarray(at, ++at));
      const isWhole = header.slice(1).some((byte) => byte < 0x80);
      if (!isWhole && header.length <= LENGTH_BYTES) continue;
      left = isWhole ? header.slice(1).reduce((length, byte, i) => length + (byte & 0x7f) * 128 ** i, 0) : Infinity;
      header = [];
      if (left <= most) continue;
      stream.destroy(
        Object.assign(new Error(`expected packets of at most ${most} bytes, got one of ${left}`), { code: TOO_LARGE }),
      );
      return;
    }
  });
}
