import { strict as assert } from 'node:assert';
import { Batches } from '../../lib/engine/batches';
import type { Prediction } from '../../lib/classify/prediction';

const PIXELS = 28 * 28;

/** Pictures that are told apart by their first pixel. */
function images(...firsts: number[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(firsts.length * PIXELS);
  firsts.forEach((first, i) => {
    all[i * PIXELS] = first;
  });
  return all;
}

function firstsOf(all: Uint8Array): number[] {
  return Array.from({ length: all.length / PIXELS }, (_, i) => all[i * PIXELS]!);
}

const prediction = (digit: number): Prediction => ({ digit, confidence: 1, probabilities: [], notDigit: 0 });

/** Remembers what is computed at once; the first batch takes until the requests that follow have been made. */
function recording(): { batches: Batches; computed: number[][] } {
  const computed: number[][] = [];
  const batches = new Batches(async (all) => {
    const firsts = firstsOf(all);
    computed.push(firsts);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (firsts.includes(99)) throw new Error('broken');
    return firsts.map(prediction);
  });
  return { batches, computed };
}

describe('Batches', () => {
  it('computes together what comes meanwhile, and answers each request with its own', async () => {
    const { batches, computed } = recording();
    const answers = await Promise.all([[1], [2, 3], [4], [5, 6, 7]].map((firsts) => batches.add(images(...firsts))));
    assert.deepEqual(computed, [[1], [2, 3, 4, 5, 6, 7]]);
    assert.deepEqual(
      answers.map((all) => all.map(({ digit }) => digit)),
      [[1], [2, 3], [4], [5, 6, 7]],
    );
  });

  it('takes at most 32 pictures at once, and a larger request in parts', async () => {
    const { batches, computed } = recording();
    const twenty = Array.from({ length: 20 }, (_, i) => i);
    const forty = [...twenty, ...twenty];
    const answers = await Promise.all(
      [[1], twenty, twenty, forty, [2]].map((firsts) => batches.add(images(...firsts))),
    );
    assert.deepEqual(
      computed.map(({ length }) => length),
      [1, 20, 20, 32, 9],
    );
    assert.deepEqual(
      answers.map((all) => all.map(({ digit }) => digit)),
      [[1], twenty, twenty, forty, [2]],
    );
  });

  it('fails the requests of one batch where it fails, and goes on', async () => {
    const { batches } = recording();
    const settled = await Promise.allSettled([[1], [99], [2]].map((firsts) => batches.add(images(...firsts))));
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    assert.deepEqual(
      (await batches.add(images(3))).map(({ digit }) => digit),
      [3],
    );
  });

  it('refuses more requests than may wait', async () => {
    const { batches } = recording();
    const added = Array.from({ length: 257 }, (_, i) => batches.add(images(i % 90)));
    await assert.rejects(added[256]!, /the digit engine is too busy: 256 requests are waiting already/);
    assert.equal((await Promise.all(added.slice(0, 256))).length, 256);
  });
});
