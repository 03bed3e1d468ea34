import { compile } from '../inference/compile';
import { Executor } from '../inference/executor';
import type { CompiledNetwork } from '../inference/network';
import type { ModelFiles } from '../models/model';
import { infoOf, type ModelInfo } from './model-info';
import { trialPictures } from './trial';
import { DIGIT_SIZE } from '../digit';

/** A model that reads digits, ready for any thread to compute with our own kernels. */
export interface CompiledModel {
  network: CompiledNetwork;
  info: ModelInfo;
}

/**
 * Compiles a model and tries it with a few pictures.
 * @returns undefined where it has a layer that our kernels do not know, or is no good reader of digits: TensorFlow.js
 *   takes such a model, or tells what is wrong with it
 */
export function compileModel(files: ModelFiles): CompiledModel | undefined {
  const network = compile(files.artifacts);
  if (!network) return undefined;
  const {
    picture: { width, height, channels },
    inputShape,
    numbers,
    outputs,
  } = network;
  if (
    width !== DIGIT_SIZE ||
    height !== DIGIT_SIZE ||
    channels !== 1 ||
    numbers > 0 ||
    (outputs !== 10 && outputs !== 11)
  )
    return undefined;
  if (!new Executor(network).compute(trialPictures()).every(Number.isFinite)) return undefined;
  const parameters = files.artifacts.weightSpecs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { network, info: infoOf(files, { classes: outputs, inputShape, parameters }) };
}
