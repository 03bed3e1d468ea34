import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { thirdPartyNotices, type Bundle } from '../scripts/notices';

const ROOT = join(__dirname, '../..');

/** What stands in the text of every licence that there is here. */
const LICENCE = new RegExp(
  [
    'TERMS AND CONDITIONS FOR USE, REPRODUCTION',
    'Permission is hereby granted',
    'Redistribution and use in source',
    'Permission to use, copy, modify',
    'Blue Oak Model License',
  ].join('|'),
);

describe('third-party notices', () => {
  let notices: string;
  let bundles: Bundle[];

  before(async () => {
    notices = await readFile(join(ROOT, 'THIRD_PARTY_NOTICES.txt'), 'utf8');
    bundles = JSON.parse(await readFile(join(ROOT, 'dist/bundles.json'), 'utf8')) as Bundle[];
  });

  /** The part of the notices that names something, with the texts that follow. */
  const partOf = (name: string): string =>
    notices.split(/^={80}$/m).find((part) => part.split(/^-{80}$/m)[0]!.includes(`\n${name} `)) ?? '';

  it('name every package in the bundles, with the text of its licence and the files that it is in', async () => {
    assert.ok(bundles.length >= 4, `${bundles.length} bundles`);
    for (const { path, inputs } of bundles) {
      const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
      assert.ok(folders.size > 0, path);
      for (const folder of folders) {
        const json = await readFile(resolve(ROOT, folder, 'package.json'), 'utf8');
        const { name, version } = JSON.parse(json) as { name: string; version: string };
        const [heading, text = ''] = partOf(name).split(/^-{80}$/m);
        assert.ok(heading!.includes(`${name} ${version} (`), `${name} ${version} is not named`);
        assert.ok(
          heading!
            .slice(heading!.indexOf(`${name} `))
            .split('\n')[1]!
            .includes(path),
          `${name} is not said to be in ${path}`,
        );
        assert.match(text, LICENCE);
      }
    }
  });

  it('give the texts that stand in no file of a package: TensorFlow.js, its layers, seedrandom', () => {
    assert.match(
      partOf('@tensorflow/tfjs-core'),
      /Copyright 2018 Google LLC[^]*Apache License[^]*9\. Accepting Warranty[^]*END OF TERMS AND CONDITIONS/,
    );
    assert.match(
      partOf('@tensorflow/tfjs-layers'),
      /END OF TERMS AND CONDITIONS[^]*François Chollet[^]*Permission is hereby granted/,
    );
    assert.match(
      partOf('seedrandom'),
      /Copyright 2019 David Bau\.\n\nPermission is hereby granted[^]*OTHER DEALINGS IN THE SOFTWARE/,
    );
    assert.match(partOf('seedrandom'), /Copyright \(C\) 2010 by Johannes Baagøe[^]*Permission is hereby granted/);
  });

  it('say what the .wasm files hold', () => {
    for (const name of [
      'XNNPACK',
      'pthreadpool',
      'cpuinfo',
      'FP16',
      'FXdiv',
      'Emscripten',
      'musl',
      'LLVM',
      '@tensorflow/tfjs-backend-wasm',
    ]) {
      assert.match(partOf(name), /in .*dist\/lib\/engine\/tfjs-backend-wasm\.wasm/, name);
    }
    assert.match(partOf('XNNPACK'), /Neither the name Facebook/);
  });

  describe('of other packages', () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'inkcam-notices-'));
    });

    afterEach(() => rm(folder, { recursive: true, force: true }));

    /** A bundle of one file of a package. */
    const bundleOf = async (files: Record<string, string>): Promise<Bundle[]> => {
      const at = join(folder, 'node_modules/@some/thing');
      const json = '{ "name": "@some/thing", "version": "1.2.3", "license": "MIT" }';
      for (const [name, content] of Object.entries({ 'package.json': json, 'lib/a.js': 'a();', ...files })) {
        await mkdir(dirname(join(at, name)), { recursive: true });
        await writeFile(join(at, name), content);
      }
      return [{ path: 'dist/lib/x.js', inputs: ['lib/x.ts', join(at, 'lib/a.js')] }];
    };

    it('are an error where no licence text is found', async () => {
      await assert.rejects(
        thirdPartyNotices(await bundleOf({})),
        /^Error: @some\/thing 1\.2\.3 \(MIT\) is bundled into dist\/lib\/x\.js, but the text of its licence was found neither/,
      );
    });

    it('take files of licences and notices as they are', async () => {
      const made = await thirdPartyNotices(
        await bundleOf({ 'LICENCE.md': 'Do what you like.\r\n', NOTICE: 'Made by Some.' }),
      );
      assert.match(
        made,
        /^@some\/thing 1\.2\.3 \(MIT\)\n {2}in dist\/lib\/x\.js\n-+\nDo what you like\.\n\nMade by Some\.$/m,
      );
    });

    it('take what stands in a comment of a bundled file', async () => {
      const made = await thirdPartyNotices(
        await bundleOf({
          'lib/a.js': 'a();\n  // © Some\n  //\n  // Permission is hereby granted …\nb(); /* Copyright 2001 Other */',
        }),
      );
      assert.match(made, /\n {2}Copyright 2001 Other\n-+\n© Some\n\nPermission is hereby granted …\n/);
    });

    it('name nobody where nothing of others is bundled', async () => {
      assert.doesNotMatch(await thirdPartyNotices([{ path: 'dist/lib/x.js', inputs: ['lib/x.ts'] }]), /===/);
    });
  });
});
