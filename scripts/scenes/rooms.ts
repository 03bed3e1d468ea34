import type { Random } from '../../lib/random';
import type { Backgrounds } from './backgrounds';
import { flat, type Field } from './field';
import { gaussianBlur } from './blur';
import { half, paint } from './shapes';
import { drawGround } from './sheets';
import { drawThing, type Thing } from './things';

/** What a camera sees that looks at no paper: walls, edges and things, near and far. */
export function drawRoom(random: Random, width: number, height: number, backgrounds: Backgrounds): Field {
  const side = Math.min(width, height);
  const field = random.chance(0.5)
    ? flat(width, height, random.between(0.25, 0.95))
    : drawGround(random, width, height, backgrounds);
  // Walls, floors and tables meet in edges.
  for (let i = random.below(4); i > 0; i--) {
    const tone = random.between(0.1, 0.95);
    const slope = random.between(-0.4, 0.4);
    const turn = random.pick([0, Math.PI / 2, Math.PI, -Math.PI / 2]) + random.between(-0.3, 0.3);
    const texture = random.chance(0.2) ? drawGround(random, width, height, backgrounds) : undefined;
    paint(field, half(random.between(0, width), random.between(0, height), turn), {
      shade: texture ?? ((u) => Math.min(1, tone * (1 + (slope * u) / side))),
      soft: random.chance(0.7) ? 1.5 : random.between(2, 20),
    });
  }
  // Things of one kind often come together.
  const names = random.chance(0.35)
    ? [random.pick<Thing>(['bar', 'bars', 'lid', 'bottle', 'frame', 'book', 'crate', 'cable'])]
    : undefined;
  const many = random.chance(0.15) ? 8 + random.below(14) : 1 + random.below(6);
  const large = many > 7 ? 0.3 : 1;
  for (let i = 0; i < many; i++) {
    drawThing(
      field,
      random,
      random.between(0, width),
      random.between(0, height),
      side * random.between(0.12, 1) * large,
      names,
    );
    // What stands farther back is out of focus.
    if (i === 0 && random.chance(0.15)) gaussianBlur(field, random.between(1, 5) * (side / 480));
  }
  for (let i = 0; i < field.data.length; i++) field.data[i] = Math.min(1, Math.max(0.005, field.data[i]));
  return field;
}
