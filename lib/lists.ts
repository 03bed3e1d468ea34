/**
 * The element at an index that is known to be there.
 * @throws RangeError where nothing is there: that is a fault of the program, and is not to be read on with
 */
export function at<T>(list: ArrayLike<T>, index: number): T {
  if (!(index >= 0 && index < list.length))
    throw new RangeError(`expected an index below ${list.length}, got ${index}`);
  return list[index] as T;
}

/**
 * What stands at the same place in two lists.
 * @throws RangeError where one is longer than the other
 */
export function zip<A, B>(a: readonly A[], b: ArrayLike<B>): [A, B][] {
  if (a.length !== b.length) throw new RangeError(`expected lists of one length, got ${a.length} and ${b.length}`);
  return a.map((each, i) => [each, b[i] as B]);
}

/**
 * The middle one of some numbers by size; of an even count, the mean of the two in the middle.
 * @throws RangeError where there are none
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}
