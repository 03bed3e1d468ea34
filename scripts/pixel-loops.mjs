/**
 * Files that go through pixels, weights or samples by an index that they count up to the length themselves. There a
 * check at each step would cost time and tell nothing, so they, and only they, are exempt from
 * `noUncheckedIndexedAccess` (scripts/check-types.mjs, eslint.config.mjs).
 */
export const PIXEL_LOOPS = [
  'lib/evaluate/threshold.ts',
  'lib/extract/{components,cuts,digit-picture,draw,edge,normalise,ruled-lines,stroke-separation,surroundings,texture}.ts',
  'lib/inference/kernels.ts',
  'lib/models/keras/crc32.ts',
  'lib/pictures/{blocks,grey,morphology,planes,resample}.ts',
  'lib/random.ts',
  'lib/samples/fingerprint.ts',
  'lib/segmentation/{input,network,written}.ts',
  'lib/threshold/{adaptive,automatic,background,border,ink-strength,otsu}.ts',
  'lib/train/engine/{calibrate,trainable,wasm-kernels}.ts',
  'lib/train/synthesis/{augment,degradations,distance-field,look-alikes,negatives,strokes,warp}.ts',
  'scripts/evaluate/variants.ts',
  'scripts/pages/{centre-lines,field,hands,ink-layer,outlines,pens,reframe,visible}.ts',
  'scripts/scenes/{backgrounds,blur,camera,field,lights,marks,papers,prints,rooms,scene,shapes,sheets}.ts',
  'scripts/segmentation/{crops,samples}.ts',
  'scripts/surroundings/{batches,fuse,label}.ts',
  'support/drawing/page.ts',
];
