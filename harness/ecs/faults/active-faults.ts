import { closed } from "../base/errors.ts";
import type { EcsEvents } from "../base/events.ts";
import type { FaultName } from "../base/fault-primitives.ts";
import { settle } from "../base/settle.ts";

/** A fault with a duration, its target, and how to end it. */
interface ActiveFault {
  readonly fault: FaultName;
  readonly target: string | undefined;
  readonly undo: () => Promise<void> | void;
}

/** The active faults. Publishes an event when one begins or ends. */
export class ActiveFaults {
  readonly #events: EcsEvents;
  readonly #active = new Map<string, ActiveFault>();
  #closed = false;

  constructor(events: EcsEvents) {
    this.#events = events;
  }

  get all(): readonly Pick<ActiveFault, "fault" | "target">[] {
    return [...this.#active.values()].map(({ fault, target }) => ({ fault, target }));
  }

  has(fault: FaultName, target?: string): boolean {
    return this.#active.has(key(fault, target));
  }

  /** Publishes a fault without a duration. */
  flash(fault: FaultName, target: string | undefined): void {
    this.#publish(fault, target, true);
    this.#publish(fault, target, false);
  }

  /**
   * @param undo ends the fault
   * @returns a function that ends this fault, but not a later one with the same name
   * @throws HarnessError ERR_CLOSED after {@link close}
   */
  begin(
    fault: FaultName,
    target: string | undefined,
    undo: ActiveFault["undo"],
  ): () => Promise<void> {
    this.checkOpen();
    const id = key(fault, target);
    const active = { fault, target, undo };
    this.#active.set(id, active);
    this.#publish(fault, target, true);
    return async () => {
      if (this.#active.get(id) === active) await this.end(fault, target);
    };
  }

  /** @throws HarnessError ERR_CLOSED after {@link close} */
  checkOpen(): void {
    if (this.#closed) throw closed();
  }

  /**
   * Ends a fault; without a target, all faults with that name. They are inactive at once. Resolves when they
   * are undone.
   * @throws the first error of an undo
   */
  async end(fault: FaultName, target?: string): Promise<void> {
    const ending = [...this.#active].filter(
      ([, each]) => each.fault === fault && (target === undefined || each.target === target),
    );
    const undone = ending.map(async ([id, each]) => {
      this.#active.delete(id);
      const undoing = (async () => each.undo())();
      this.#publish(each.fault, each.target, false);
      await undoing;
    });
    await settle(undone);
  }

  /** Ends all faults. */
  async endAll(): Promise<void> {
    await settle(this.all.map(({ fault, target }) => this.end(fault, target)));
  }

  /** Ends all faults. After that none can begin. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.endAll();
  }

  #publish(fault: FaultName, target: string | undefined, active: boolean): void {
    this.#events.publish({ type: "fault", fault, target, active });
  }
}

const key = (fault: FaultName, target: string | undefined): string => `${fault} ${target ?? ""}`;
