// npm run explain: every step of reading one picture, on one sheet.
import { readFile } from 'node:fs/promises';
import { basename, parse } from 'node:path';
import { parseArgs } from 'node:util';
import { acquireClassifier } from '../lib/engine/classifier';
import { drawSheet, headline, summary } from '../lib/explain/sheet';
import type { Trace } from '../lib/pipeline/trace';
import { readText } from '../lib/pipeline/reader';
import { acquireInk } from '../lib/ink/ink';
import { writeFileWhole } from '../lib/write-file';

const USAGE = `usage: npm run explain -- FILE [--out SHEET.png] [--model PATH]

  FILE            a picture: JPEG, PNG, WebP, TIFF, GIF, …
  --out PATH      where the sheet goes; default: NAME-explained.png in the current folder
  --model PATH    folder of a model, or its model.json; default: the shipped one`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { out: { type: 'string' }, model: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [file = '', ...others] = positionals;
  if (values.help || file === '' || others.length > 0) {
    if (!values.help) process.exitCode = 2;
    console.error(USAGE);
    return;
  }
  const { out = `${parse(file).name}-explained.png`, model } = values;
  if (!/\.png$/i.test(out)) throw new Error(`expected --out to end in .png, got ${out}`);

  const picture = await readFile(file).catch((error: unknown) => {
    throw fileError('read', file, error);
  });
  const trace: Trace = {};
  const ink = acquireInk();
  const classifier = acquireClassifier(model);
  try {
    await readText(ink, classifier, picture, { trace });
    const sheet = await drawSheet(trace, picture, basename(file));
    await writeFileWhole(out, sheet).catch((error: unknown) => {
      throw fileError('write', out, error);
    });
    console.log(`${headline(trace)}\n${summary(trace)}\n${out}`);
  } finally {
    await Promise.all([ink.release(), classifier.release()]);
  }
}

/** Says which file it was, and in words what every system's errors say in capitals. */
function fileError(what: 'read' | 'write', path: string, cause: unknown): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reasons: Partial<Record<string, string>> = {
    ENOENT: what === 'read' ? 'there is no such file' : 'there is no such folder',
    EISDIR: 'it is a folder',
    EACCES: 'access is denied',
  };
  return new Error(`cannot ${what} ${path}: ${(code && reasons[code]) ?? message}`, { cause });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
