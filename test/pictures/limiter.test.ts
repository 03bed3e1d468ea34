import { strict as assert } from 'node:assert';
import { Limiter } from '../../lib/pictures/limiter';

const never = 600_000;
const late = (hasBegun: boolean): Error => new Error(hasBegun ? 'too slow' : 'kept waiting');

describe('Limiter', () => {
  it('runs so many at a time, the others in their order', async () => {
    const limiter = new Limiter(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const runs = [0, 1, 2, 3].map((i) =>
      limiter.run(
        () =>
          new Promise<number>((resolve) => {
            begun.push(i);
            ends[i] = () => {
              resolve(i);
            };
          }),
        never,
        late,
      ),
    );
    assert.deepEqual(begun, [0, 1]);
    ends[1]!();
    await runs[1];
    assert.deepEqual(begun, [0, 1, 2]);
    ends[0]!();
    await runs[0];
    assert.deepEqual(begun, [0, 1, 2, 3]);
    ends[3]!();
    ends[2]!();
    assert.deepEqual(await Promise.all(runs), [0, 1, 2, 3]);
  });

  it('hands a place on after an error', async () => {
    const limiter = new Limiter(1);
    await assert.rejects(
      limiter.run(() => Promise.reject(new Error('broken')), never, late),
      /broken/,
    );
    await assert.rejects(
      limiter.run(
        () => {
          throw new Error('at once');
        },
        never,
        late,
      ),
      /at once/,
    );
    assert.equal(await limiter.run(() => Promise.resolve(1), never, late), 1);
  });

  it('fails what is too slow, which keeps its place, and what it keeps waiting, which is never begun', async () => {
    const limiter = new Limiter(1);
    let end: () => void = () => undefined;
    let begun = false;
    const slow = limiter.run(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
      50,
      late,
    );
    const waiting = limiter.run(
      () => {
        begun = true;
        return Promise.resolve();
      },
      50,
      late,
    );
    await assert.rejects(slow, /too slow/);
    await assert.rejects(waiting, /kept waiting/);
    end();
    assert.equal(await limiter.run(() => Promise.resolve(2), never, late), 2);
    assert.equal(begun, false);
  });
});
