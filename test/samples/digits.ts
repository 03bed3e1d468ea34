/**
 * A drawn 28×28 digit of its own for each number: blocks of ink by the number's bits, far from those of other numbers.
 */
export function digitOf(number: number): Uint8Array {
  const image = new Uint8Array(784);
  for (let bit = 0; bit < 12; bit++) {
    const on = (number >> bit) & 1;
    for (let i = 0; i < 16; i++) {
      // Four blocks of the fingerprint a bit, side by side with their opposites.
      const x = 2 + 8 * (bit % 3) + (on ? 0 : 4) + (i % 4);
      const y = 4 + 4 * Math.floor(bit / 3) + Math.floor(i / 4);
      image[y * 28 + x] = 255;
    }
  }
  return image;
}

/** The same digit with one pixel in four changed a little, as another frame shows it. */
export function anotherFrameOf(image: Uint8Array): Uint8Array {
  return image.map((value, i) => (i % 4 ? value : Math.abs(value - 30)));
}
