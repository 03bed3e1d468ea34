import { describe } from '../pictures/picture';
import { FleetError } from './errors';
import { LONGEST_NAME } from './limits';

/** Where jobs and readings go. A camera's name is percent-encoded, so that any name is one level of a topic. */
export interface Topics {
  job(camera: string): string;
  reading(camera: string): string;
  /** All jobs, shared among the readers of a group. */
  sharedJobs(group: string): string;
}

/** What MQTT forbids in a topic, or lets a broker end the connection for: half a character, control characters. */
const UNFIT = /[\p{Surrogate}\p{Control}]/u;

/**
 * @param prefix what all topics begin with, e.g. `digits` or `school/digits`
 * @throws FleetError where a prefix, a group or a camera's name cannot be used
 */
export function topicsBelow(prefix: string): Topics {
  if (!isName(prefix) || !/^[^+#$/][^+#]*$/.test(prefix) || prefix.endsWith('/')) {
    throw new FleetError(
      `expected topics to begin with words such as digits or school/digits, 1 to ${LONGEST_NAME} characters ` +
        `without + and #, got ${describe(prefix)}`,
      'bad topic',
    );
  }
  return {
    job: (camera) => `${prefix}/jobs/${encoded(camera)}`,
    reading: (camera) => `${prefix}/readings/${encoded(camera)}`,
    sharedJobs: (group) => {
      if (!isName(group) || !/^[^+#/]+$/.test(group)) {
        throw new FleetError(
          `expected the name of a group of readers, 1 to ${LONGEST_NAME} characters without /, + and #, got ` +
            describe(group),
          'bad group',
        );
      }
      return `$share/${group}/${prefix}/jobs/+`;
    },
  };
}

function encoded(camera: string): string {
  checkCamera(camera);
  return encodeURIComponent(camera);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME && !UNFIT.test(value);
}

/** @throws FleetError */
export function checkCamera(camera: unknown): asserts camera is string {
  if (
    typeof camera !== 'string' ||
    camera.trim() === '' ||
    camera.length > LONGEST_NAME ||
    /\p{Surrogate}/u.test(camera)
  ) {
    throw new FleetError(
      `expected the name of a camera, 1 to ${LONGEST_NAME} characters, got ${describe(camera)}`,
      'no camera name',
    );
  }
}
