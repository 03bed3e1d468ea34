import { ExplainedError } from '../../errors';

/** The training has gone astray. */
export class TrainingError extends ExplainedError {
  override name = 'TrainingError';
}
