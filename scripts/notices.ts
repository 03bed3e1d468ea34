import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** A file that is shipped and made of files of others. */
export interface Bundle {
  /** Path in the package. */
  path: string;
  /** The files of which something is in it, as esbuild's metafile tells. */
  inputs: string[];
}

/** Something of others that is shipped, with the text that its licence wants to be given along. */
interface Notice {
  name: string;
  version?: string;
  licence: string;
  /** Where it is: paths in the package. */
  files: string[];
  copyrights: string[];
  text: string;
}

const TEXTS = join(__dirname, '../../scripts/notices');

/**
 * What the .wasm files hold beside TensorFlow.js' own kernels: XNNPACK with the libraries that it is built on, as the
 * file WORKSPACE of tensorflow/tfjs fetches them for tfjs-backend-wasm/src/cc/BUILD.bazel; and the libraries of C and
 * C++ that the compiler named there links in: Emscripten's own, musl, and LLVM's (emscripten-core/emscripten, LICENSE
 * and system/lib).
 */
const IN_TFJS_WASM: [name: string, licence: string][] = [
  ['XNNPACK', 'BSD-3-Clause'],
  ['pthreadpool', 'BSD-2-Clause'],
  ['cpuinfo', 'BSD-2-Clause'],
  ['FP16', 'MIT'],
  ['FXdiv', 'MIT'],
  ['Emscripten', 'MIT'],
  ['musl', 'MIT'],
  ['LLVM', 'Apache-2.0 WITH LLVM-exception'],
];

/**
 * And the one that decodes JPEGs: libjpeg-turbo 2.0.4, and what the compiler links in (WASI's library of C is made of
 * musl), as the package's Dockerfile tells.
 */
const IN_JPEG_WASM: [name: string, licence: string][] = [
  ['libjpeg-turbo', 'IJG AND BSD-3-Clause AND Zlib'],
  ['musl', 'MIT'],
  ['LLVM', 'Apache-2.0 WITH LLVM-exception'],
];

/** Texts kept in `scripts/notices` for packages that bring none; Apache's licence reads the same whoever gives it. */
const KEPT: Record<string, string[]> = {
  '@tensorflow/tfjs-layers': ['Apache-2.0.txt', 'tfjs-layers.txt'],
  '@cwasm/jpeg-turbo': ['cwasm.txt'],
};
const KEPT_APACHE = ['Apache-2.0.txt'];

/** Begins what has to be given along, in a package's file or in a comment. */
const PERMISSION = /permission is hereby granted|permission to use, copy, modify|redistribution and use in source/i;

/**
 * The notices of all that others have written and that is shipped in the package.
 * @throws Error where no text of a package's licence is found
 */
export async function thirdPartyNotices(bundles: Bundle[]): Promise<string> {
  const notices = await Promise.all(bundledPackages(bundles).map(packageNotice));
  const line = (sign: string): string => sign.repeat(80);
  for (const [name, licence, files] of partsOfWasm(bundles.map(({ path }) => path).filter(isWasm))) {
    notices.push({ name, licence, files, copyrights: [], text: await keptText(`wasm/${name}.txt`) });
  }
  const byText = new Map<string, Notice[]>();
  for (const notice of notices) byText.set(notice.text, [...(byText.get(notice.text) ?? []), notice]);
  return [
    'This package holds software of others, in the files named here, under the licences whose texts follow.\n',
    ...[...byText].map(
      ([text, sharing]) => `${line('=')}\n${sharing.map(heading).join('\n')}\n${line('-')}\n${text}\n`,
    ),
  ].join('\n');
}

/** What .wasm files hold beside the packages that they come from, and in which of them it is. */
function partsOfWasm(paths: readonly string[]): [name: string, licence: string, files: string[]][] {
  const isJpeg = (path: string): boolean => path.endsWith('jpeg-turbo.wasm');
  const found = new Map<string, [string, string, string[]]>();
  for (const path of paths) {
    for (const [name, licence] of isJpeg(path) ? IN_JPEG_WASM : IN_TFJS_WASM) {
      const known = found.get(name);
      if (known) known[2].push(path);
      else found.set(name, [name, licence, [path]]);
    }
  }
  return [...found.values()];
}

const isWasm = (path: string): boolean => path.endsWith('.wasm');

interface BundledPackage {
  folder: string;
  files: Set<string>;
  inputs: Set<string>;
}

/** The packages of which something is in the bundles. */
function bundledPackages(bundles: Bundle[]): BundledPackage[] {
  const packages = new Map<string, BundledPackage>();
  for (const { path, inputs } of bundles) {
    for (const input of inputs) {
      const folder = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(resolve(input))?.[0];
      if (!folder) continue;
      const found = packages.get(folder) ?? { folder, files: new Set(), inputs: new Set() };
      packages.set(folder, found);
      found.files.add(path);
      found.inputs.add(input);
    }
  }
  return [...packages.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

async function packageNotice({ folder, files, inputs }: BundledPackage): Promise<Notice> {
  const json = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const { name, version, license: licence = 'no licence named' } = json;
  const code = [...inputs].filter((input) => !isWasm(input));
  const comments = new Set((await Promise.all(code.map((input) => readFile(input, 'utf8')))).flatMap(commentsOf));
  const permissions = [...comments].filter((comment) => PERMISSION.test(comment));
  const others = [...comments].filter((comment) => !PERMISSION.test(comment));
  const texts = [...(await licenceFiles(folder)), ...permissions];
  if (texts.length === 0) {
    texts.push(...(await Promise.all((KEPT[name] ?? (licence === 'Apache-2.0' ? KEPT_APACHE : [])).map(keptText))));
  }
  if (texts.length === 0) {
    throw new Error(
      `${name} ${version} (${licence}) is bundled into ${[...files].join(', ')}, but the text of its licence ` +
        'was found neither in a file of the package nor in a comment: put it into scripts/notices',
    );
  }
  const copyrights = new Set(others.flatMap((comment) => comment.match(/copyright (?:\(c\)|©|\d{4}).*$/gim) ?? []));
  return { name, version, licence, files: [...files], copyrights: [...copyrights].sort(), text: texts.join('\n\n') };
}

/** The texts of licences and the notices that a package brings along as files. */
async function licenceFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)s?([.-]|$)/i.test(name)).sort();
  return Promise.all(names.map(async (name) => tidy(await readFile(join(folder, name), 'utf8'))));
}

async function keptText(file: string): Promise<string> {
  return tidy(await readFile(join(TEXTS, file), 'utf8'));
}

/** The comments of a program, each without the signs around it. */
function commentsOf(code: string): string[] {
  const blocks = code.match(/\/\*[^]*?\*\//g) ?? [];
  const rows = code.match(/(?:^[ \t]*\/\/.*\n)+/gm) ?? [];
  return [
    ...blocks.map((block) => tidy(block.slice(2, -2).replace(/^[ \t]*\*+ ?/gm, ''))),
    ...rows.map((row) => tidy(row.replace(/^[ \t]*\/\/ ?/gm, ''))),
  ];
}

function tidy(text: string): string {
  return text
    .replace(/\r/g, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
}

function heading({ name, version, licence, files, copyrights }: Notice): string {
  return [
    `${name}${version ? ` ${version}` : ''} (${licence})`,
    `  in ${files.join(', ')}`,
    ...copyrights.map((line) => `  ${line}`),
  ].join('\n');
}
