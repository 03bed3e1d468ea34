// Checks the types of all code but the pixel loops with `noUncheckedIndexedAccess`: what stands at an index may not be
// there.
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { PIXEL_LOOPS } from './pixel-loops.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const exempt = new Set(PIXEL_LOOPS.flatMap(filesOf));
const { config } = ts.readConfigFile(join(root, 'tsconfig.strict.json'), ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
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
