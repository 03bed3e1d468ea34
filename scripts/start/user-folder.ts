import { chmod, mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileWhole } from '../../lib/write-file';

const STARTER_FLOW = 'flows/01 - Start here.json';

/** What others may do with a file. */
const OTHERS = 0o077;

/**
 * Makes a Node-RED user folder that has this checkout installed and the starter flow in its flow file.
 * A flow file that the user has changed is left alone. Nobody else can read the folder, nor the files in it.
 */
export async function prepareUserFolder(userDir: string, root: string): Promise<void> {
  const { name } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { name: string };
  const link = join(userDir, 'node_modules', name);
  await mkdir(dirname(link), { recursive: true });
  await keepToUser(userDir);
  await rm(link, { force: true });
  await symlink(root, link, 'junction');

  const flows = join(userDir, 'flows.json');
  const copied = join(userDir, 'starter-flow.json');
  const [now, before] = await Promise.all([textOf(flows), textOf(copied)]);
  if (now !== undefined && now !== before) return;
  const starter = await readFile(join(root, STARTER_FLOW), 'utf8');
  await writeFileWhole(copied, starter);
  await writeFileWhole(flows, starter);
}

/** Also what an earlier release has written. */
async function keepToUser(folder: string): Promise<void> {
  const files = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name));
  for (const path of [folder, ...files]) {
    try {
      const { mode } = await stat(path);
      if (mode & OTHERS) await chmod(path, mode & 0o777 & ~OTHERS);
    } catch (error) {
      // Of somebody else, or gone meanwhile.
      console.warn(`${path} cannot be kept from others: ${(error as Error).message}`);
    }
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
