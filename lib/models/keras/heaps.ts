/** "GCOL", version 1, three bytes of nothing: where a global heap begins. */
const BEGIN = Buffer.from('GCOL\x01\0\0\0', 'latin1');

/** Of a heap and of each thing in it, bytes. */
const HEADER = 16;

/**
 * Whether the global heaps of an HDF5 file, which hold its texts, are of one piece. The HDF5 library walks through a
 * heap in steps that the file gives, and where one of them is 0, for ever.
 *
 * (HDF5 File Format Specification 3.0, III.E "Disk Format: Level 1E - Global Heap")
 */
export function hasWholeHeaps(data: Uint8Array): boolean {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  for (let heap = bytes.indexOf(BEGIN); heap >= 0; heap = bytes.indexOf(BEGIN, heap + 1))
    if (!isWhole(bytes, heap)) return false;
  return true;
}

function isWhole(bytes: Buffer, heap: number): boolean {
  if (heap + HEADER > bytes.length) return false;
  const end = heap + Number(bytes.readBigUInt64LE(heap + 8));
  if (end > bytes.length) return false;
  // What is smaller than a header at the end is left over.
  for (let at = heap + HEADER; at + HEADER <= end;) {
    const isFree = bytes.readUInt16LE(at) === 0;
    const size = Number(bytes.readBigUInt64LE(at + 8));
    const step = isFree ? size : HEADER + Math.ceil(size / 8) * 8;
    if (step < HEADER || at + step > end) return false;
    at += step;
  }
  return true;
}
