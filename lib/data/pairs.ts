/**
 * Each of some things with the one at the same place among others.
 * @throws RangeError where there are not as many of both
 */
export function pairs<A, B>(some: readonly A[], others: ArrayLike<B>): [A, B][] {
  if (some.length !== others.length)
    throw new RangeError(`expected as many on both sides, got ${some.length} and ${others.length}`);
  const rest = Array.from(others).values();
  return some.flatMap((one): [A, B][] => {
    const { value, done } = rest.next();
    return done ? [] : [[one, value]];
  });
}
