import assert from 'node:assert/strict';
import { PublishedReadings } from '../../lib/fleet/published-readings';

const reading = (text: string): { digest: string; text: string } => ({ digest: `of ${text.length}`, text });

describe('readings that were published', () => {
  it('are remembered by job, the latest of each', () => {
    const answered = new PublishedReadings();
    assert.equal(answered.get('a'), undefined);
    for (const text of ['1', '22']) answered.set('a', reading(text));
    assert.deepEqual(answered.get('a'), { digest: 'of 2', text: '22' });
  });

  it('are forgotten, the oldest first, where there are more than a thousand', () => {
    const answered = new PublishedReadings();
    for (let i = 0; i < 1000; i++) answered.set(String(i), reading('7'));
    assert.ok(answered.get('0'));
    // One that comes again is the newest.
    answered.set('0', reading('8'));
    answered.set('1000', reading('7'));
    assert.deepEqual(
      ['0', '1', '2', '1000'].map((key) => answered.get(key)?.text),
      ['8', undefined, '7', '7'],
    );
  });

  it('are forgotten where they are longer together than ten million characters', () => {
    const answered = new PublishedReadings();
    const half = '7'.repeat(5_000_000);
    for (const key of ['a', 'b']) answered.set(key, reading(half));
    // The same again takes no more room.
    answered.set('a', reading(half));
    assert.ok(answered.get('a') && answered.get('b'));
    answered.set('c', reading('7'));
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => answered.get(key) !== undefined),
      [true, false, true],
    );
  });
});
