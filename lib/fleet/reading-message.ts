import type { Digit } from '../extract/digit';
import { describe } from '../pictures/picture';
import { FleetError } from './errors';
import { checkKey, type JobKey } from './job';

/** What a reader publishes for a job, as JSON. */
export interface FleetReading extends JobKey {
  text: string;
  confidence: number;
  digits: Omit<Digit, 'image'>[];
  otherWriting?: boolean;
  /** Where the flow has a confidence filter. */
  accepted?: boolean;
  reason?: string;
  /** Why there is no reading. */
  error?: string;
  /** Who read it. */
  reader: string;
}

/** @throws FleetError */
export function decodeReading(message: Buffer): FleetReading {
  try {
    const reading = JSON.parse(message.toString()) as FleetReading;
    checkKey(reading);
    if (typeof reading.text !== 'string') throw new Error(`expected a text, got ${describe(reading.text)}`);
    return reading;
  } catch (error) {
    throw new FleetError(`expected a reading, got ${describe(message)}: ${(error as Error).message}`, 'no reading', { cause: error });
  }
}
