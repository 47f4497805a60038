import { HarnessError } from "../errors.ts";
import type { EcsEvents } from "../events.ts";
import type { FaultName } from "../fault-primitives.ts";
import { settle } from "../settle.ts";

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

  /** A fault that is over at once. */
  flash(fault: FaultName, target: string | undefined): void {
    this.#publish(fault, target, true);
    this.#publish(fault, target, false);
  }

  /**
   * @param undo ends what makes the fault
   * @returns ends this very fault, if it has not ended
   * @throws HarnessError ERR_CLOSED when nobody would undo it
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

  /** @throws HarnessError ERR_CLOSED when no fault may begin any more */
  checkOpen(): void {
    if (this.#closed) throw new HarnessError("ERR_CLOSED", "the local ECS has been closed");
  }

  /**
   * Ends a fault, or all of its kind, at once; resolves when nothing of it is left.
   * @throws the first error of those that undo
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

  /** Ends them all, and lets no other begin. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.endAll();
  }

  #publish(fault: FaultName, target: string | undefined, active: boolean): void {
    this.#events.publish({ type: "fault", fault, target, active });
  }
}

const key = (fault: FaultName, target: string | undefined): string => `${fault} ${target ?? ""}`;
