// Builds everything into dist/: TypeScript, whatever needs TensorFlow.js as one bundle each with the .wasm files, and
// beside each node its editor part and its icon. Examples go where Node-RED looks for them.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
process.chdir(root);

const tsc = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--project', 'tsconfig.json'], { stdio: 'inherit' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

for (const name of readdirSync('nodes', { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)) {
  if (existsSync(`nodes/${name}/${name}.html`)) cpSync(`nodes/${name}/${name}.html`, `dist/nodes/${name}/${name}.html`);
  if (existsSync(`icons/${name}.svg`)) cpSync(`icons/${name}.svg`, `dist/nodes/${name}/icons/${name}.svg`);
}

/** Makes one file of a module and of all that it imports: TensorFlow.js is not among the package's dependencies. */
async function bundle(module) {
  await build({
    entryPoints: [`${module}.ts`],
    outfile: `dist/${module}.js`,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    // The ES modules can be cut down to what is used. Node has a fetch of its own, and none is needed.
    mainFields: ['module', 'main'],
    external: ['sharp', 'node-fetch', 'h5wasm'],
    legalComments: 'linked',
    logLevel: 'warning',
  });
}

await bundle('lib/classify/engine-worker');
await bundle('lib/train/wasm-tensorflow');
const wasm = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
for (const file of readdirSync(wasm).filter((name) => name.endsWith('.wasm') && !name.includes('threaded'))) {
  cpSync(join(wasm, file), `dist/lib/classify/${file}`);
}

// Node-RED reads examples from examples/ at the root of a package, whatever package.json says.
rmSync('examples', { recursive: true, force: true });
mkdirSync('examples', { recursive: true });
if (existsSync('flows')) cpSync('flows', 'examples', { recursive: true });
