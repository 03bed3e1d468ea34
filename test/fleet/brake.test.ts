import assert from 'node:assert/strict';
import { Brake } from '../../lib/fleet/brake';
import { FleetError } from '../../lib/fleet/errors';
import { Told } from './told';

describe('a brake on errors', () => {
  const error = (message: string, kind = 'damaged'): FleetError => new FleetError(message, kind);

  it('tells the first of each kind at once, and the others as one when it is closed', () => {
    const told: string[] = [];
    const brake = new Brake(({ message }) => {
      told.push(message);
    });
    for (let i = 0; i < 1000; i++) brake.add(error(`message ${i}`));
    brake.add(error('a stranger', 'refused'));
    assert.deepEqual(told, ['message 0', 'a stranger']);
    brake.close();
    assert.deepEqual(told, ['message 0', 'a stranger', '999 more since: message 999']);
    brake.close();
    assert.equal(told.length, 3);
  });

  it('tells how many more came, again and again, and begins anew after a quiet time', async () => {
    const told = new Told<string>();
    const brake = new Brake(({ message }) => {
      told.add(message);
    }, 20);
    brake.add(error('one'));
    brake.add(error('two'));
    brake.add(error('three'));
    await told.first((line) => line === '2 more since: three');
    brake.add(error('four'));
    await told.first((line) => line === 'four');
    brake.close();
    assert.deepEqual(told.all, ['one', '2 more since: three', 'four']);
  });
});
