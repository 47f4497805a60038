import { closed } from "../base/errors.ts";
import type { EcsEvents } from "../base/events.ts";
import type { FaultName } from "../base/fault-primitives.ts";
import { settle } from "../base/settle.ts";

/** A fault that lasts, what it affects, and how it ends. */
interface ActiveFault {
  readonly fault: FaultName;
  readonly target: string | undefined;
  readonly undo: () => Promise<void> | void;
}

/** The faults that are active now; publishes when each begins and ends. */
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

  /** A fault without duration. */
  flash(fault: FaultName, target: string | undefined): void {
    this.#publish(fault, target, true);
    this.#publish(fault, target, false);
  }

  /**
   * @param undo ends the fault
   * @returns ends this fault, and none of the same name that began later
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
   * Ends a fault, or without a target all of that name. They are inactive at once; resolves when they
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

  /** Ends them all. */
  async endAll(): Promise<void> {
    await settle(this.all.map(({ fault, target }) => this.end(fault, target)));
  }

  /** Ends them all; none can begin any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.endAll();
  }

  #publish(fault: FaultName, target: string | undefined, active: boolean): void {
    this.#events.publish({ type: "fault", fault, target, active });
  }
}

const key = (fault: FaultName, target: string | undefined): string => `${fault} ${target ?? ""}`;
