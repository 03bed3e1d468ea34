import { createHash } from 'node:crypto';
import { Random } from '../../support/drawing/random';

/** Random numbers with what a fuzzer asks of them. */
export class Dice extends Random {
  /** The dice of one case: they depend on nothing else, so that each case can be made again by itself. */
  static of(area: string, seed: number, number: number): Dice {
    return new Dice(createHash('sha256').update(`${area} ${seed} ${number}`).digest().readUInt32LE());
  }

  /** A whole number from `low` to `high`, both among them. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of several, each as often as its weight says. */
  weighted<T>(list: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.next() * list.reduce((sum, [weight]) => sum + weight, 0);
    return (list.find(([weight]) => (left -= weight) < 0) ?? list[list.length - 1]!)[1];
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count);
    for (let i = 0; i < count; i++) bytes[i] = this.whole(0, 255);
    return bytes;
  }
}
