// npm run bench: what speed and memory are claimed, side by side with something known, measured here and now.
import { parseArgs } from 'node:util';
import { measureEngine } from './engine';
import { measureFleet } from './fleet';
import { measureLive } from './live';
import { measureReading } from './reading';
import { measureStart } from './start';
import { measureTraining } from './training';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const engine = await measureEngine();
  const reading = await measureReading();
  const start = await measureStart();
  const live = await measureLive();
  const fleet = await measureFleet();
  const training = await measureTraining();
  const rows: [string, number, string][] = [
    ['sharp alone: a 640×480 JPEG to grey pixels', reading.bareDecode, 'ms'],
    ['the same JPEG from payload to text, warm', reading.payloadToText, 'ms'],
    ['  by sharp alone', reading.payloadToTextRatio, '×'],
    ['sharp alone: a JPEG of 12 megapixels to 640×480 grey pixels', reading.bareDecodeLarge, 'ms'],
    ...Object.entries(reading.pictures).flatMap(([name, figures]): [string, number, string][] => [
      [`from payload to text: ${name}`, figures.time, 'ms'],
      ['  by sharp alone', figures.timeRatio, '×'],
      ['  processor time by that of sharp alone', figures.processorTimeRatio, '×'],
    ]),
    ['decoded 640×480 picture to 28×28 digits, one thread', reading.inkToDigits, 'ms'],
    ['engine: one digit, warm', engine.oneDigit, 'ms'],
    ['engine: sixteen digits in one call, warm', engine.sixteenDigits, 'ms'],
    ['engine: first answer, with loading', engine.firstAnswer, 'ms'],
    ['engine: memory', engine.memory, 'MB'],
    ['Node-RED without the collection, to started flows', start.nodeRed, 'ms'],
    ['  with the collection installed and not used: more', start.nodeRedMore, 'ms'],
    ['  memory: more', start.nodeRedMemoryMore, 'MB'],
    ['live luma 640×480 at 30/s in Node-RED: readings', live.liveRate, '/s'],
    ['  processor time in all, of one core: classify alone', 100 * live.liveProcessor, '%'],
    ['  each step a node', 100 * live.liveStepsProcessor, '%'],
    ['  each step a node, by classify alone', live.liveStepsRatio, '×'],
    ['  memory beyond Node-RED with the collection not used', live.liveMemory, 'MB'],
    ['fleet: jobs of four digits by one reader', fleet.fleetJobs, '/s'],
    ['  by two readers, as many times as many', fleet.fleetTwoReaders, '×'],
    ['  processor time of a job in the reader', fleet.fleetReader, 'ms'],
    ['  in the camera', fleet.fleetCamera, 'ms'],
    ['training the compact network on wasm', training.wasmSamples, 'samples/s'],
    ['  natively', training.nativeSamples, 'samples/s'],
    ['  wasm by native', training.wasmByNative, '×'],
  ];
  if (values.json) {
    console.log(JSON.stringify({ ...reading, ...engine, ...start, ...live, ...fleet, ...training }));
    return;
  }
  for (const [name, value, unit] of rows) {
    console.log(`${name.padEnd(60)} ${value.toFixed(value < 10 ? 2 : 0).padStart(7)} ${unit}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
