// Requests to the starter flow's POST /digits, in a Node-RED as `npm start` starts it: bodies, headers and connections
// of all kinds.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { whatIsUnclear, type Finding, type FuzzCase, type OpenArea, type Outcome } from './case';
import { readingProblem, short } from './checks';
import { exchange, SENDING, type Answer } from './exchange';
import { makeTrial, request, type Trial } from './http-requests';
import { drawBases } from './picture-bases';
import { craftedFiles } from './picture-files';
import { Starter } from './starter';

/** Memory that may be left after a huge body, bytes; and how long it may take to give the rest back. */
const LEFT = 100e6;
const GIVING_BACK = 8000;

export const open: OpenArea = async ({ folder, deadline }) => {
  const starter = await Starter.start(join(folder, 'user'));
  const bases = await drawBases(1);
  const good = bases.find(({ name }) => name === 'JPEG of "407"')?.bytes ?? Buffer.alloc(0);
  const progressive = bases.find(({ name }) => name.startsWith('JPEG, progressive'))?.bytes ?? good;
  const crafted = craftedFiles(progressive);
  let warm = false;
  for (let attempt = 0; attempt < 60 && !warm; attempt++) warm = !(await goodProblem(starter, good, deadline));
  if (!warm) throw new Error(`POST /digits does not read a good picture: ${starter.printed}`);
  return {
    make(dice): FuzzCase {
      const trial = makeTrial(dice, good, bases, crafted);
      return {
        name: trial.name,
        input: Buffer.concat(trial.pieces.filter((piece) => Buffer.isBuffer(piece))),
        deadline: SENDING + 4 * deadline,
        run: () => tryOut(starter, trial, good, deadline),
      };
    },
    close: () => starter.stop(),
  };
};

async function tryOut(starter: Starter, trial: Trial, good: Buffer, deadline: number): Promise<Outcome> {
  const { pieces, connections = 1, huge } = trial;
  const before = starter.memory;
  const findings: Finding[] = [];
  const answering = Promise.all(Array.from({ length: connections }, () => exchange(starter.port, pieces, deadline)));
  // Others go on meanwhile, and after it.
  const meanwhile = await goodProblem(starter, good, deadline);
  const answers = await answering;
  const after = await goodProblem(starter, good, deadline);
  for (const answer of answers) findings.push(...judge(trial, answer, deadline));
  if (!starter.isAlive)
    findings.push({
      fault: 'crash',
      detail: `Node-RED has ended: ${starter.printed.trim().split('\n').slice(-4).join(' ')}`,
    });
  else if (meanwhile ?? after)
    findings.push({
      fault: 'wrong',
      detail: `a good picture that is sent ${meanwhile ? 'meanwhile' : 'after it'} ${meanwhile ?? after ?? ''}`,
    });
  if (huge) {
    const end = performance.now() + GIVING_BACK;
    while (starter.memory > before + LEFT && performance.now() < end) await sleep(250);
    const more = starter.memory - before;
    if (more > LEFT)
      findings.push({
        fault: 'wrong',
        detail: `${trial.name}: ${Math.round(more / 1e6)} MB more are taken ${GIVING_BACK / 1000} s after it`,
      });
  }
  return {
    accepted: answers.some(({ status }) => status === 200),
    findings,
    spoilt: !starter.isAlive || Boolean(after),
  };
}

function judge({ name, statuses, text }: Trial, { status, body, late }: Answer, deadline: number): Finding[] {
  if (statuses === undefined) return [];
  if (status === undefined)
    return [
      {
        fault: 'unanswered',
        detail: `${name}: ${late ? `no answer within ${deadline / 1000} s` : 'the connection is closed, without one'}`,
      },
    ];
  if (!statuses.includes(status))
    return [
      {
        fault: 'wrong',
        detail: `${name}: answered ${status}, where ${statuses.join(' or ')} is due: ${body.toString().slice(0, 100)}`,
      },
    ];
  if (status >= 300) {
    const mayBeUnclear = ![400, 413].includes(status) || (text === undefined && statuses.length > 2);
    return judgeRefusal(status, body, mayBeUnclear);
  }
  return judgeReading(parsed(body), text);
}

/** @param mayBeUnclear what never reaches the flow is answered by Node.js or Express in their own words */
function judgeRefusal(status: number, body: Buffer, mayBeUnclear: boolean): Finding[] {
  const { error } = parsed(body);
  if (typeof error !== 'string')
    return mayBeUnclear
      ? []
      : [{ fault: 'unclear', detail: `answered ${status} with ${short(body.toString().slice(0, 80))}` }];
  const unclear = whatIsUnclear(new Error(error), []);
  return unclear ? [{ fault: 'unclear', detail: `answered ${status}: ${unclear}` }] : [];
}

function judgeReading(reading: Record<string, unknown>, text: string | undefined): Finding[] {
  const problem =
    readingProblem(reading, undefined, true) ??
    (typeof reading.accepted === 'boolean' ? undefined : `accepted is ${short(reading.accepted)}`);
  if (problem) return [{ fault: 'wrong', detail: `answered ${problem}` }];
  return text === undefined || reading.text === text
    ? []
    : [{ fault: 'wrong', detail: `answered the text ${short(reading.text)} where ${short(text)} stands` }];
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

async function goodProblem({ port }: Starter, good: Buffer, deadline: number): Promise<string | undefined> {
  const { status, body } = await exchange(port, request(good), deadline);
  return status === 200 && parsed(body).text === '407'
    ? undefined
    : status === undefined
      ? 'is not answered'
      : `is answered ${status}: ${body.toString().slice(0, 80)}`;
}
