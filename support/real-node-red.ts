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
  /** Begins again with the same user folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface NodeRedOptions {
  /** Folders of further collections to install, by name. */
  collections?: Record<string, string>;
  processEnv?: NodeJS.ProcessEnv;
  /** Puts further things into the user folder. */
  prepare?: (userDir: string) => Promise<void>;
}

/**
 * @param flow nodes, or the name of a file in `flows`
 * @param settings for Node-RED's settings file
 */
export async function startNodeRed(
  flow: object[] | string,
  settings: Record<string, unknown> = {},
  { collections = {}, processEnv, prepare }: NodeRedOptions = {},
): Promise<RealNodeRed> {
  const userDir = await mkdtemp(join(tmpdir(), 'inkcam-node-red-'));
  const port = await freePort();
  const dashboard = dirname(require.resolve('@flowfuse/node-red-dashboard/package.json'));
  for (const [name, target] of [
    ['@inkcam/node-red-digits', ROOT],
    ['@flowfuse/node-red-dashboard', dashboard],
    ...Object.entries(collections),
  ] as const) {
    const link = join(userDir, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link, 'junction');
  }
  await writeFile(
    join(userDir, 'flows.json'),
    typeof flow === 'string' ? await readFile(join(ROOT, 'flows', `${flow}.json`), 'utf8') : JSON.stringify(flow),
  );
  await writeFile(
    join(userDir, 'settings.js'),
    `module.exports = ${JSON.stringify({
      uiHost: '127.0.0.1',
      uiPort: port,
      flowFile: 'flows.json',
      credentialSecret: false,
      telemetry: { enabled: false },
      editorTheme: { tours: false },
      ...settings,
    })};`,
  );
  await prepare?.(userDir);
  const start = async (): Promise<Program> => {
    const program = new Program([require.resolve('node-red/red.js'), '--userDir', userDir], processEnv);
    await program.prints(/Started flows/);
    return program;
  };
  const nodeRed: RealNodeRed = {
    url: `http://127.0.0.1:${port}`,
    userDir,
    program: await start(),
    async restart() {
      await nodeRed.program.stop();
      nodeRed.program = await start();
    },
    async stop() {
      await nodeRed.program.stop();
      await rm(userDir, { recursive: true, force: true });
    },
  };
  return nodeRed;
}
