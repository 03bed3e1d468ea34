import assert from 'node:assert/strict';
import { Throttle } from '../../lib/annotate/throttle';

/** Which of the frames at these times pass. */
function passing(perSecond: number, times: readonly number[]): number[] {
  let now = 0;
  const throttle = new Throttle(perSecond, () => now);
  return times.filter((time) => {
    now = time;
    return throttle.pass();
  });
}

describe('a throttle', () => {
  it('lets everything through at 0', () => {
    assert.deepEqual(passing(0, [0, 0, 1]), [0, 0, 1]);
  });

  it('lets no more through than it is told, whatever comes', () => {
    const many = Array.from({ length: 3000 }, (_, i) => i * (1000 / 300));
    // The second one may come early by half an interval.
    assert.ok(Math.abs(passing(10, many).length - 100) <= 1);
    assert.deepEqual(passing(2, [0, 100, 200, 10_000, 10_010, 10_020]), [0, 10_000]);
  });

  it('does not halve a stream that comes a little unevenly', () => {
    const uneven = Array.from({ length: 100 }, (_, i) => i * 100 + (i % 2) * 8);
    assert.equal(passing(10, uneven).length, 100);
  });

  it('counts what it keeps back, and starts anew when asked', () => {
    const throttle = new Throttle(1, () => 0);
    assert.deepEqual([throttle.pass(), throttle.pass(), throttle.pass()], [true, false, false]);
    assert.deepEqual([throttle.takeSkipped(), throttle.takeSkipped()], [2, 0]);
  });

  it('refuses what is no rate', () => {
    for (const rate of [-1, NaN, Infinity])
      assert.throws(() => new Throttle(rate), /expected the most pictures a second to be a number from 0, got/);
  });
});
