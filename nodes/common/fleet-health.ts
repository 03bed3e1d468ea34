import type { LinkState } from '../../lib/fleet/link';
import { Rate } from '../digits-camera/rate';

/** How often the second output tells how it goes, milliseconds. */
export const TELL_EVERY = 10_000;

/** How a node of the fleet is: what its second output sends. */
export class FleetHealth {
  link: LinkState = { state: 'connecting' };
  lastError: { message: string; at: number } | undefined;
  readonly rate = new Rate();

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
