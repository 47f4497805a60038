import type { Condition } from "../base/condition.ts";
import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import type { Endpoint } from "../machine/black-hole.ts";
import type { PublishedPorts } from "../machine/published-ports.ts";
import type { Service } from "../services/service.ts";
import { PortServer, type PortProtocol } from "./port-server.ts";

/** What a port reuse depends on. */
interface PortReuseTargets {
  /** Returns the current service of that name. */
  readonly service: () => Service | undefined;
  /** Notified when a task changes. */
  readonly changed: Condition;
  readonly published: PublishedPorts;
}

/** A port that a task has left, reserved for the server. */
interface LeftPort extends Endpoint {
  readonly giveBack: () => void;
}

/** Waits for a port that a task leaves, and runs a server of another protocol on it until the fault ends. */
export class PortReuse {
  readonly #targets: PortReuseTargets;
  readonly #over = new AbortController();
  #taking: Promise<Endpoint | undefined> = Promise.resolve(undefined);
  #left: LeftPort | undefined;
  #server: PortServer | undefined;

  constructor(targets: PortReuseTargets) {
    this.#targets = targets;
  }

  /**
   * @param timeout ms to wait for a task to leave its port
   * @returns where the server listens; undefined if this ended before
   * @throws HarnessError ERR_TIMEOUT if no task left its port, ERR_PLATFORM if another process uses the port
   */
  begin(speaks: PortProtocol, timeout: number): Promise<Endpoint | undefined> {
    this.#taking = this.#take(speaks, timeout);
    return this.#taking;
  }

  /** Frees the port. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#taking.catch(() => {});
    await this.#server?.close();
    this.#left?.giveBack();
    this.#left = undefined;
  }

  async #take(speaks: PortProtocol, timeout: number): Promise<Endpoint | undefined> {
    const { service, changed, published } = this.#targets;
    const { signal } = this.#over;
    const find = (): boolean => (this.#left ??= takeLeftPort(service())) !== undefined;
    const found = await changed.until(find, timeout, signal);
    if (signal.aborted) return undefined;
    if (!found || !this.#left) throw new HarnessError("ERR_TIMEOUT", "no task left a free port");
    const { address, port } = this.#left;
    try {
      // A task that stopped behind a cut network may still use the port.
      await published.vacate({ address, port });
      this.#server = await PortServer.listen(speaks, { address, port });
    } catch (cause) {
      const message = `${address}:${port} cannot be reused: ${messageOf(cause)}`;
      throw new HarnessError("ERR_PLATFORM", message, { cause });
    }
    return signal.aborted ? undefined : { address, port };
  }
}

/** Takes the port of the task that stopped last, if it is still free. */
function takeLeftPort(service: Service | undefined): LeftPort | undefined {
  for (const { status, host, address, hostPorts } of service?.tasks.toReversed() ?? []) {
    if (status !== "STOPPED" || !host || host.silent || address === undefined) continue;
    const port = hostPorts.find((each) => host.takePort(each));
    if (port !== undefined) return { address, port, giveBack: () => host.givePortBack(port) };
  }
  return undefined;
}
