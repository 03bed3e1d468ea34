import { join } from 'node:path';
import type { RawPicture } from '../../lib/pictures/picture';
import { Random } from '../../lib/random';
import { Backgrounds } from '../scenes/backgrounds';
import { photograph } from '../scenes/camera';
import { Hands } from './hands';
import type { InkLayer } from './ink-layer';
import type { Part } from './part';
import { drawScene } from '../scenes/scene';
import { reframe } from './reframe';
import { seenOf, type Seen } from './visible';
import { write, type Thing, type WritingKind } from './writing';

/** A drawn page, and all that stands on it. */
export interface Page {
  /** One channel. */
  picture: RawPicture;
  /** What is written, digits and everything else. */
  things: Thing[];
  /** For each pixel of the picture 0, or one more than the index of the thing whose ink it is. */
  owner: Uint16Array;
  /** What it is drawn on, and what is written. */
  scene: string;
  writing: WritingKind;
}

/** Of the photographs and rooms, so many stay without writing: what is no writing is various. */
const BARE = { photograph: 0.5, room: 0.8 } as const;

/** Most cameras look at paper with a number on it: so many pages are just that, whatever else they are drawn as. */
const USUAL = 0.4;
const USUAL_GROUNDS = ['plain', 'plain', 'ruled', 'squared', 'dotted', 'kraft', 'sheet', 'whiteboard', 'note'] as const;
const USUAL_WRITING = ['digit', 'digit', 'digit', 'number', 'number', 'numbers', 'cells'] as const;

/** The second number of the first attempt at a page, how often one is drawn anew, and the number of what frames it. */
const FIRST = 77;
const ANEW = 4;
const FRAME = 70;

/** Draws pages of one part of the hands, fonts and textures. */
export class Pages {
  private constructor(
    private readonly part: Part,
    private readonly hands: Hands,
    private readonly grounds: Backgrounds,
  ) {}

  /** @param data folder with mnist, sets, letters and photos-without-digits; what is missing is left out */
  static async read(data: string, part: Part): Promise<Pages> {
    return new Pages(part, await Hands.read(data, part), await Backgrounds.read(data, part));
  }

  /** The same seed draws the same page; one on which a digit cannot be read is drawn anew, a few times. */
  async draw(seed: number): Promise<Page> {
    for (let attempt = 0; ; attempt++) {
      const { page, layer } = await this.#try(new Random(seed, FIRST + attempt));
      const seen = seenOf(page.picture, layer, page.things);
      const isReadable = page.things.every(({ kind }, i) => kind !== 'digit' || seen[i] === 'clear');
      if (isReadable || attempt === ANEW) return reframe(withoutUnseen(page, seen), new Random(seed, FRAME));
    }
  }

  async #try(random: Random): Promise<{ page: Page; layer: InkLayer }> {
    const isUsual = random.chance(USUAL);
    const scene = drawScene(random, this.grounds, this.part, isUsual ? random.pick(USUAL_GROUNDS) : undefined);
    const { width, height, area, kind } = scene;
    const isBare = kind in BARE && random.chance(BARE[kind as keyof typeof BARE]);
    const place = { ...area, turn: (area.turn * Math.PI) / 180, mayCut: false };
    const {
      layer,
      things,
      kind: writing,
    } = write(
      this.hands,
      random,
      place,
      { width, height },
      {
        ...(isBare
          ? { kind: 'nothing' as const }
          : scene.tight && random.chance(0.8)
            ? { kind: 'digit' as const }
            : isUsual
              ? { kind: random.pick(USUAL_WRITING) }
              : {}),
      },
    );
    const picture = await photograph(random, scene, layer);
    return { page: { picture, things, owner: layer.owner, scene: kind, writing }, layer };
  }
}

/** Nobody can tell a digit of which little is seen, and what is not seen at all is not there. */
function withoutUnseen(page: Page, seen: readonly Seen[]): Page {
  const isLost = ({ kind }: Thing, i: number): boolean =>
    seen[i] === 'unseen' || (kind === 'digit' && seen[i] === 'partly');
  const things = page.things.map((thing, i): Thing =>
    isLost(thing, i) ? { ...thing, kind: 'scribble', character: '?' } : thing,
  );
  return { ...page, things, owner: page.owner.map((own) => (own > 0 && seen[own - 1] === 'unseen' ? 0 : own)) };
}

/** Where the data are that pages are drawn with. */
export const DATA = process.env.DIGITS_DATA ?? join(__dirname, '..', '..', '..', '..', 'shared', 'data');
