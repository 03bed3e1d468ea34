// Writes without end, until it is killed: node writer.js models|samples PATH. Prints a letter for each that is whole.
import { join } from 'node:path';
import { acquireSamples } from '../../lib/samples/sample-store';
import { saveModel } from '../../lib/models/model-files';
import { drawDigit } from '../../lib/train/synthesis/drawn-digits';
import { Random } from '../../lib/random';
import { plainModel } from '../../support/plain-model';

const [kind, path = ''] = process.argv.slice(2);

async function write(): Promise<void> {
  const { value: store } = acquireSamples(join(path, 'samples'), join(path, 'crops'));
  for (let i = 0; ; i++) {
    if (kind === 'models') {
      const weight = (i % 2) + 1;
      await saveModel(path, plainModel(weight), { name: String(weight) });
    } else {
      const { image, label } = drawDigit(new Random(process.pid, i));
      await store.save({ image, label: String(label), given: true }, { perLabel: 1e6, inAll: 1e6 });
    }
    process.stdout.write('w');
  }
}

void write();
