/** How the weights are changed. */
export interface Recipe {
  /** The greatest: with the schedule "cosine" it rises to that at first and falls to nothing along a cosine. */
  learningRate: number;
  schedule: 'cosine' | 'constant';
  /** Of each label, this share goes to all classes alike (Szegedy et al. 2016). */
  labelSmoothing: number;
  weightDecay: number;
  /** How much of the weights' moving average stays at each step; 0 for the weights themselves. */
  averaging: number;
  /** What the best epoch is chosen by, on the samples held out. */
  judge: 'loss' | 'accuracy';
}

/** The compact network's. */
export const USUAL_RECIPE: Recipe = {
  learningRate: 0.002,
  schedule: 'cosine',
  labelSmoothing: 0.02,
  weightDecay: 0.01,
  averaging: 0.999,
  judge: 'loss',
};

/** Adam as textbooks have it; only that the noise of the last steps is averaged out of the weights. */
export const PLAIN_RECIPE: Recipe = {
  learningRate: 1e-4,
  schedule: 'constant',
  labelSmoothing: 0,
  weightDecay: 0,
  averaging: 0.999,
  judge: 'accuracy',
};
