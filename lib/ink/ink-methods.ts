import type { CompiledModel } from '../classify/compiled-model';
import type { Judgement } from '../classify/judgement';
import type { Predicted } from '../classify/predict';
import type { ExplainedShape, ExtractedDigit } from '../extract/digit';
import type { ExtractOptions } from '../extract/options';
import type { Surroundings } from '../extract/surroundings';
import type { Mask, RawPicture } from '../pictures/picture';
import type { PlainJpeg } from '../pictures/plain-jpeg';
import type { ThresholdOptions } from '../threshold/options';

/** A picture as the ink worker takes it. */
export type InkPicture = RawPicture | PlainJpeg;

/** What digits are read from, and how they are found in it. */
export type Readable = { extract: ExtractOptions } & (
  { picture: InkPicture; threshold: ThresholdOptions } | { mask: Mask }
);

/** What the ink worker can do. */
export interface InkMethods {
  threshold(picture: InkPicture, options: ThresholdOptions): Mask;
  extract(mask: Mask, options: ExtractOptions): ExtractedDigit[];
  /** Both, one after the other: the mask stays where it is. */
  thresholdAndExtract(picture: InkPicture, threshold: ThresholdOptions, extract: ExtractOptions): ExtractedDigit[];
  /** From picture or mask to digits and what they are read as, in one go. */
  read(source: Readable, model: CompiledModel): Promise<Predicted>;
  /** The same up to the shapes, with what stands about them judged; for who reads them elsewhere. */
  judged(source: Readable): Promise<ExtractedDigit[]>;
  /**
   * @param images n·784 bytes
   * @returns n·classes logits
   */
  classify(model: CompiledModel, images: Uint8Array): Float32Array<ArrayBuffer>;
  judge(shapes: readonly Surroundings[]): Promise<Judgement[]>;
  explain(mask: Mask, options: ExtractOptions): ExplainedShape[];
  written(mask: Mask, options: ExtractOptions): Uint8Array | undefined;
}
