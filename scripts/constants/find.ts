import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A number that code is written with: `const NAME = 0.75`. */
export interface Constant {
  /** Of its compiled module. */
  file: string;
  name: string;
  /** As it is written. */
  text: string;
  value: number;
}

/** What stands as a number, or as two that are divided. */
const NUMBER = /\b([A-Z][A-Z_]+) = (\d[\d.]*(?: \/ \d+)?)(?=[,;])/g;

/** The constants of the compiled modules in a folder, by file and in their order. */
export function findConstants(folder: string): Constant[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .sort()
    .flatMap((name) => {
      const file = join(folder, name);
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines
        .filter((line) => line.startsWith('const '))
        .flatMap((line) =>
          [...line.matchAll(NUMBER)].map(([, constant = '', text = '']) => ({
            file,
            name: constant,
            text,
            value: valueOf(text),
          })),
        );
    });
}

function valueOf(text: string): number {
  const [above, below = '1'] = text.split(' / ');
  return Number(above) / Number(below);
}

/** The text of a module in which a constant has another value. */
export function withValue(code: string, { name, text }: Constant, value: number): string {
  const changed = code.replace(`${name} = ${text}`, `${name} = ${value}`);
  if (changed === code) throw new Error(`Expected "${name} = ${text}" in the module, but it is not there.`);
  return changed;
}
