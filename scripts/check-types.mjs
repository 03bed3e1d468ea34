// Checks all code once more with `noUncheckedIndexedAccess`: what stands at an index may not be there.
//
// The loops below go through pixels, weights or samples by an index that they count up to the length themselves. There a
// check at each step would cost time and tell nothing, so they, and only they, are exempt.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const PIXEL_LOOPS = [
  'lib/evaluate/threshold.ts',
  'lib/extract/{components,cuts,digit-picture,edge,normalise,ruled-lines,stroke-separation,surroundings,texture}.ts',
  'lib/inference/kernels.ts',
  'lib/pictures/{blocks,grey,morphology,planes,resample}.ts',
  'lib/random.ts',
  'lib/samples/fingerprint.ts',
  'lib/segmentation/{input,network,written}.ts',
  'lib/threshold/{adaptive,automatic,background,border,ink-strength,otsu}.ts',
  'lib/train/engine/{calibrate,trainable,wasm-kernels}.ts',
  'lib/train/synthesis/{augment,degradations,distance-field,look-alikes,negatives,strokes,warp}.ts',
  'scripts/pages/{centre-lines,field,hands,ink-layer,pens,reframe,visible}.ts',
  'scripts/scenes/{backgrounds,blur,camera,field,lights,marks,papers,prints,rooms,scene,shapes,sheets}.ts',
  'scripts/segmentation/{crops,samples}.ts',
  'scripts/surroundings/{batches,fuse,label}.ts',
  'support/drawing/page.ts',
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const exempt = new Set(PIXEL_LOOPS.flatMap(filesOf));
const { config } = ts.parseConfigFileTextToJson('tsconfig.json', readFileSync(join(root, 'tsconfig.json'), 'utf8'));
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root, {
  noUncheckedIndexedAccess: true,
  noEmit: true,
  incremental: false,
});
const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
const failures = found.filter(({ file }) => !file || !exempt.has(nameOf(file)));
for (const failure of failures) console.error(lineOf(failure));

const needed = new Set(found.flatMap(({ file }) => (file ? nameOf(file) : [])));
const idle = [...exempt].filter((name) => !needed.has(name));
for (const name of idle) console.error(`${name}: needs no exemption`);
if (failures.length > 0) console.error(`${failures.length} places where an index may lead to nothing`);
if (failures.length > 0 || idle.length > 0) process.exitCode = 1;

/** The files that `folder/{a,b}.ts` stands for. */
function filesOf(pattern) {
  const [, before, names, after] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [undefined, pattern, '', ''];
  return names.split(',').map((name) => before + name + after);
}

function nameOf(file) {
  return relative(root, file.fileName).replaceAll('\\', '/');
}

function lineOf({ file, start = 0, messageText }) {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (!file) return text;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${nameOf(file)}:${line + 1}:${character + 1} ${text}`;
}
