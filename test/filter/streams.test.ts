import assert from 'node:assert/strict';
import { MOST_STREAMS, StreamFilter } from '../../lib/filter/streams';
import { frame } from './streams-of-frames';

const seven = frame([{ 7: 1 }]);

/** Shows each of the streams one 7: whether it is accepted. */
function show(filter: StreamFilter, ...streams: string[]): boolean[] {
  return streams.map((stream) => filter.judge(stream, seven).accepted);
}

describe('StreamFilter', () => {
  it('judges each stream by its own past', () => {
    assert.deepEqual(show(new StreamFilter({ inARow: 2 }), 'door', 'gate', 'gate', 'door'), [false, false, true, true]);
  });

  it('forgets everything when told to', () => {
    const filter = new StreamFilter({ onlyOnChange: true });
    assert.deepEqual(show(filter, 'door', 'gate', 'door', 'gate'), [true, true, false, false]);
    filter.reset();
    assert.deepEqual(show(filter, 'door', 'gate'), [true, true]);
  });

  it('forgets the stream that has been silent longest where there are too many', () => {
    const filter = new StreamFilter({ onlyOnChange: true });
    const streams = Array.from({ length: MOST_STREAMS }, (_, i) => `camera ${i}`);
    show(filter, ...streams);
    assert.deepEqual(show(filter, 'camera 0', 'one more'), [false, true]);
    assert.deepEqual(show(filter, 'camera 0', 'camera 2', 'camera 1'), [false, false, true]);
  });

  it('refuses bad options before the first reading', () => {
    assert.throws(() => new StreamFilter({ inARow: 0 }), RangeError);
  });
});
