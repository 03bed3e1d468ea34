/**
 * Which sizes of raw frames have rows without padding.
 *
 * rpicam-vid hands YUV 4:2:0 on as the camera's hardware laid it out: planes whose rows are padded.
 */

/** Of a frame, pixels. */
export interface Size {
  width: number;
  height: number;
}

/**
 * Widths that are a multiple of this have rows without padding on every Pi, pixels.
 *
 * Up to the Pi 4, luma rows are a multiple of 64 bytes and chroma rows of 32 (raspberrypi/linux, pull request 4419:
 * "Set the YUV420/YVU420 format stride to 64 bytes"). On the Pi 5, chroma rows are a multiple of 64 bytes and luma rows
 * have twice as many (libcamera, pisp.cpp: `computeOptimalStride`; libpisp: `PISP_BACK_END_OUTPUT_MAX_ALIGN` is 64).
 * Their number is not rounded up on either.
 */
const UNPADDED_WIDTH = 128;

/** Bytes of a raw frame without padding: the luma plane, and two chroma planes of half the width and height. */
export function frameLength({ width, height }: Size): number {
  return (width * height * 3) / 2;
}

/** Whether the camera programs give frames of this width without padding. */
export function isUnpadded({ width }: Size): boolean {
  return width % UNPADDED_WIDTH === 0;
}

/**
 * The smallest size without padding that covers the wanted one and has its shape: a camera cuts its picture to the
 * shape that it is asked for, so another shape would show another part of the scene.
 */
export function unpaddedAround(wanted: Size): Size {
  const width = Math.ceil(wanted.width / UNPADDED_WIDTH) * UNPADDED_WIDTH;
  return { width, height: sameShape(wanted, width) };
}

/** The largest size without padding inside this one, of its shape; undefined where it is too narrow for one. */
export function unpaddedInside(largest: Size): Size | undefined {
  const width = Math.floor(largest.width / UNPADDED_WIDTH) * UNPADDED_WIDTH;
  return width > 0 ? { width, height: sameShape(largest, width) } : undefined;
}

/** Even, as chroma planes need it. */
function sameShape({ width, height }: Size, newWidth: number): number {
  return Math.max(2, 2 * Math.round((height * newWidth) / width / 2));
}
