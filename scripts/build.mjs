// Builds everything into dist/: TypeScript, whatever needs TensorFlow.js as one bundle each with the .wasm files, and
// beside each node its editor part and its icon. Examples go where Node-RED looks for them, and the licences of what is
// bundled into a file of their own.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
process.chdir(root);

const tsc = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--project', 'tsconfig.json'], {
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

for (const name of readdirSync('nodes', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)) {
  if (existsSync(`nodes/${name}/${name}.html`)) cpSync(`nodes/${name}/${name}.html`, `dist/nodes/${name}/${name}.html`);
  if (existsSync(`icons/${name}.svg`)) cpSync(`icons/${name}.svg`, `dist/nodes/${name}/icons/${name}.svg`);
}

const wabt = await require('wabt')();
const text = readFileSync('lib/inference/kernels.wat');
const kernels = wabt.parseWat('kernels.wat', text, { simd: true });
writeFileSync('dist/lib/inference/kernels.wasm', kernels.toBinary({}).buffer);

/** HDF5's library is large and rarely wanted: the others load it from where it is, seen from a folder of lib. */
const HDF5 = 'lib/models/keras/hdf5';
const elsewhere = {
  name: 'elsewhere',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/hdf5$/ }, () => ({ path: '../models/keras/hdf5.js', external: true }));
  },
};

/**
 * Makes one file of a module and of all that it imports, which then is no dependency of the package: TensorFlow.js, and
 * libraries that would install far more than is used.
 * @returns where it lies and what it is made of
 */
async function bundle(module) {
  const path = `dist/${module}.js`;
  const { metafile } = await build({
    entryPoints: [`${module}.ts`],
    outfile: path,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    // The ES modules can be cut down to what is used. Node has a fetch of its own, and none is needed.
    mainFields: ['module', 'main'],
    external: ['sharp', 'node-fetch', 'bufferutil', 'utf-8-validate'],
    // Binary text stays as short as it is.
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: '/*! With software of others: see THIRD_PARTY_NOTICES.txt. */' },
    metafile: true,
    logLevel: 'warning',
    plugins: module === HDF5 ? [] : [elsewhere],
  });
  return {
    path,
    inputs: Object.entries(metafile.outputs[path].inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => input),
  };
}

const bundles = [];
for (const module of ['lib/engine/tensorflow-engine', 'lib/train/engine/wasm-tensorflow', 'lib/fleet/mqtt', HDF5]) {
  bundles.push(await bundle(module));
}
const tfjs = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
for (const file of readdirSync(tfjs).filter((name) => name.endsWith('.wasm') && !name.includes('threaded'))) {
  const path = `dist/lib/engine/${file}`;
  cpSync(join(tfjs, file), path);
  bundles.push({ path, inputs: [join(tfjs, file)] });
}

const jpegTurbo = require.resolve('@cwasm/jpeg-turbo/jpeg-turbo.wasm');
cpSync(jpegTurbo, 'dist/lib/pictures/jpeg-turbo.wasm');
bundles.push({ path: 'dist/lib/pictures/jpeg-turbo.wasm', inputs: [jpegTurbo] });

const { thirdPartyNotices } = require('../dist/scripts/notices.js');
writeFileSync('dist/bundles.json', JSON.stringify(bundles, null, 1));
writeFileSync('THIRD_PARTY_NOTICES.txt', await thirdPartyNotices(bundles));

// Node-RED reads examples from examples/ at the root of a package, whatever package.json says.
rmSync('examples', { recursive: true, force: true });
mkdirSync('examples', { recursive: true });
if (existsSync('flows')) cpSync('flows', 'examples', { recursive: true });
