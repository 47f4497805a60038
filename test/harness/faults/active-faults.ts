import type { EcsEvents } from "../events.ts";

/** The names of {@link Faults}' methods. */
export type FaultName =
  | "kill"
  | "freeze"
  | "slowStorage"
  | "loseHost"
  | "dns"
  | "records"
  | "reusePort"
  | "overlap"
  | "partition"
  | "diskFull"
  | "cloudMapApi";

/** A fault that lasts, what it hits, and how it is undone. */
interface ActiveFault {
  readonly fault: FaultName;
  readonly target: string | undefined;
  readonly undo: () => Promise<void> | void;
}

/** The faults that last now; tells when each begins and ends. */
export class ActiveFaults {
  readonly #events: EcsEvents;
  readonly #active = new Map<string, ActiveFault>();

  constructor(events: EcsEvents) {
    this.#events = events;
  }

  get all(): readonly Pick<ActiveFault, "fault" | "target">[] {
    return [...this.#active.values()].map(({ fault, target }) => ({ fault, target }));
  }

  has(fault: FaultName, target?: string): boolean {
    return this.#active.has(key(fault, target));
  }

  /** A fault that is over at once. */
  flash(fault: FaultName, target: string | undefined): void {
    this.#publish(fault, target, true);
    this.#publish(fault, target, false);
  }

  /** @param undo ends what makes the fault */
  begin(fault: FaultName, target: string | undefined, undo: ActiveFault["undo"]): void {
    this.#active.set(key(fault, target), { fault, target, undo });
    this.#publish(fault, target, true);
  }

  /** Ends a fault, or all of its kind, at once; resolves when nothing of it is left. */
  async end(fault: FaultName, target?: string): Promise<void> {
    const ending = [...this.#active].filter(
      ([, each]) => each.fault === fault && (target === undefined || each.target === target),
    );
    const undone = ending.map(async ([id, each]) => {
      this.#active.delete(id);
      const undoing = each.undo();
      this.#publish(each.fault, each.target, false);
      await undoing;
    });
    await Promise.all(undone);
  }

  /** Ends them all. */
  async endAll(): Promise<void> {
    await Promise.all(this.all.map(({ fault, target }) => this.end(fault, target)));
  }

  #publish(fault: FaultName, target: string | undefined, active: boolean): void {
    this.#events.publish({ type: "fault", fault, target, active });
  }
}

const key = (fault: FaultName, target: string | undefined): string => `${fault} ${target ?? ""}`;
