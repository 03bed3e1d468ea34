// Messages of a broker that nobody expects: damaged and forged jobs and readings, to a camera's side and a reader's.
import { connectAsync, type MqttClient } from 'mqtt';
import { FleetError } from '../../lib/fleet/errors';
import type { Job } from '../../lib/fleet/job';
import type { FleetReading } from '../../lib/fleet/reading-message';
import { hasMosquitto, Mosquitto } from '../../support/fleet/mosquitto';
import { BROKER_MESSAGES, type Trial } from './broker-messages';
import { whatIsUnclear, type Finding, type FuzzCase, type OpenArea, type Outcome } from './case';
import { digitProblem, notFinite, readingProblem, short } from './checks';
import { Fleet, isOf, isTrue, jobOf } from './fleet';

export const open: OpenArea = async ({ deadline }) => {
  if (!hasMosquitto) return 'mosquitto is not installed';
  const broker = new Mosquitto();
  await broker.start();
  let connected: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const fleet = new Fleet(broker.url, connected);
  const client = await connectAsync(broker.url, { protocolVersion: 5 });
  await ready;
  const first = jobOf(3e9);
  fleet.send(first);
  if (!(await fleet.release(first, 60_000))) throw new Error('no reading comes back before anything hostile has come');
  return {
    make(dice): FuzzCase {
      const job = jobOf(dice.whole(0, 1e9));
      const trial = dice.weighted(BROKER_MESSAGES)(dice, job);
      return {
        name: trial.name,
        input: trial.payload,
        deadline: 3 * deadline,
        run: () => tryOut(fleet, client, job, trial, deadline),
      };
    },
    async close() {
      await fleet.close();
      await client.endAsync(true);
      await broker.remove();
    },
  };
};

async function tryOut(
  fleet: Fleet,
  client: MqttClient,
  job: Job,
  { topic, payload, times = 1, qos = 1, retain = false, refused = false, arrives }: Trial,
  deadline: number,
): Promise<Outcome> {
  fleet.seen = { readings: [], jobs: [], errors: [] };
  fleet.send(job);
  await Promise.all(Array.from({ length: times }, () => client.publishAsync(topic, payload, { qos, retain })));
  if (retain) await client.publishAsync(topic, Buffer.alloc(0), { qos: 1, retain: true });
  // The second one comes behind what was published: when its reading is there, so is all that comes of that.
  const first = await fleet.release(job, deadline);
  const behind = jobOf(job.sequence + 2e9);
  const findings: Finding[] = [];
  fleet.send(behind);
  const second = await fleet.release(behind, deadline);
  const { readings, jobs, errors } = fleet.seen;
  const own = [job, behind];
  if (!first || !second)
    findings.push({
      fault: 'unanswered',
      detail: `no reading of the job ${first ? 'after' : 'before'} it reaches the flow`,
    });
  const others = readings.filter((reading) => !own.some((each) => isTrue(reading, each)));
  const strange = jobs.filter((taken) => !own.some((each) => isOf(taken, each)));
  findings.push(...wrongReadings(others, own), ...wrongJobs(strange));
  if (refused && others.length + strange.length > 0 && findings.length === 0)
    findings.push({ fault: 'wrong', detail: 'what is damaged or contradicts its job reaches the flow' });
  if (arrives !== undefined && !strange.some(({ camera }) => camera === arrives))
    findings.push({ fault: 'wrong', detail: 'a good job of another camera does not reach the flow' });
  findings.push(...unclearErrors(errors));
  return { accepted: others.length + strange.length > 0, findings: findings.slice(0, 5), spoilt: !first || !second };
}

function wrongReadings(readings: readonly FleetReading[], own: readonly Job[]): Finding[] {
  return readings.flatMap((reading): Finding[] => {
    const of = own.find(({ id }) => id === reading.id);
    const problem = of
      ? (contradiction(reading, of) ?? readingProblem(reading, of, true) ?? notFinite(reading, 'reading'))
      : 'of a job that was never sent';
    return problem ? [{ fault: 'wrong', detail: `a reading reaches the flow that is ${problem}` }] : [];
  });
}

function wrongJobs(jobs: readonly Job[]): Finding[] {
  return jobs.flatMap((taken): Finding[] => {
    const problem = jobProblem(taken);
    return problem ? [{ fault: 'wrong', detail: `a job reaches the flow with ${problem}` }] : [];
  });
}

function unclearErrors(errors: readonly unknown[]): Finding[] {
  return errors.flatMap((error): Finding[] => {
    const unclear = whatIsUnclear(error, [FleetError]);
    return unclear ? [{ fault: 'unclear', detail: unclear }] : [];
  });
}

/** In what a reading is not that of its job; undefined where nothing tells it from a true one. */
function contradiction(reading: FleetReading, job: Job): string | undefined {
  for (const name of ['camera', 'at', 'run', 'sequence'] as const)
    if (reading[name] !== job[name]) return `of another ${name} than its job: ${short(reading[name])}`;
  if (Array.isArray(reading.digits) && reading.digits.length > job.digits.length)
    return `of ${reading.digits.length} digits where the job has ${job.digits.length}`;
  return undefined;
}

function jobProblem({ width, height, digits, ...key }: Job): string | undefined {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    return `a frame of ${width} × ${height}`;
  return (
    notFinite(key, 'key') ??
    digits
      .map((digit) => digitProblem(digit, { read: false, frame: { width, height } }))
      .find((each) => each !== undefined)
  );
}
