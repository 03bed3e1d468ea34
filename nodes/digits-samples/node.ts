import type { Node, NodeAPI, NodeDef } from 'node-red';
import { isDigitPixels } from '../../lib/extract/digit-picture';
import { describe, isList, type Box } from '../../lib/pictures/picture';
import { chooseLabels, KEEPS, type Keep } from '../../lib/samples/choose';
import { parseCommand, type SamplesCommand } from '../../lib/samples/command';
import { cropDigit } from '../../lib/samples/crop';
import { SamplesError } from '../../lib/samples/labels';
import type { SampleCounts } from '../../lib/samples/sample-index';
import { acquireSamples, type Limits, type SampleStore, type Saved } from '../../lib/samples/sample-store';
import { checkDecoder } from '../common/decoder';
import { frameSize, type DigitsMessage } from '../common/frame';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';
import type { Status } from '../common/status';
import { ownPath } from '../common/user-folder';

interface SamplesSettings extends NodeDef {
  keep?: string;
  perLabel?: string | number;
  inAll?: string | number;
  /** Whether the digit is kept as the camera saw it, too. */
  frameCrops?: boolean;
}

interface KeptDigit {
  image: Uint8Array;
  box?: Box;
  digit?: unknown;
  /** Id of the sample that this digit is, or is nearly the same as. */
  sample?: string;
}

interface SamplesMessage extends DigitsMessage {
  digits?: unknown;
  label?: unknown;
  accepted?: unknown;
  reason?: unknown;
  /** How many samples there are, and what became of the digits of this message. */
  samples?: SampleCounts & Partial<Record<Saved['outcome'], number>>;
}

const DEFAULTS = { perLabel: 500, inAll: 5000 };

/** digits → kept as samples; a command → its answer */
export function create(RED: NodeAPI): (this: Node, settings: SamplesSettings) => void {
  function SamplesNode(this: Node, settings: SamplesSettings): void {
    RED.nodes.createNode(this, settings);
    const { value: store, release } = acquireSamples(ownPath(RED, 'samples'), ownPath(RED, 'sample-crops'));

    const nodeStatus = handleInput(this, async (msg: SamplesMessage, { status }) => {
      const limits = limitsOf(settings);
      const keep = keepOf(settings);
      const command = parseCommand(msg.payload);
      if (command) msg.payload = await perform(store, command, limits);
      const tally = command ? {} : await save(store, msg, keep, limits, settings.frameCrops === true);
      msg.samples = { ...tally, ...(await showCounts(store, status)) };
      return msg;
    });

    checkDecoder(this, nodeStatus);
    this.on('close', (_removed: boolean, done: () => void) => {
      void release().then(done);
    });
  }

  return SamplesNode;
}

/** @returns how many of the digits were kept, and so on */
async function save(
  store: SampleStore,
  msg: SamplesMessage,
  keep: Keep,
  limits: Limits,
  crops: boolean,
): Promise<Record<Saved['outcome'], number>> {
  const digits = digitsOf(msg);
  const labels = chooseLabels({ ...msg, digits }, keep);
  const tally = { kept: 0, duplicate: 0, relabelled: 0, full: 0 };
  for (const [i, digit] of digits.entries()) {
    const chosen = labels[i];
    if (!chosen) continue;
    const { image, box } = digit;
    const frame = msg.frame;
    const crop = crops && box && frame ? () => cropDigit(frame.image, box, frameSize(msg)) : undefined;
    const saved = await store.save({ image, ...chosen, crop }, limits);
    tally[saved.outcome]++;
    if ('id' in saved) digit.sample = saved.id;
  }
  return tally;
}

async function perform(store: SampleStore, command: SamplesCommand, limits: Limits): Promise<unknown> {
  switch (command.kind) {
    case 'count':
      return store.recount();
    case 'list':
      return (await store.list(command.label, command.limit)).map(({ id, label, at, path }) => ({
        id,
        label,
        at,
        path,
      }));
    case 'relabel':
      for (const id of command.ids) await store.relabel(id, command.label, limits);
      return command.ids;
    case 'delete':
      for (const id of command.ids) await store.remove(id);
      return command.ids;
  }
}

async function showCounts(store: SampleStore, status: Status): Promise<SampleCounts> {
  const counts = await store.counts();
  status.show({ fill: 'green', shape: 'dot', text: `${counts.total} + ${counts.unsure} unsure` });
  return counts;
}

function digitsOf({ digits, payload }: SamplesMessage): KeptDigit[] {
  const list = digits ?? payload;
  if (!isList(list)) {
    throw new SamplesError(
      'expected digits from "extract digits" or "classify digits" in msg.digits, or a command in msg.payload, ' +
        `got ${describe(list)}`,
      'bad-request',
      'no digits',
    );
  }
  for (const [i, value] of list.entries()) {
    const { image } = (typeof value === 'object' && value !== null ? value : {}) as { image?: unknown };
    if (!isDigitPixels(image))
      throw new SamplesError(
        `expected digits with an image of 784 bytes, got ${describe(image ?? value)} at position ${i}`,
        'bad-request',
        'no digits',
      );
  }
  return list as KeptDigit[];
}

function keepOf({ keep = 'unsure' }: SamplesSettings): Keep {
  const known = KEEPS.find((name) => name === keep);
  if (!known) throw new RangeError(`expected what is kept to be ${KEEPS.join(' or ')}, got ${describe(keep)}`);
  return known;
}

function limitsOf(settings: SamplesSettings): Limits {
  const limits = {
    perLabel: numberSetting(settings.perLabel) ?? DEFAULTS.perLabel,
    inAll: numberSetting(settings.inAll) ?? DEFAULTS.inAll,
  };
  for (const [name, value] of Object.entries(limits))
    if (!(Number.isInteger(value) && value > 0))
      throw new RangeError(`expected ${name} to be a whole number above 0, got ${value}`);
  return limits;
}
