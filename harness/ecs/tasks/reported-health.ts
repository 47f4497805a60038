import { now } from "../base/events.ts";
import type { HealthStatus } from "../base/state.ts";

/**
 * Milliseconds between the agent's reports of health to ECS. In AWS it is 20 s; a minute is a second.
 * https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/tcs/client/client.go
 */
const INTERVAL = 20_000 / 60;

/** A task's health as ECS knows it: the agent's last report. */
export class ReportedHealth {
  readonly #current: () => HealthStatus;
  readonly #isSilent: () => boolean;
  readonly #onReport: () => void;
  #due: NodeJS.Timeout | undefined;
  status: HealthStatus = "UNKNOWN";

  /**
   * @param current the health as the agent knows it
   * @param isSilent whether nothing can be reported
   */
  constructor(current: () => HealthStatus, isSilent: () => boolean, onReport: () => void) {
    this.#current = current;
    this.#isSilent = isSilent;
    this.#onReport = onReport;
  }

  /** Call this when a container has changed. A changed health is reported at the end of the interval. */
  update(): void {
    if (this.#due || this.#current() === this.status) return;
    const report = (): void => {
      this.#due = undefined;
      if (this.#isSilent() || this.#current() === this.status) return;
      this.status = this.#current();
      this.#onReport();
    };
    this.#due = setTimeout(report, INTERVAL - (now() % INTERVAL)).unref();
  }
}
