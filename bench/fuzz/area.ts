import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginning, kindOf, type Fault, type Finding } from './case';
import type { CaseReport, News, Order } from './protocol';

export interface AreaOptions {
  /** By which cases are made, and by which it stands in the table. */
  name: string;
  /** Absolute path of the module that exports `open`. */
  script: string;
  seed: number;
  /** Number of the first case. Default 0. */
  first?: number;
  /** So many are run at most. */
  cases: number;
  /** No further one is begun after so long, seconds. */
  seconds?: number | undefined;
  /** A case that has not answered by then hangs, milliseconds. */
  deadline: number;
  /** Folder for the inputs of the first case of each kind of fault. */
  keep?: string | undefined;
}

/** Faults of one kind. */
export interface Kind extends Finding {
  count: number;
  /** Number and name of the first case. */
  first: number;
  name: string;
  /** Whether it needs the next case, too, to be seen. */
  withNext: boolean;
}

export interface AreaResult {
  name: string;
  /** Why nothing was tried. */
  skipped?: string;
  tried: number;
  refused: number;
  accepted: number;
  faults: Partial<Record<Fault, number>>;
  kinds: Kind[];
  slowest: { number: number; name: string; milliseconds: number };
  /** Bytes. */
  peak: number;
  seconds: number;
}

/** Time for an area to start, and for a case to be made, milliseconds: neither is what is measured. */
const START = 120_000;
const MAKE = 60_000;

/** An area whose process does not start so often in a row is given up. */
const STARTS = 3;

/** What a process printed last, for who wants to know why it died. */
const PRINTED = 8000;

/** Those that have not ended: one that is busy takes no notice when this process goes. */
const living = new Set<AreaProcess>();

class AreaProcess {
  printed = '';
  skipped: string | undefined;
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly news: News[] = [];
  private arrived: () => void = () => undefined;
  private dead = false;

  /** @param run an empty folder, in which all stays that is written anywhere */
  constructor({ script, name, seed, deadline }: AreaOptions, run: string) {
    const folder = join(run, name);
    const temporary = join(run, 'temporary');
    for (const each of [folder, temporary]) mkdirSync(each);
    // A group of its own, so that what it has started goes with it.
    this.child = fork(join(__dirname, 'child.js'), [script, name, String(seed), folder, String(deadline)], {
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Its threads and processes have it, too.
      env: {
        ...process.env,
        TMPDIR: temporary,
        NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'loopback-only.js'))}`,
      },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data: Buffer) => {
        this.printed = (this.printed + data.toString()).slice(-PRINTED);
      });
    this.child.on('message', (news: News) => {
      this.news.push(news);
      this.arrived();
    });
    living.add(this);
    this.ended = once(this.child, 'close').then(() => {
      living.delete(this);
      this.dead = true;
      this.arrived();
    });
  }

  send(order: Order): void {
    // It may have died meanwhile, which is seen by its end.
    this.child.send(order, () => undefined);
  }

  /** The next thing that it tells; `late` after so many milliseconds, `dead` where it has ended. */
  async next(milliseconds: number): Promise<News | 'late' | 'dead'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => {
        resolve('late');
      }, milliseconds);
    });
    try {
      for (;;) {
        const told = this.news.shift();
        if (told) return told;
        if (this.dead) return 'dead';
        const arrived = new Promise<'arrived'>((resolve) => {
          this.arrived = () => {
            resolve('arrived');
          };
        });
        if ((await Promise.race([arrived, late])) === 'late') return 'late';
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Why it died, as far as it said so; and how it ended. */
  get lastWords(): string {
    const { exitCode, signalCode } = this.child;
    const words =
      /^(?:Uncaught )?\w*(?:Error|FATAL)\b.*$/m.exec(this.printed)?.[0] ?? this.printed.trim().split('\n').at(-1) ?? '';
    return `${signalCode ? `killed by ${signalCode}` : `exit status ${String(exitCode)}`}${words && `: ${words}`}`;
  }

  /** Ends it, with all that it has started. */
  async end(): Promise<void> {
    this.kill();
    await this.ended;
  }

  kill(): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // It has gone already.
    }
  }
}

/**
 * Runs the cases of one area in a process of their own: one that hangs or dies is a row of the table, and the next goes
 * on.
 */
export async function runArea(options: AreaOptions): Promise<AreaResult> {
  const { name, first = 0, cases, seconds = Infinity, keep } = options;
  const result = nothingTried(name);
  const root = mkdtempSync(join(tmpdir(), `fuzz-${name}-`));
  const clear = (): void => {
    for (const each of living) each.kill();
    rmSync(root, { recursive: true, force: true });
  };
  process.once('exit', clear);
  let child = await start(options, root);
  const began = performance.now();
  try {
    if (child.skipped !== undefined) return { ...result, skipped: child.skipped };
    const end = began + seconds * 1000;
    const begin = async (): Promise<void> => {
      await child.end();
      child = await start(options, root);
    };
    /** The case before, where this one hangs or dies behind it, and does neither alone: it shows what that has left. */
    const causeOf = async (number: number, report: Report, before: Report | undefined): Promise<Report | undefined> => {
      if (!before || !isSilent(report) || isKnown(result, report)) return undefined;
      const alone = await runCase(child, number, options.deadline);
      if (!alone.lasting) await begin();
      return isSilent(alone.report) ? undefined : before;
    };
    let before: Report | undefined;
    for (let number = first; number < first + cases && performance.now() < end; number++) {
      const known = result.kinds.length;
      const { report, lasting } = await runCase(child, number, options.deadline);
      if (!lasting) await begin();
      count(result, report, await causeOf(number, report, before));
      before = lasting ? report : undefined;
      if (keep && result.kinds.length > known && !(await keepCase(child, number, join(keep, `${name}-${number}`))))
        child = await start(options, root);
    }
  } finally {
    await child.end();
    clear();
    process.off('exit', clear);
  }
  result.seconds = (performance.now() - began) / 1000;
  return result;
}

function nothingTried(name: string): AreaResult {
  return {
    name,
    tried: 0,
    refused: 0,
    accepted: 0,
    faults: {},
    kinds: [],
    slowest: { number: -1, name: '', milliseconds: 0 },
    peak: 0,
    seconds: 0,
  };
}

async function start(options: AreaOptions, root: string): Promise<AreaProcess> {
  let printed = '';
  for (let attempt = 0; attempt < STARTS; attempt++) {
    const child = new AreaProcess(options, mkdtempSync(join(root, 'run-')));
    const told = await child.next(START);
    if (typeof told === 'object' && 'skipped' in told) child.skipped = told.skipped;
    if (typeof told === 'object' && ('ready' in told || 'skipped' in told)) return child;
    await child.end();
    printed = child.printed;
  }
  throw new Error(`the area ${options.name} does not start: ${printed}`);
}

/** What is known of a case; of one that has died or hangs it is little. */
interface Report extends Partial<CaseReport> {
  number: number;
  name: string;
  findings: Finding[];
}

async function runCase(
  child: AreaProcess,
  number: number,
  usual: number,
): Promise<{ report: Report; lasting: boolean }> {
  child.send({ run: number });
  let name = '(while it was made)';
  let told = await child.next(MAKE);
  let deadline = usual;
  const began = performance.now();
  if (typeof told === 'object' && 'begun' in told) {
    name = told.begun;
    deadline = told.deadline ?? usual;
    told = await child.next(deadline);
  }
  if (typeof told === 'object' && 'done' in told) {
    const { done } = told;
    const late = done.milliseconds > deadline;
    const findings = late ? [...done.findings, hang(deadline)] : done.findings;
    return { report: { ...done, number, findings }, lasting: !done.spoilt };
  }
  const finding: Finding =
    told === 'dead' ? { fault: 'crash', detail: `the process died: ${child.lastWords}` } : hang(deadline);
  return { report: { number, name, milliseconds: performance.now() - began, findings: [finding] }, lasting: false };
}

/** Faults whose details say too little about what they come of. */
const NAMED: Fault[] = ['hang', 'crash'];

function hang(deadline: number): Finding {
  return { fault: 'hang', detail: `no answer within ${deadline / 1000} s` };
}

function isSilent({ findings }: Report): boolean {
  return findings.some(({ fault }) => fault === 'hang' || fault === 'crash');
}

/** Whether faults of these kinds have been seen already, and were the case's own. */
function isKnown({ kinds }: AreaResult, { name, findings }: Report): boolean {
  return findings.every((finding) => kinds.some((kind) => !kind.withNext && isAlike(kind, { ...finding, name })));
}

function isAlike(kind: Finding & { name: string }, other: Finding & { name: string }): boolean {
  if (kind.fault !== other.fault || kindOf(kind.detail) !== kindOf(other.detail)) return false;
  return !NAMED.includes(kind.fault) || kindOf(beginning(kind.name)) === kindOf(beginning(other.name));
}

/** @param cause the case before, where the fault is that one's */
function count(result: AreaResult, report: Report, cause: Report | undefined): void {
  const { number, name, milliseconds = 0, peak = 0, accepted, findings } = report;
  result.tried++;
  if (accepted !== undefined) result[accepted ? 'accepted' : 'refused']++;
  result.peak = Math.max(result.peak, peak);
  if (milliseconds > result.slowest.milliseconds) result.slowest = { number, name, milliseconds };
  // A case counts once in a column, however much it shows.
  for (const fault of new Set(findings.map((finding) => finding.fault))) {
    result.faults[fault] = (result.faults[fault] ?? 0) + 1;
  }
  for (const { fault, detail } of findings) {
    const found = {
      fault,
      name: cause?.name ?? name,
      detail: cause ? `${detail} to the case after it, which alone is answered\n(${name})` : detail,
    };
    const same = result.kinds.find((kind) => isAlike(kind, found));
    if (same) same.count++;
    else result.kinds.push({ ...found, count: 1, first: cause?.number ?? number, withNext: cause !== undefined });
  }
}

async function keepCase(child: AreaProcess, number: number, file: string): Promise<boolean> {
  mkdirSync(join(file, '..'), { recursive: true });
  child.send({ keep: number, file });
  const told = await child.next(MAKE);
  if (typeof told === 'object') return true;
  await child.end();
  return false;
}
