import assert from 'node:assert/strict';
import type { Judgement } from '../../lib/classify/judgement';
import { withCachedJudgements } from '../../lib/classify/predict';
import type { Surroundings } from '../../lib/extract/surroundings';

/** Surroundings that are told apart by their first measure. */
const surroundings = (number: number): Surroundings => ({
  picture: new Uint8Array(0),
  measures: [number],
});

describe('networks with cached judgements', () => {
  it('judge each surroundings once, and give the answers in the order of what is asked', async () => {
    const asked: number[][] = [];
    const networks = withCachedJudgements({
      judge: (shapes: readonly Surroundings[]) => {
        asked.push(shapes.map(({ measures }) => measures[0]!));
        return Promise.resolve(shapes.map(({ measures }): Judgement => [measures[0]!, 0, 0, 0, 0]));
      },
    });
    const [a, b, c] = [surroundings(1), surroundings(2), surroundings(3)];
    const judge = async (...shapes: Surroundings[]): Promise<number[]> =>
      (await networks.judge(shapes)).map(([n]) => n!);
    assert.deepEqual(await judge(a, b), [1, 2]);
    assert.deepEqual(await judge(b, c, a), [2, 3, 1]);
    assert.deepEqual(await judge(c, a), [3, 1]);
    assert.deepEqual(await judge(), []);
    assert.deepEqual(asked, [[1, 2], [3]]);
  });
});
