/** What a drawn page is for: to learn from, to choose settings by, or to measure with. */
export type Part = 'train' | 'choose' | 'measure';

/**
 * A number from 0 to 2³²−1 that only depends on the key (FNV-1a, then the last mixing of MurmurHash3; both public
 * domain).
 */
export function hash(key: string | number): number {
  let h = 0x811c9dc5;
  for (const character of String(key)) h = Math.imul(h ^ (character.codePointAt(0) ?? 0), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Of very many things, 80 in a hundred are for training, ten each for choosing and measuring. */
export function partOf(key: string | number): Part {
  const tenth = hash(key) % 10;
  return tenth === 0 ? 'choose' : tenth === 1 ? 'measure' : 'train';
}

/**
 * Parts few things by the rank of their hashes, so that each part gets as many as it should.
 * @param share of the names that go to choosing, and as many to measuring, 0 to 0.5
 * @returns those of one part, in the order in which they came
 */
export function partFew(names: readonly string[], part: Part, share = 0.1): string[] {
  const each = Math.max(1, Math.round(names.length * share));
  const ranked = [...names].sort((a, b) => hash(a) - hash(b));
  const chosen = new Set(
    part === 'choose'
      ? ranked.slice(0, each)
      : part === 'measure'
        ? ranked.slice(each, 2 * each)
        : ranked.slice(2 * each),
  );
  return names.filter((name) => chosen.has(name));
}
