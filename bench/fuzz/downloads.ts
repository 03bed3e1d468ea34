// Downloads of MNIST from a mirror that sends something else.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fetchMnist } from '../../lib/data/mnist';
import { loadDataSet } from '../../lib/data/sources';
import { makeFiles } from '../../support/made-files';
import { gzipBomb, type Trial } from './data-trials';
import type { Dice } from './dice';
import type { Mirror, Sent } from './mirror';
import { mutate } from './mutate';

/** MNIST's files from a mirror that sends something else. */
export function downloadTrial(dice: Dice, mirror: Mirror): Trial {
  const { bytes, files } = makeFiles();
  const names = Object.keys(bytes);
  const chosen = dice.pick(names);
  const whole = gzipSync(bytes[chosen]!);
  const ways: [string, Sent, Trial['rule']][] = [
    ['as it should be', { body: whole }, 'read'],
    ...Array.from({ length: 4 }, (): [string, Sent, Trial['rule']] => {
      const { bytes: body, how } = mutate(whole, dice);
      return [how, { body }, undefined];
    }),
    ['empty', { body: Buffer.alloc(0) }, 'refused'],
    ['a web page', { body: Buffer.from('<html>Sign in</html>') }, 'refused'],
    ['zeros that unpack to 1.2 GB', { body: gzipBomb() }, 'refused'],
    ['of a length that is not true', { body: whole.subarray(0, whole.length >> 1), length: whole.length }, 'refused'],
    ['that says it is 1 TB long', { body: whole, length: 1e12 }, 'refused'],
    ['without an end', { body: whole, endless: true }, 'refused'],
    ['with status 404', { body: whole, status: 404 }, 'refused'],
    ['with status 500', { body: whole, status: 500 }, 'refused'],
    ['sent to itself for ever', { body: whole, status: 302, location: `/${chosen}.gz` }, 'refused'],
    ['sent to a file', { body: whole, status: 302, location: 'file:///etc/passwd' }, 'refused'],
    ['sent outside', { body: whole, status: 302, location: '/../../x' }, 'refused'],
  ];
  const [name, sent, rule] = dice.pick(ways);
  return {
    name: `a download of MNIST, ${chosen} ${name}`,
    files: {},
    rule,
    async use(folder) {
      mirror.sends = {
        ...Object.fromEntries(names.map((each) => [each, { body: gzipSync(bytes[each]!) }])),
        [chosen]: sent,
      };
      await fetchMnist({
        folder: join(folder, 'mnist'),
        mirrors: [mirror.url],
        files,
        timeouts: { answer: 2000, stall: 1000 },
      });
      const { images, labels } = await loadDataSet({ kind: 'idx', folder: join(folder, 'mnist'), part: 'test' });
      const right =
        Buffer.from(images).equals(bytes['t10k-images-idx3-ubyte']!.subarray(16)) &&
        Buffer.from(labels).equals(bytes['t10k-labels-idx1-ubyte']!.subarray(8));
      return right ? undefined : 'other digits than the mirror was to send';
    },
  };
}
