/** How settings are read: from what forms and messages have, to what the camera programs take. */

/** `read` answers undefined for what is not as `expected` says. */
export interface Reader<T> {
  expected: string;
  read: (value: unknown) => T | undefined;
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}

/**
 * A number, also as text.
 * @param step what it has to be a multiple of
 * @param kind what it is called where it is not just a number
 */
export function number(
  min: number,
  max: number,
  { step, kind }: { step?: number; kind?: string } = {},
): Reader<number> {
  return {
    expected: `${kind ?? (step === undefined ? 'a number' : 'a whole number')} from ${min} to ${max}`,
    read: (value) => {
      const result = toNumber(value);
      return result >= min && result <= max && (step === undefined || result % step === 0) ? result : undefined;
    },
  };
}

/** One of several values; a number also as text. */
export function oneOf<const T extends string | number>(values: readonly T[]): Reader<T> {
  return {
    expected: `one of ${values.join(', ')}`,
    read: (value) => values.find((each) => each === value || String(each) === value),
  };
}

/** True or false, also as text. */
export function flag(): Reader<boolean> {
  return {
    expected: 'true or false',
    read: (value) =>
      value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined,
  };
}

/** A region of the picture as shares of its sides: a list, or four numbers as text. */
export function region(): Reader<[number, number, number, number]> {
  return {
    expected: 'x, y, width and height, each from 0 to 1, inside the picture',
    read: (value) => {
      const [x = NaN, y = NaN, width = NaN, height = NaN, ...more] = toNumbers(value);
      const inside = x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 1 + 1e-9 && y + height <= 1 + 1e-9;
      return inside && more.length === 0 ? [x, y, width, height] : undefined;
    },
  };
}

/** The gains of red and blue: a list, or two numbers as text. */
export function gains(): Reader<[number, number]> {
  return {
    expected: 'the gains of red and blue, each above 0 and at most 32',
    read: (value) => {
      const [red = NaN, blue = NaN, ...more] = toNumbers(value);
      return red > 0 && red <= 32 && blue > 0 && blue <= 32 && more.length === 0 ? [red, blue] : undefined;
    },
  };
}

function toNumbers(value: unknown): number[] {
  const list: unknown = typeof value === 'string' ? value.split(',') : value;
  return Array.isArray(list) ? list.map(toNumber) : [];
}
