import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/processes';

/** The starter flow in a process of its own. */
export class Starter {
  printed = '';
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => {
        this.printed = (this.printed + data.toString()).slice(-8000);
      });
  }

  static async start(userDir: string): Promise<Starter> {
    const port = await freePort();
    const program = join(__dirname, '../../scripts/start.js');
    const starter = new Starter(
      port,
      spawn(process.execPath, [program, userDir], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, PORT: String(port) },
      }),
    );
    while (!starter.printed.includes('POST a picture')) {
      if (!starter.isAlive) throw new Error(starter.printed);
      await sleep(50);
    }
    return starter;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resident memory, bytes; 0 where this computer does not tell. */
  get memory(): number {
    const file = `/proc/${String(this.child.pid)}/status`;
    return existsSync(file) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'latin1'))?.[1]) * 1024 : 0;
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
