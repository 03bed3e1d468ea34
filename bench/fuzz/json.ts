import type { Dice } from './dice';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Container = Json[] | { [name: string]: Json };

/** Numbers that JSON can say. */
const NUMBERS = [0, -1, 1, 2, 3, 10, 11, 27, 28, 0.5, 1e-300, 1e9, 2 ** 31, 2 ** 53, 1e308, -1e308];

/** Changes one place of a JSON document, or a few; most of it stays as it was. */
export function mutateJson(document: unknown, dice: Dice): { value: unknown; how: string } {
  const value = structuredClone(document) as Json;
  const how: string[] = [];
  for (
    let left = dice.weighted([
      [6, 1],
      [2, 2],
      [1, 4],
    ] as const);
    left > 0;
    left--
  ) {
    const places = placesOf(value);
    if (places.length > 0) how.push(change(...dice.pick(places), places, dice));
  }
  return { value, how: how.join('; ') };
}

type Place = [holder: Container, key: string, path: string];

function placesOf(value: Json, path = ''): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key): Place[] => {
    const here = `${path}/${key}`;
    return [[value, key, here], ...placesOf(get(value, key), here)];
  });
}

const get = (holder: Container, key: string): Json => (holder as Record<string, Json>)[key]!;

function set(holder: Container, key: string, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function change(holder: Container, key: string, path: string, places: Place[], dice: Dice): string {
  const old = get(holder, key);
  const text = JSON.stringify(old).slice(0, 40);
  const put = (value: Json): string => {
    set(holder, key, value);
    return `${path}: ${JSON.stringify(value).slice(0, 40)} for ${text}`;
  };
  switch (
    dice.weighted([
      [2, 'remove'],
      [2, 'like'],
      [2, 'swap'],
      [1, 'kind'],
      [1, 'empty'],
      [1, 'wrap'],
      [1, 'repeat'],
      [1, 'proto'],
    ] as const)
  ) {
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
      return `${path} left out`;
    case 'like':
      return put(like(old, dice));
    case 'swap': {
      const same = places
        .map(([otherHolder, otherKey]) => get(otherHolder, otherKey))
        .filter((other) => typeof other === typeof old);
      return put(structuredClone(dice.pick(same)));
    }
    case 'kind':
      return put(dice.pick<Json>([null, true, 7, 'seven', [], {}, [null], { a: 1 }]));
    case 'empty':
      return put(emptied(old));
    case 'wrap':
      return put(dice.chance(0.5) ? [old] : { value: old });
    case 'repeat':
      if (Array.isArray(holder)) {
        const times = dice.pick([1, 2, 50]);
        for (let i = 0; i < times; i++) holder.splice(Number(key), 0, structuredClone(old));
        return `${path} ${times} times more`;
      }
      set(holder, `${key}_again`, structuredClone(old));
      return `${path} again under another name`;
    case 'proto':
      set(holder, '__proto__', structuredClone(old));
      return `${path} as __proto__, too`;
  }
}

/** Another value of the same kind. */
function like(old: Json, dice: Dice): Json {
  if (typeof old === 'number') return dice.pick([old + 1, old - 1, -old, old * 1000, ...NUMBERS]);
  if (typeof old === 'boolean') return !old;
  if (typeof old === 'string')
    return dice.pick([`${old}x`, old.toUpperCase(), '', '../x', 'a\0b', '__proto__', 'x'.repeat(5000)]);
  return Array.isArray(old) ? [...old].reverse() : {};
}

function emptied(old: Json): Json {
  if (Array.isArray(old)) return [];
  if (typeof old === 'object') return {};
  return typeof old === 'string' ? '' : 0;
}
