import type { Node, NodeAPI, NodeDef } from 'node-red';
import { annotate, FORMATS, LONGEST_SIDE, type AnnotatedFormat } from '../../lib/annotate/annotate';
import { marksOf } from '../../lib/annotate/marks';
import { Throttle } from '../../lib/annotate/throttle';
import { describe } from '../../lib/pictures/picture';
import { checkDecoder } from '../common/decoder';
import { frameSize, type DigitsMessage } from '../common/frame';
import { openStream } from '../common/live-stream';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';

/** That may watch one stream at a time, unless set otherwise. */
const VIEWERS = 10;

interface AnnotateSettings extends NodeDef {
  format?: string;
  /** Pixels. */
  longestSide?: string | number;
  /** Pictures a second; empty or 0 draws every one. */
  atMost?: string | number;
  /** Address of a live stream, e.g. /digits/live; empty for none. */
  stream?: string;
  /** How many may watch it at a time. */
  viewers?: string | number;
}

interface AnnotateMessage extends DigitsMessage {
  digits?: unknown;
  accepted?: unknown;
  /** Messages that were left out since the last picture. */
  skipped?: number;
}

/** a reading with its frame → the frame with the reading drawn on it */
export function create(RED: NodeAPI): (this: Node, settings: AnnotateSettings) => void {
  function AnnotateNode(this: Node, settings: AnnotateSettings): void {
    RED.nodes.createNode(this, settings);
    let throttle: Throttle | undefined;
    let stream: ReturnType<typeof openStream> | undefined;

    const status = handleInput(this, async (msg: AnnotateMessage) => {
      const format = formatOf(settings);
      const longestSide = longestSideOf(settings);
      throttle ??= new Throttle(numberSetting(settings.atMost) ?? 0);
      const marks = marksOf(digitsOf(msg));
      if (!throttle.pass()) return null;
      const accepted = typeof msg.accepted === 'boolean' ? msg.accepted : undefined;
      const { image } = await annotate(msg.frame ? msg.frame.image : msg.payload, marks, {
        frame: frameSize(msg),
        accepted,
        format,
        longestSide,
      });
      const skipped = throttle.takeSkipped();
      if (skipped > 0) msg.skipped = skipped;
      stream?.subscribers.show(image);
      msg.payload = image;
      return msg;
    });

    checkDecoder(this, status);

    const path = settings.stream?.trim();
    if (path) {
      try {
        stream = openStream(RED, path, `image/${formatOf(settings)}`, viewersOf(settings), (count) => {
          status.rest(count > 0 ? { fill: 'blue', shape: 'dot', text: `${count} watching` } : {});
        });
      } catch (error) {
        status.fail(error as Error);
        this.error(error, {});
      }
    }
    this.on('close', () => {
      stream?.close();
    });
  }

  return AnnotateNode;
}

function digitsOf({ digits }: AnnotateMessage): unknown[] {
  if (digits === undefined || digits === null) return [];
  if (!Array.isArray(digits))
    throw new TypeError(`expected msg.digits to be an array of digits, got ${describe(digits)}`);
  return digits;
}

function formatOf({ format = 'jpeg' }: AnnotateSettings): AnnotatedFormat {
  const known = FORMATS.find((name) => name === format);
  if (!known) throw new RangeError(`expected the format to be ${FORMATS.join(' or ')}, got ${describe(format)}`);
  return known;
}

function viewersOf({ viewers }: AnnotateSettings): number {
  const most = numberSetting(viewers) ?? VIEWERS;
  if (!(Number.isInteger(most) && most > 0))
    throw new RangeError(`expected the most viewers to be a whole number above 0, got ${most}`);
  return most;
}

function longestSideOf({ longestSide }: AnnotateSettings): number {
  const pixels = numberSetting(longestSide) ?? LONGEST_SIDE;
  if (!(Number.isInteger(pixels) && pixels >= 64 && pixels <= 8192))
    throw new RangeError(`expected the longest side to be a whole number from 64 to 8192 pixels, got ${pixels}`);
  return pixels;
}
