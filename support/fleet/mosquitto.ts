import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../processes';

/** Debian keeps it where only root looks. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

export const hasMosquitto = spawnSync('mosquitto', ['-h'], { env: { ...process.env, PATH } }).error === undefined;

/** A real broker on a free port, which keeps its messages on the disk. */
export class Mosquitto {
  private readonly folder = mkdtempSync(join(tmpdir(), 'inkcam-mosquitto-'));
  private child: ChildProcess | undefined;
  private port = 0;

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** @param login more lines for its configuration */
  async start(login = 'allow_anonymous true'): Promise<void> {
    this.port ||= await freePort();
    const file = join(this.folder, 'mosquitto.conf');
    writeFileSync(
      file,
      `listener ${this.port} 127.0.0.1\n${login}\npersistence true\npersistence_location ` +
        `${this.folder}/\nmax_queued_messages 0\n`,
    );
    this.child = spawn('mosquitto', ['-c', file], { stdio: 'ignore', env: { ...process.env, PATH } });
    while (!(await answers(this.port)))
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
  }

  async end(): Promise<void> {
    if (this.child?.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
