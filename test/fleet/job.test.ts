import assert from 'node:assert/strict';
import { decodeJob, encodeJob, type Job } from '../../lib/fleet/job';
import { topicsBelow } from '../../lib/fleet/topics';
import { digitsOf } from '../../scripts/fleet/run';

const KEY = { camera: 'hall/2 +#', id: 'abc', at: 5, run: 'r', sequence: 7, width: 640, height: 480 };

describe('a reading job', () => {
  let job: Job;
  before(async () => { job = { ...KEY, digits: await digitsOf('4072') }; });

  it('of four digits of a 640 × 480 frame is below 4 kB and comes back as it was', () => {
    const bytes = encodeJob(job), back = decodeJob(bytes);
    assert.equal(job.digits.length, 4);
    assert.ok(bytes.length < 4000, `${bytes.length} bytes`);
    assert.deepEqual({ ...back, digits: back.digits.map(({ image, box, line }) => ({ image: [...image], box, line })) },
      { ...job, digits: job.digits.map(({ image, box, line }) => ({ image: [...image], box, line })) });
  });

  it('tells which digits may be one', () => {
    const [a, b, c, d] = job.digits, whole = { image: Uint8Array.from(a.image, (value) => 255 - value), box: { x: 1, y: 2, width: 3, height: 4 } };
    const other = { image: c.image, box: { x: 5, y: 6, width: 7, height: 8 } };
    const digits = [a, { ...b, whole }, { ...c, whole }, { ...d, whole: other }];
    assert.deepEqual(decodeJob(encodeJob({ ...KEY, digits })).digits, digits);
  });

  it('may have no digits', () => {
    assert.deepEqual(decodeJob(encodeJob({ ...KEY, digits: [] })), { ...KEY, digits: [] });
  });

  it('that is none, cut off, changed, or of another version is refused', () => {
    const bytes = encodeJob(job), other = Buffer.from(bytes);
    other[3] = 9;
    assert.throws(() => decodeJob(Buffer.from('hello')), /expected a reading job, got a Buffer of 5 bytes/);
    assert.throws(() => decodeJob(Buffer.alloc(0)), /expected a reading job, got an empty Buffer/);
    assert.throws(() => decodeJob(bytes.subarray(0, 200)), /damaged/);
    assert.throws(() => decodeJob(other), /of version 1, got version 9/);
    assert.throws(() => decodeJob(encodeJob({ ...KEY, id: '', digits: [] })), /expected id to be a string/);
    assert.throws(() => decodeJob(encodeJob({ ...KEY, camera: '', digits: [] })), /name of a camera/);
  });
});

describe('topics', () => {
  it('have one level for any name of a camera', () => {
    assert.equal(topicsBelow('school/digits').job('hall/2 +#%'), 'school/digits/jobs/hall%2F2%20%2B%23%25');
  });

  it('refuse what cannot be a camera, a group or a prefix', () => {
    for (const name of ['', '  ', 'x'.repeat(101), '\ud800']) assert.throws(() => topicsBelow('digits').job(name), /expected the name of a camera/);
    for (const prefix of ['', '/a', 'a/', 'a/#', '+', '$SYS']) assert.throws(() => topicsBelow(prefix), /expected topics/);
    assert.throws(() => topicsBelow('digits').sharedJobs('a/b'), /name of a group/);
  });
});
