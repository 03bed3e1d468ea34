import assert from 'node:assert/strict';
import { ErrorThrottle } from '../../lib/fleet/error-throttle';
import { FleetError } from '../../lib/fleet/errors';
import { Told } from './told';

describe('a throttle of errors', () => {
  const error = (message: string, kind = 'damaged'): FleetError => new FleetError(message, kind);

  it('tells the first of each kind at once, and the others as one when it is closed', () => {
    const told: string[] = [];
    const throttle = new ErrorThrottle(({ message }) => {
      told.push(message);
    });
    for (let i = 0; i < 1000; i++) throttle.add(error(`message ${i}`));
    throttle.add(error('a stranger', 'refused'));
    assert.deepEqual(told, ['message 0', 'a stranger']);
    throttle.close();
    assert.deepEqual(told, ['message 0', 'a stranger', '999 more since: message 999']);
    throttle.close();
    assert.equal(told.length, 3);
    // What comes later is the first of its kind again.
    throttle.add(error('late'));
    assert.equal(told[3], 'late');
    throttle.close();
  });

  it('tells how many more came, again and again, and begins anew after a quiet time', async () => {
    const told = new Told<string>();
    const throttle = new ErrorThrottle(({ message }) => {
      told.add(message);
    }, 20);
    throttle.add(error('one'));
    throttle.add(error('two'));
    throttle.add(error('three'));
    await told.first((line) => line === '2 more since: three');
    throttle.add(error('four'));
    await told.first((line) => line === 'four');
    throttle.close();
    assert.deepEqual(told.all, ['one', '2 more since: three', 'four']);
  });
});
