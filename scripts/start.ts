// Starts Node-RED with this checkout's nodes and the starter flow: `npm start [-- USER_FOLDER]`.
import { join, resolve } from 'node:path';
import { prepareUserFolder } from './start/user-folder';

const root = join(__dirname, '../..');
const userDir = resolve(process.argv[2] ?? join(root, '.node-red'));

/** What is written from now on, such as passwords of brokers, is for the user's own eyes. */
process.umask(0o077);

/** Node-RED ends itself at these signals, but waits for nodes that do not close. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    setTimeout(() => {
      process.exit(1);
    }, 5000).unref();
  });
}

/** npm puts a shell between that passes no signal on: when the shell has gone, so has the user. */
if (process.env.npm_lifecycle_event === 'start') {
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

prepareUserFolder(userDir, root).then(
  () => {
    // Node-RED's own program reads its command line from here.
    process.argv.splice(2, Infinity, '--userDir', userDir, '--settings', join(__dirname, 'start', 'settings.js'));
    require('node-red/red.js');
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
