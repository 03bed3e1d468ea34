// Runs the cases of one area, one after another, as it is told: node child.js MODULE AREA SEED FOLDER DEADLINE. What
// it cannot report itself, its death and its silence, is seen by its parent (area.ts).
import { writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { refusal, type Finding, type FuzzCase, type OpenArea, type Outcome } from './case';
import { Dice } from './dice';
import type { News, Order } from './protocol';

const [script = '', area = '', seed, folder = '', deadline] = process.argv.slice(2);
const unhandled: Finding[] = [];

// Node-RED itself would end here.
process.on('unhandledRejection', (reason) => {
  unhandled.push({
    fault: 'unhandled',
    detail: reason instanceof Error ? (reason.stack ?? reason.message) : inspect(reason, { depth: 0 }),
  });
});
// The parent has gone: with it goes all that was started here, which is one group.
process.on('disconnect', () => {
  process.kill(-process.pid, 'SIGKILL');
});

const tell = (news: News): void => {
  process.send?.(news);
};

async function main(): Promise<void> {
  const { open } = require(script) as { open: OpenArea };
  const session = await open({ folder, deadline: Number(deadline) });
  if (typeof session === 'string') {
    tell({ skipped: session });
    return;
  }
  const make = async (number: number): Promise<FuzzCase> => session.make(Dice.of(area, Number(seed), number));

  const run = async (number: number): Promise<void> => {
    const made = await make(number).catch(giveUp);
    tell({ begun: made.name, deadline: made.deadline });
    const began = performance.now();
    // What a case does not expect itself is a fault of whoever threw it.
    const outcome: Outcome = await made.run().catch((error: unknown) => refusal(error, []));
    const milliseconds = performance.now() - began;
    // Rejections are known to be unhandled a turn later.
    await setImmediate();
    const findings = [...outcome.findings, ...unhandled.splice(0)];
    tell({
      done: { ...outcome, findings, name: made.name, milliseconds, peak: process.resourceUsage().maxRSS * 1024 },
    });
  };

  const keep = async (number: number, file: string): Promise<void> => {
    const { name, input = '' } = await make(number).catch(giveUp);
    await writeFile(file, input);
    await writeFile(`${file}.txt`, `${name}\n`);
    tell({ kept: file });
  };

  process.on('message', (order: Order) => {
    void ('run' in order ? run(order.run) : keep(order.keep, order.file));
  });
  tell({ ready: true });
}

/** The fault is the fuzzer's own. */
function giveUp(error: unknown): never {
  console.error(error);
  process.exit(1);
}

void main().catch(giveUp);
