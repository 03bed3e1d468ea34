export interface ExtractOptions {
  /** Size of the picture that the mask was made from, pixels: boxes are scaled to it. Default: the mask's own size. */
  frame?: { width: number; height: number };
  /** Whether thin strokes are strengthened (and thick ones thinned) to the width that MNIST's have. Default true. */
  strengthen?: boolean;
  /**
   * Least height of a digit as a share of the picture's shorter side, 0 to 1. Default 0: specks are told by themselves.
   */
  minimumSize?: number;
}
