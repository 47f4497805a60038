import type { Condition } from "../base/condition.ts";
import { closed, HarnessError, invalid } from "../base/errors.ts";
import { place } from "../machine/placement.ts";
import { STANDALONE, Task, type TaskRevision } from "../tasks/task.ts";
import type { ServiceContext } from "./service.ts";

/** The dependencies that standalone tasks share with services. */
type OneOffContext = Pick<ServiceContext, "hosts" | "runtime" | "events" | "random" | "onChange">;

/**
 * Tasks that belong to no service: each is started once and ends by itself. ECS does not register them.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 */
export class OneOffTasks {
  readonly #context: OneOffContext;
  readonly #changed: Condition;
  readonly #tasks: Task[] = [];
  #isClosed = false;

  /** @param changed notified when a task changes */
  constructor(context: OneOffContext, changed: Condition) {
    this.#context = context;
    this.#changed = changed;
  }

  task(id: string): Task | undefined {
    return this.#tasks.find((task) => task.id === id);
  }

  /**
   * Runs a task; resolves when it has stopped.
   * @param timeout ms after which it is stopped
   * @throws HarnessError ERR_INVALID_ARG if no host has room for it, ERR_TIMEOUT
   */
  async run({ definition, label }: TaskRevision, timeout: number): Promise<Task> {
    const { hosts, runtime, events, random, onChange } = this.#context;
    const { family } = definition;
    const placement = place(hosts, { ...ANYWHERE, name: family }, definition, random);
    if ("reason" in placement) {
      throw invalid(`no host has room for a task of ${family}: ${placement.reason}`);
    }
    const task = new Task({
      service: family,
      deploymentId: STANDALONE,
      revision: { definition, label },
      runtime,
      names: [],
      events,
      activate: () => {},
      deactivate: async () => {},
      onChange,
    });
    this.#tasks.push(task);
    placement.host.reserve(task.id, family, definition);
    void task.run(placement.host);
    const isOver = (): boolean => this.#isClosed || task.status === "STOPPED";
    if (await this.#changed.until(isOver, timeout)) {
      if (this.#isClosed) throw closed();
      return task;
    }
    await task.stop("Task timed out");
    throw new HarnessError("ERR_TIMEOUT", `the task of ${family} did not end within ${timeout} ms`);
  }

  /** Starts no more containers; resolves when any start in progress has finished. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#tasks.map((task) => task.abandon()));
  }
}

/** RunTask without constraints or strategies. */
const ANYWHERE = { distinctInstance: false, placement: [] } as const;
