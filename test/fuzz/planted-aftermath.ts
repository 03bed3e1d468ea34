// An area in which a case is answered and leaves something that the next one hangs on.
import { accepted, type OpenArea, type Outcome } from '../../bench/fuzz/case';

export const open: OpenArea = () => {
  let runs = 0;
  return Promise.resolve({
    make: (dice) => ({
      name: `case ${dice.whole(0, 1e9)}`,
      run: () => (++runs === 2 ? new Promise<Outcome>(() => undefined) : Promise.resolve(accepted())),
    }),
  });
};
