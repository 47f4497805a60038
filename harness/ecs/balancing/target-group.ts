import { Agent, request } from "node:http";
import type { EcsEvents, TargetEvent } from "../base/events.ts";
import { Condition } from "../base/condition.ts";
import { interval } from "../base/interval.ts";
import type { TargetGroupPlan } from "../terraform/plan/plan.ts";

/** Seconds from registration to the first check; AWS documents only that it is within the interval. */
const FIRST_CHECK = 1;

/** How much shorter than in AWS draining is without requests in flight: a minute is a second. */
const DRAIN_SCALE = 60;

/** A registered task's port. */
export interface Target {
  readonly taskId: string;
  readonly service: string;
  readonly address: string;
  readonly port: number;
  state: TargetEvent["state"];
  /** Why its last check failed. */
  failure: string | undefined;
  /** The load balancer's connections to it. */
  readonly connections: Agent;
  /** Requests whose response is not complete. */
  inFlight: number;
}

/** The targets of a group, their health, and the order in which they get requests. */
export class TargetGroup {
  readonly plan: TargetGroupPlan;
  readonly #events: EcsEvents;
  readonly #keepAlive: boolean;
  readonly #targets = new Map<string, { readonly target: Target; readonly end: AbortController }>();
  readonly #drained = new Condition();
  readonly #closed = new AbortController();
  /** The last failed check; undefined if its task has passed one since. */
  #failed: { readonly taskId: string; readonly reason: string } | undefined;
  #turn = 0;

  /** @param keepAlive whether connections to targets are kept and used again */
  constructor(plan: TargetGroupPlan, events: EcsEvents, keepAlive = false) {
    this.plan = plan;
    this.#events = events;
    this.#keepAlive = keepAlive;
  }

  register(taskId: string, service: string, address: string, port: number): void {
    const target: Target = {
      taskId,
      service,
      address,
      port,
      state: "initial",
      failure: undefined,
      connections: new Agent({ keepAlive: this.#keepAlive }),
      inFlight: 0,
    };
    const end = new AbortController();
    this.#targets.set(taskId, { target, end });
    this.#enter(target, "initial", "Target registration is in progress");
    void this.#watch(target, end.signal);
  }

  /** The registered targets, including those that are draining. */
  get targets(): readonly Readonly<Target>[] {
    return [...this.#targets.values()].map(({ target }) => target);
  }

  stateOf(taskId: string): Target["state"] | undefined {
    return this.#targets.get(taskId)?.target.state;
  }

  /** The last failed check and its reason; undefined once its task passes one. */
  get failure(): string | undefined {
    return this.#failed && `GET ${this.plan.healthCheck.path}: ${this.#failed.reason}`;
  }

  /**
   * Deregisters a target. ECS waits for the whole deregistration delay, also without requests in flight. Here that wait is
   * shorter, but requests in flight have all of it.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
   */
  async deregister(taskId: string): Promise<void> {
    const entry = this.#targets.get(taskId);
    if (!entry) return;
    entry.end.abort();
    const { deregistrationDelay: delay } = this.plan;
    const shorter = delay / DRAIN_SCALE;
    const stands = delay > 0 ? ` (${Number(shorter.toFixed(2))} s here are ${delay} s in AWS)` : "";
    this.#enter(entry.target, "draining", `Target deregistration is in progress${stands}`);
    const least = interval(shorter * 1000, this.#closed.signal);
    const idle = (): boolean => entry.target.inFlight === 0;
    await this.#drained.until(idle, delay * 1000, this.#closed.signal);
    await least;
    entry.target.connections.destroy();
    this.#targets.delete(taskId);
    this.#enter(entry.target, "unused", undefined);
  }

  /**
   * The next target in turn: a healthy one, or any registered one if none is healthy (the load balancer fails
   * open).
   */
  next(): Target | undefined {
    const registered = [...this.#targets.values()]
      .map(({ target }) => target)
      .filter(({ state }) => state !== "draining" && state !== "unused");
    const healthy = registered.filter(({ state }) => state === "healthy");
    const candidates = healthy.length > 0 ? healthy : registered;
    this.#turn += 1;
    return candidates[this.#turn % candidates.length];
  }

  /** Call this when a request to a target has ended. */
  release(target: Target): void {
    target.inFlight -= 1;
    this.#drained.notify();
  }

  /** Stops all health checks and ends all waits. */
  close(): void {
    this.#closed.abort();
    for (const { target, end } of this.#targets.values()) {
      end.abort();
      target.connections.destroy();
    }
  }

  async #watch(target: Target, signal: AbortSignal): Promise<void> {
    const check = this.plan.healthCheck;
    if (!check.enabled) return this.#enter(target, "healthy", undefined);
    let [passes, failures] = [0, 0];
    let wait = Math.min(FIRST_CHECK, check.interval);
    while (await interval(wait * 1000, signal)) {
      wait = check.interval;
      const failure = await probe(target, this.plan, signal);
      if (signal.aborted) return;
      this.#note(target, failure);
      passes = failure === undefined ? passes + 1 : 0;
      failures = failure === undefined ? 0 : failures + 1;
      // A new target is healthy after one passed check.
      const enough = target.state === "initial" ? 1 : check.healthyThreshold;
      if (passes >= enough) this.#enter(target, "healthy", undefined);
      if (failures >= check.unhealthyThreshold) this.#enter(target, "unhealthy", failure);
    }
  }

  #note(target: Target, failure: string | undefined): void {
    const { taskId } = target;
    target.failure = failure;
    if (failure !== undefined) this.#failed = { taskId, reason: failure };
    else if (this.#failed?.taskId === taskId) this.#failed = undefined;
  }

  #enter(target: Target, state: Target["state"], reason: string | undefined): void {
    if (state === target.state && state !== "initial") return;
    target.state = state;
    const { taskId, service } = target;
    const targetGroup = this.plan.name;
    this.#events.publish({ type: "target", service, taskId, targetGroup, state, reason });
  }
}

/** Runs one health check; resolves to the reason if it fails. */
function probe(
  { address, port }: Target,
  { healthCheck: { path, timeout, matcher } }: TargetGroupPlan,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const deadline = AbortSignal.timeout(timeout * 1000);
    const sent = request({
      host: address,
      port,
      path,
      agent: false,
      headers: { "user-agent": "ELB-HealthChecker/2.0" },
      signal: AbortSignal.any([signal, deadline]),
    });
    sent.on("response", (response) => {
      response.resume();
      const code = response.statusCode ?? 0;
      const matches = matchesCode(matcher, code);
      resolve(matches ? undefined : `Health checks failed with these codes: [${code}]`);
    });
    sent.on("error", ({ message }) => {
      resolve(deadline.aborted ? "Request timed out" : `Health checks failed: ${message}`);
    });
    sent.end();
  });
}

/** Whether a status code matches `200`, `200,204` or `200-299`. */
function matchesCode(matcher: string, code: number): boolean {
  return matcher.split(",").some((part) => {
    const [first = Number.NaN, last = first] = part.split("-").map(Number);
    return code >= first && code <= last;
  });
}
