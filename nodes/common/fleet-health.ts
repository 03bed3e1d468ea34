import type { LinkState } from '../../lib/fleet/link';
import { Rate } from '../digits-camera/rate';

/** How often the status is brought up to date, and how often the second output tells how it goes, milliseconds. */
export const SHOW_EVERY = 1000;
export const TELL_EVERY = 10_000;

/** How a node of the fleet is: what its second output sends. */
export class FleetHealth {
  link: LinkState = { state: 'connecting' };
  lastError: { message: string; at: number } | undefined;
  readonly rate = new Rate();

  /** @param warn is told what keeps the broker away, unless that was the last error already */
  changed(link: LinkState, warn: (message: string) => void): void {
    if (link.state === 'waiting') {
      if (this.lastError?.message !== link.error.message) warn(link.error.message);
      this.failed(link.error);
    }
    this.link = link;
  }

  failed(error: Error): void {
    this.lastError = { message: error.message, at: Date.now() };
  }

  report(counts: object): Record<string, unknown> {
    return {
      state: this.link.state,
      rate: this.rate.perSecond(performance.now()),
      ...counts,
      ...(this.lastError && { lastError: this.lastError }),
    };
  }
}
