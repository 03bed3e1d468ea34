import type { GreyPicture, RawPicture } from './picture';

/** Luma of a raw picture (Rec. 601 weights, as JPEG has it); transparency is taken as white paper. */
export function toGrey(picture: RawPicture): GreyPicture {
  const { data, width, height, channels } = picture;
  if (channels === 1) return { data, width, height, channels: 1 };
  const out = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < out.length; i++, p += channels) {
    const grey = channels < 3 ? data[p] : (data[p] * 77 + data[p + 1] * 150 + data[p + 2] * 29) >> 8;
    const alpha = channels === 2 ? data[p + 1] : channels === 4 ? data[p + 3] : 255;
    out[i] = alpha === 255 ? grey : 255 - ((255 - grey) * alpha) / 255;
  }
  return { data: out, width, height, channels: 1 };
}
