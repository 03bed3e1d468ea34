/**
 * What rules have against a shape. They drop nothing that could be a digit to a human's eye: the network that sees what
 * stands about a shape is told of the doubt and decides. Where their limits come from: docs/constants.md.
 */
export const DOUBTS = [
  'speck',
  'too faint',
  'other pen',
  'touches the edge',
  'line',
  'frame',
  'sheet edge',
  'texture',
  'several',
  'part',
  'closer look',
] as const;

export type Doubt = (typeof DOUBTS)[number];
