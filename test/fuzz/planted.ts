// An area of the fuzzer in which everything goes wrong that can, so that its counting can be tried.
import { readingProblem } from '../../bench/fuzz/checks';
import { accepted, refusal, type OpenArea, type Outcome } from '../../bench/fuzz/case';

/** What a case does, and the column in which it has to be counted. */
const KINDS = {
  good: () => accepted(),
  refused: () => refusal(new RangeError('expected a number above 0, got -1'), [RangeError]),
  mute: () => refusal(new Error('no'), []),
  internal: () => refusal(new TypeError("Cannot read properties of undefined (reading 'x')"), []),
  otherClass: () => refusal(new Error('expected a number above 0, got -1'), [RangeError]),
  thrown: () => {
    throw new TypeError('undefined is not a function');
  },
  notANumber: () => accepted(readingProblem({ text: '7', confidence: NaN, digits: [] })),
  deadWorker: () =>
    refusal(Object.assign(new Error('the engine stopped unexpectedly'), { name: 'WorkerError', code: 'crashed' }), []),
  unhandled: () => {
    void Promise.reject(new Error('nobody looks at this'));
    return accepted();
  },
  silent: () => new Promise<Outcome>(() => undefined),
  busy: () => {
    for (;;);
  },
  exit: () => process.exit(3),
  killed: () => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise<Outcome>(() => undefined);
  },
  exception: () => {
    setImmediate(() => {
      throw new Error('out of the blue');
    });
    return new Promise<Outcome>(() => undefined);
  },
} satisfies Record<string, () => Outcome | Promise<Outcome>>;

export const PLANTED = Object.keys(KINDS) as (keyof typeof KINDS)[];

export const COLUMN: Record<keyof typeof KINDS, string> = {
  good: 'accepted',
  refused: 'refused',
  mute: 'unclear',
  internal: 'unclear',
  otherClass: 'unclear',
  thrown: 'unclear',
  notANumber: 'wrong',
  deadWorker: 'crash',
  unhandled: 'unhandled',
  silent: 'hang',
  busy: 'hang',
  exit: 'crash',
  killed: 'crash',
  exception: 'crash',
};

export const open: OpenArea = () =>
  Promise.resolve({
    make(dice) {
      const kind = dice.pick(PLANTED);
      // Only a rejection may come out of `run`.
      return { name: `${kind} ${dice.whole(0, 1e9)}`, input: kind, run: async () => KINDS[kind]() };
    },
  });
