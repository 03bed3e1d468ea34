import { judge, kernelNetworks, logitsOf } from '../classify/kernel-networks';
import { mayBeDigit, judgedDigits, predictDigits, withCachedJudgements, type Networks } from '../classify/predict';
import type { ExtractedDigit } from '../extract/digit';
import { explainShapes, extractCandidates, extractWorthwhile, writtenIn } from '../extract/extract';
import { decodePlainJpeg } from '../pictures/jpeg-turbo';
import type { Mask } from '../pictures/picture';
import { MaskBuffers } from '../threshold/buffers';
import type { ThresholdOptions } from '../threshold/options';
import { thresholdPicture } from '../threshold/threshold';
import type { InkMethods, InkPicture, Readable } from './ink-methods';
import { serve, transferring } from '../workers/serve';

serve<InkMethods>({
  threshold(picture, options) {
    const mask = maskOf(picture, options);
    const { data, ink, background, border, grey } = mask;
    return transferring(
      mask,
      [data, ink, background?.data, border, grey].flatMap((bytes) => (bytes ? [bytes.buffer as ArrayBuffer] : [])),
    );
  },
  extract: (mask, options) => transferred(extractCandidates(mask, options)),
  thresholdAndExtract: (picture, threshold, extract) =>
    transferred(extractCandidates(maskOf(picture, threshold, buffers), extract)),
  async read(source, model) {
    const networks = withCachedJudgements(kernelNetworks(model));
    const read = await predictDigits(networks, await worthwhile(source, networks));
    return transferring(read, buffersOf(read.digits));
  },
  async judged(source) {
    const networks = withCachedJudgements({ judge });
    return transferred(await judgedDigits(networks, await worthwhile(source, networks)));
  },
  classify(model, images) {
    const logits = logitsOf(model, images);
    return transferring(logits, [logits.buffer]);
  },
  judge,
  explain: explainShapes,
  written: writtenIn,
});

function worthwhile(source: Readable, networks: Pick<Networks, 'judge'>): Promise<ExtractedDigit[]> {
  const mask = 'mask' in source ? source.mask : maskOf(source.picture, source.threshold, buffers);
  return extractWorthwhile(mask, source.extract, async (surroundings) =>
    (await networks.judge(surroundings)).map(mayBeDigit),
  );
}

/** For masks that do not leave the worker: one request is answered after the other. */
const buffers = new MaskBuffers();

function maskOf(picture: InkPicture, options: ThresholdOptions, reused?: MaskBuffers): Mask {
  return thresholdPicture('jpeg' in picture ? decodePlainJpeg(picture) : picture, options, reused);
}

function transferred(digits: ExtractedDigit[]): ReturnType<InkMethods['extract']> {
  return transferring(digits, buffersOf(digits));
}

function buffersOf(digits: readonly ExtractedDigit[]): ArrayBuffer[] {
  const shapes = digits.flatMap((digit) => (digit.whole ? [digit, digit.whole] : [digit]));
  const pictures = new Set(
    shapes.flatMap(({ image, surroundings }) => (surroundings ? [image, surroundings.picture] : [image])),
  );
  return Array.from(pictures, ({ buffer }) => buffer as ArrayBuffer);
}
