/**
 * Memory for a mask that does not outlive its picture: the next one of the same size gets it again. Some hundred
 * kilobytes for each frame of a video would otherwise have memory searched for garbage several times a second.
 */
export class MaskBuffers {
  #ink = new Uint8Array(0);
  #mask = new Uint8Array(0);

  /** @returns zeros, for the strength of the ink */
  ink(pixels: number): Uint8Array {
    return (this.#ink = cleared(this.#ink, pixels));
  }

  /** @returns zeros, for the mask */
  mask(pixels: number): Uint8Array {
    return (this.#mask = cleared(this.#mask, pixels));
  }
}

function cleared(buffer: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  return buffer.length === length ? buffer.fill(0) : new Uint8Array(length);
}
