import type { Random } from '../../lib/random';

const WORDS = (
  'room house page paper water hand write read milk bread list note total sum date name street phone meeting' +
  ' box lid bolt pump line level hello world thank you please call back today tomorrow monday friday school' +
  ' test answer question hill Haus Zimmer Brot Milch Datum Summe Seite Liste rue table jour prix Liter loss' +
  ' bill sell oil glass Dull Pencil'
).split(' ');

const LABELS = [
  'Room',
  'No',
  'Nr',
  'Page',
  'Box',
  'Total',
  'Sum',
  'Tel',
  'Bus',
  'Line',
  'Date',
  'Level',
  'Seite',
  'Los',
  'Qty',
  'Temp',
];
const UNITS = ['kg', 'm', 'cm', 'mm', 'l', 'km', 'g', 'h', 'min', 'V', 'A', 'C', 'kWh', 'pcs', 'EUR', '%', '€'];

/** Digits as often as in prices, years, counts and what people try first. */
const COMMON = '000000011111117725';

/** What stands directly before or behind a number; no litre, which is a 1 to whoever does not know. */
const BEFORE = ['-', '-', '-', '+', '€', '$', '£', '(', '=', 'x', 'N'];
const BEHIND = ['-', ',-', '€', '€', '$', '%', '=', 'm', 'h', 'C', 'V', 'A', 'x', ' m', ' kg'];

/** A number of that many digits; some are round, repeat a digit or have many 0s and 1s. */
export function number(random: Random, digits: number): string {
  const same = random.chance(0.12) ? String(random.below(10)) : undefined;
  const zeros = random.chance(0.15) ? random.below(digits) : 0;
  const isCommon = random.chance(1 / 3);
  const digit = (): string => (isCommon ? COMMON.charAt(random.below(COMMON.length)) : String(random.below(10)));
  return Array.from({ length: digits }, (_, i) => (i >= digits - zeros ? '0' : (same ?? digit()))).join('');
}

/** A number with a sign or a unit at one end. */
export function withSign(random: Random, text: string): string {
  return random.chance(0.5) ? random.pick(BEFORE) + text : text + random.pick(BEHIND);
}

/** Rows as people write them to try a reader: one digit again and again, a digit a row, or all ten in order. */
export function rows(random: Random): string[] {
  const columns = 3 + random.below(4);
  const kind = random.below(4);
  const first = random.below(10);
  if (kind === 0) return ['0 1 2 3 4', '5 6 7 8 9'];
  if (kind === 1) return Array.from({ length: 2 }, () => Array<number>(5).fill(first).join(' '));
  const count = 1 + random.below(4);
  return Array.from({ length: count }, (_, i) =>
    Array<number>(columns)
      .fill((first + (kind === 2 ? 0 : i)) % 10)
      .join(' '),
  );
}

/** A number with signs, words or units about it. */
export function mixed(random: Random): string {
  const n = (most: number): string => number(random, 1 + random.below(most));
  const two = (most: number): string => String(1 + random.below(most)).padStart(2, '0');
  switch (random.below(9)) {
    case 0:
      return `${random.pick(LABELS)} ${n(4)}`;
    case 1:
      return `${n(4)} ${random.pick(UNITS)}`;
    case 2:
      return `${two(31)}.${two(12)}.${random.chance(0.5) ? two(40) : `20${two(40)}`}`;
    case 3: {
      const [a, b] = [random.below(100), random.below(100)];
      return `${a}+${b}=${a + b}`;
    }
    case 4: {
      const [a, b] = [random.below(100), random.below(30)];
      return `${a + b}-${b}=${a}`;
    }
    case 5:
      return `${n(3)}${random.pick(['.', ','])}${number(random, 2)}${random.pick([' €', '', ' EUR'])}`;
    case 6:
      return `${two(23)}:${two(59)}`;
    case 7:
      return `${random.pick(WORDS)} ${n(3)} ${random.pick(WORDS)}`;
    default:
      return random.pick([
        `${n(3)}/${n(3)}`,
        `(${n(2)})`,
        `${n(2)}%`,
        `${n(3)}-${n(4)}`,
        `${random.pick(LABELS)}: ${n(5)}`,
        `${random.below(10)}) ${random.pick(WORDS)}`,
      ]);
  }
}

/** Words without any digit. */
export function words(random: Random): string {
  const count = 1 + random.below(random.chance(0.4) ? 2 : 6);
  const style = random.below(3);
  return (
    Array.from({ length: count }, (_, i) => {
      const word = random.pick(WORDS);
      if (style === 0) return word.toUpperCase();
      return i === 0 && style === 1 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    }).join(' ') + (random.chance(0.2) ? random.pick(['.', '?', ',', ':']) : '')
  );
}
