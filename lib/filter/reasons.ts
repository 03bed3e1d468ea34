import { leastCertain, type Place } from './evidence';
import { DIGITS } from '../digit';

/** Texts of frames that a reason lists at most. */
const MOST_LISTED = 5;

/** Between which two the least certain digit is, and which one that is where there are several. */
export function unsureReason(places: readonly Place[], minimumConfidence: number): string {
  const { index, confidence } = leastCertain(places);
  const labels = (places[index]?.probabilities ?? [])
    .map((probability, label) => ({ probability, label }))
    .sort((a, b) => b.probability - a.probability);
  const where = places.length > 1 ? ` at digit ${index + 1}` : '';
  // Without the probabilities of every digit, nobody knows which others are likely.
  if (labels.at(1)?.probability === labels.at(2)?.probability)
    return `confidence ${roundDown(confidence)} is below ${minimumConfidence}`;
  const likeliest = labels.slice(0, 2).map(({ label }) => nameOf(label));
  return `unsure between ${likeliest.join(' and ')}${where}`;
}

/** @param texts what was read in consecutive frames, the newest last */
export function unsteadyReason(texts: readonly string[]): string {
  return `unsteady: ${texts.slice(-MOST_LISTED).map(onOneLine).join(', ')}`;
}

/** Says that a reading does not stand there any more. */
export function goneReason(text: string): string {
  return `gone: ${onOneLine(text)}`;
}

/** Says that no digit was found. */
export function missingReason(otherWriting: boolean): string {
  return otherWriting ? 'looks like other writing' : 'nothing found';
}

function nameOf(label: number): string {
  return label < DIGITS ? String(label) : 'no digit';
}

function onOneLine(text: string): string {
  return text === '' ? 'nothing' : text.replaceAll('\n', ' / ');
}

/** Never up, so that a reason cannot say that 0.8 is below 0.8. */
function roundDown(confidence: number): number {
  return Math.floor(confidence * 1000) / 1000;
}
