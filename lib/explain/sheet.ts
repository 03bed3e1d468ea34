import { ReadingFilter } from '../filter/filter';
import { loadSharp } from '../pictures/decode';
import { drawDigits } from './digits-picture';
import { countOutcomes, digitOutcomes, shapeOutcomes } from './outcomes';
import { LEGEND_WIDTH } from './shapes-picture';
import { drawComponents, drawFlattened, drawMask } from './stages';
import { outline, sizeToFit, svg, text } from './svg';
import type { Trace } from '../pipeline/trace';
import { percentOfProbability } from '../percent';

/** Space about everything and between the panels, and what a panel's heading takes, pixels. */
const MARGIN = 24;
const HEADING = 54;

/** Height of what stands above the panels, pixels. */
const HEADER = 84;

/** A panel's picture is scaled to fit into this, pixels. */
const PANEL = { width: 640, height: 620 };

interface Panel {
  title: string;
  meaning: string;
  picture: Buffer;
  /** Of what is framed, pixels: a white picture would have no end on the white sheet. */
  framed?: { width: number; height: number };
}

/**
 * Draws all stages of one reading on one sheet, with titles: the picture, the light evened out, the mask, the shapes,
 * the digits as the network sees them.
 * @param picture the encoded picture that was read
 * @param name what the sheet calls it
 * @returns a PNG
 */
export async function drawSheet(trace: Trace, picture: Uint8Array, name: string): Promise<Buffer> {
  const sharp = loadSharp();
  const upright = await fitted(picture);
  const panelWidth = Math.max(LEGEND_WIDTH, upright.info.width);
  const width = 3 * MARGIN + 2 * panelWidth;
  const rows = await panelsOf(trace, upright, width - 2 * MARGIN);

  const layers: { input: Buffer; left: number; top: number }[] = [];
  const head = headline(trace);
  const below = `${name}: ${summary(trace)}`;
  const texts = [
    text(MARGIN, 46, head, { size: sizeToFit(head, 26, width - 2 * MARGIN), bold: true }),
    text(MARGIN, 74, below, { size: sizeToFit(below, 15, width - 2 * MARGIN), colour: '#444444' }),
  ];
  let top = HEADER;
  for (const row of rows) {
    let height = 0;
    for (const [column, { title, meaning, picture: input, framed }] of row.entries()) {
      const left = MARGIN + column * (panelWidth + MARGIN);
      texts.push(
        text(left, top + 24, title, { size: 17, bold: true }),
        text(left, top + 44, meaning, { size: 13, colour: '#444444' }),
      );
      if (framed)
        texts.push(
          outline(
            { x: left - 0.5, y: top + HEADING - 0.5, width: framed.width + 1, height: framed.height + 1 },
            '#BBBBBB',
            { thick: 1 },
          ),
        );
      layers.push({ input, left, top: top + HEADING });
      height = Math.max(height, (await sharp(input).metadata()).height);
    }
    top += HEADING + height + MARGIN;
  }
  return sharp({ create: { width, height: top, channels: 3, background: 'white' } })
    .composite([...layers, { input: svg(width, top, texts), left: 0, top: 0 }])
    .png()
    .toBuffer();
}

interface Fitted {
  data: Buffer;
  info: { width: number; height: number };
}

/** Scaled to a panel; small pictures keep their pixels as squares. */
async function fitted(picture: Uint8Array): Promise<Fitted> {
  const image = loadSharp()(picture);
  const {
    autoOrient: { width, height },
  } = await image.metadata();
  const scale = Math.min(PANEL.width / width, PANEL.height / height);
  return image
    .autoOrient()
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)), {
      fit: 'fill',
      kernel: scale > 4 ? 'nearest' : 'lanczos3',
    })
    .png()
    .toBuffer({ resolveWithObject: true });
}

/** Two panels beside each other, those that follow below, and the digits across the sheet. */
async function panelsOf(trace: Trace, { data, info: framed }: Fitted, digitsWidth: number): Promise<Panel[][]> {
  const { width, height } = framed;
  const { thresholded } = trace;
  const panels: Panel[] = [];
  const add = (title: string, meaning: string, picture: Buffer): void => {
    panels.push({ title: `${panels.length + 1}. ${title}`, meaning, picture, framed });
  };
  const fit = (png: Buffer): Promise<Buffer> =>
    loadSharp()(png).resize(width, height, { fit: 'fill' }).png().toBuffer();
  add('The picture', 'As it came.', data);
  if (thresholded) {
    const { mask } = thresholded;
    const flat = await fit(await drawFlattened(mask));
    const ink = await fit(await drawMask(mask));
    add('The light evened out', 'How much light the ink swallows. Shadows should be gone, and the writing dark.', flat);
    add('The mask', 'Black is taken for ink. Strokes should be whole, and the paper empty.', ink);
  }
  if (trace.extracted) {
    const { mask, written } = trace.extracted;
    if (written) {
      const seen = await fit(await drawMask({ ...mask, data: written }));
      add('A closer look', 'The page is not plain: what a network takes for written is added to the shapes.', seen);
    }
    add('The shapes', 'Every piece of ink, and what became of it.', await drawComponents(trace, width));
  }
  const pairs = Array.from({ length: Math.ceil(panels.length / 2) }, (_, row) => panels.slice(2 * row, 2 * row + 2));
  const digits = {
    title: `${panels.length + 1}. What the network sees`,
    meaning:
      'Each shape that is left, in reading order, brought to 28 × 28 pixels. The least sure one counts for the ' +
      'reading.',
    picture: await drawDigits(trace, digitsWidth),
  };
  return [...pairs, [digits]];
}

/** What was read and how sure that is, and what the confidence filter, with its defaults, says to it. */
export function headline({ classified }: Trace): string {
  if (!classified) return 'Not classified';
  const { reading } = classified;
  const verdict = new ReadingFilter().judge(reading);
  const what =
    reading.text === ''
      ? 'Nothing was read'
      : `Read: ${reading.text.replace(/\n/g, ' / ')}, ${percentOfProbability(reading.confidence)} sure`;
  return verdict.accepted ? what : `${what}. Rejected: ${verdict.reason}`;
}

/** In one sentence, what became of everything that was found. */
export function summary(trace: Trace): string {
  const outcomes = trace.extracted
    ? countOutcomes(shapeOutcomes(trace))
    : countOutcomes(digitOutcomes(trace).flatMap((outcome) => (outcome ? [{ outcome }] : [])));
  if (outcomes.length === 0) return 'no ink was found';
  const digits = outcomes.find(({ outcome }) => outcome === 'digit')?.count ?? 0;
  const rest = outcomes
    .filter(({ outcome }) => outcome !== 'digit')
    .map(({ outcome, count }) => `${count} × ${outcome}`);
  return `${digits === 1 ? '1 digit' : `${digits} digits`}${rest.length > 0 ? `; left out: ${rest.join(', ')}` : ''}`;
}
