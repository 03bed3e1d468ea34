import type { Outcome } from './case';

/** What the fuzzer asks of the process that runs an area. */
export type Order = { run: number } | { keep: number; file: string };

export interface CaseReport extends Outcome {
  name: string;
  milliseconds: number;
  /** Most memory that the process has had resident so far, bytes. */
  peak: number;
}

/** What that process tells: that it can begin or why not, that a case has been made and begins now, what it came to. */
export type News =
  | { ready: true }
  | { skipped: string }
  | { begun: string; deadline?: number | undefined }
  | { done: CaseReport }
  | { kept: string };
