import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort, Program } from './processes';

export const ROOT = join(__dirname, '../..');

/** Node-RED in a process of its own, with this checkout and Dashboard 2 installed in a new user folder. */
export interface RealNodeRed {
  url: string;
  userDir: string;
  program: Program;
  stop(): Promise<void>;
}

/**
 * @param flow nodes, or the name of a file in `flows`
 * @param settings for Node-RED's settings file
 * @param prepare puts further things into the user folder
 */
export async function startNodeRed(flow: object[] | string, settings: Record<string, unknown> = {}, prepare?: (userDir: string) => Promise<void>): Promise<RealNodeRed> {
  const userDir = await mkdtemp(join(tmpdir(), 'inkcam-node-red-'));
  const port = await freePort();
  const dashboard = dirname(require.resolve('@flowfuse/node-red-dashboard/package.json'));
  for (const [name, target] of [['@inkcam/node-red-digits', ROOT], ['@flowfuse/node-red-dashboard', dashboard]]) {
    const link = join(userDir, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link, 'junction');
  }
  await writeFile(join(userDir, 'flows.json'), typeof flow === 'string' ? await readFile(join(ROOT, 'flows', `${flow}.json`), 'utf8') : JSON.stringify(flow));
  await writeFile(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify({
    uiHost: '127.0.0.1', uiPort: port, flowFile: 'flows.json', credentialSecret: false,
    telemetry: { enabled: false }, editorTheme: { tours: false }, ...settings,
  })};`);
  await prepare?.(userDir);
  const program = new Program([require.resolve('node-red/red.js'), '--userDir', userDir]);
  await program.prints(/Started flows/);
  return {
    url: `http://127.0.0.1:${port}`, userDir, program,
    async stop() {
      await program.stop();
      await rm(userDir, { recursive: true, force: true });
    },
  };
}
