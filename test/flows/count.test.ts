import assert from 'node:assert/strict';
import { photograph } from '../../support/drawn-pictures';
import { Example, type FlowNode } from './example';

const NAME = '09 - Count and alarm';

describe(`the example "${NAME}"`, () => {
  let example: Example;

  const counts = async (text: string, told: string): Promise<void> => {
    await example.prints(new RegExp(`\\[debug:counted\\] ${told}\\n`), async () => {
      await example.capture(await photograph(text));
    });
  };
  const alarms = async (text: string, told: string): Promise<void> => {
    await example.prints(new RegExp(`\\[debug:alarm\\] ${told}`), async () => {
      await example.capture(await photograph(text));
    });
  };

  before(async () => {
    example = await Example.start(NAME, {
      env: { DIGITS: '3' },
      settings: { contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 0 } } } },
      // Ten minutes, in short.
      change: (nodes: FlowNode[]) => {
        for (const node of nodes) if (node.type === 'trigger') Object.assign(node, { duration: '5', units: 's' });
      },
    });
  });
  after(() => example.stop());

  it('counts what can be, and leaves out what cannot', async () => {
    await counts('120', '120, 0 more, 0 in all');
    await counts('123', '123, 3 more, 3 in all');
    await example.capture(await photograph('723'));
    await counts('124', '124, 1 more, 4 in all');
    assert.doesNotMatch(example.nodeRed.program.printed, /\[debug:alarm\] reading/);
  });

  it('begins an alarm when what cannot be comes again, and ends it', async () => {
    await example.capture(await photograph('407'));
    await alarms('119', 'reading: 119 cannot follow 124: it is less');
    await alarms('125', 'reading: well again');
  });

  it('keeps the count over a restart', async () => {
    await example.nodeRed.restart();
    await counts('127', '127, 2 more, 7 in all');
  });

  it('begins an alarm when nothing is read for long, and ends it', async () => {
    await counts('128', '128, 1 more, 8 in all');
    await example.prints(/\[debug:alarm\] silence: nothing was counted/);
    await alarms('129', 'silence: well again');
  });

  it('begins anew when told to, and goes on behind 999', async () => {
    await example.press('begin anew');
    await counts('998', '998, 0 more, 0 in all');
    await counts('002', '2, 4 more, 4 in all');
  });

  it('takes no more than one number of the right length', async () => {
    await example.capture(await photograph('38'));
    await alarms('38', 'reading: expected 3 digits, got 38');
  });
});
