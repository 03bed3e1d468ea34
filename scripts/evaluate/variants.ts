import type { Sharp } from 'sharp';

/** The same photographs as another camera, hand or light would have given them: a reading should not depend on it. */
export const PHOTO_VARIANTS: Readonly<Record<string, (photo: Sharp) => Sharp>> = {
  ...Object.fromEntries([-15, -10, -5, 5, 10, 15].map((degrees) => [`turned by ${degrees}°`, turned(degrees)])),
  'darkened to a third': (photo) => photo.linear(1 / 3, 0),
  'white on dark': (photo) => photo.negate({ alpha: false }),
  '320 pixels wide': (photo) => photo.resize({ width: 320 }),
  '2000 pixels wide': (photo) => photo.resize({ width: 2000 }),
};

/** Turned about its middle. */
function turned(degrees: number): (photo: Sharp) => Sharp {
  return (photo) => photo.rotate(degrees, { background: CORNER });
}

/** About the brightness of paper in the shade: neither white nor black edges, which no photograph has. */
const CORNER = { r: 160, g: 160, b: 160 };
