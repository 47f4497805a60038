import { randomUUID } from "node:crypto";
import { type LocalEcs, now } from "../../ecs/index.ts";
import type { Setup } from "../../plays/setups/setup.ts";
import type { LoadOptions } from "../../plays/stage/load.ts";
import { type Action, actionOf, actions } from "./actions.ts";
import { Side, type SideId } from "./side.ts";

export interface PlaygroundOptions {
  /** The setups to run; the page is there as soon as the first one is. */
  readonly setups: readonly { readonly id: SideId; readonly setup: Setup }[];
  /** Whether the one setup is a plan of the user's. @default false */
  readonly isPlan?: boolean;
  /** The environment's name, for the page's title. */
  readonly environment: string;
  readonly seed: number;
  /** What users ask for. @default the guest book */
  readonly users?: Pick<LoadOptions, "path">;
  /** The command that runs in place of the example app, for the page. */
  readonly ownApp?: string;
  /** Called for each environment, before anything is deployed in it. */
  readonly onOpen?: (ecs: LocalEcs, setup: Setup) => void;
}

/** Why something is not done, for the person who asked. */
export interface Refusal {
  readonly kind: "unknown" | "conflict";
  readonly message: string;
}

/** The setups that run side by side: a button acts on each of them, one action at a time. */
export class Playground implements AsyncDisposable {
  /** Tells it from one that had the same port before. */
  readonly id = randomUUID();
  readonly sides: readonly Side[];
  readonly startedAt = now();
  readonly options: PlaygroundOptions;
  readonly #listeners = new Set<() => void>();

  /** Nothing runs yet: see {@link start}. */
  constructor(options: PlaygroundOptions) {
    const { setups, seed, users, onOpen, isPlan, environment } = options;
    this.options = options;
    this.sides = setups.map(
      ({ id, setup }) =>
        new Side({
          id,
          setup,
          seed,
          ...(isPlan && { title: `Plan ${environment}` }),
          ...(users && { users }),
          onOpen: (ecs) => onOpen?.(ecs, setup),
          onChange: () => this.#changed(),
        }),
    );
  }

  /**
   * Starts the environments. The first one exists when this resolves; its first deploy and the others
   * are still under way.
   */
  static async start(options: PlaygroundOptions): Promise<Playground> {
    const playground = new Playground(options);
    const [first, ...others] = playground.sides;
    try {
      await first?.start();
    } catch (error) {
      await playground.close();
      throw error;
    }
    // An error is shown on the page: the first one runs without them.
    for (const side of others) side.start().catch(() => playground.#changed());
    return playground;
  }

  /** The setup in which something is being done now. */
  get busy(): Side | undefined {
    return this.sides.find(({ current }) => current !== undefined);
  }

  /** Whether an action's fault lasts in a setup now. */
  isActive(action: Action): boolean {
    return this.sides.some((side) => side.isActive(action));
  }

  /** Begins an action wherever it is possible. @returns why not, where it is possible nowhere */
  act(name: string): Refusal | undefined {
    const action = actionOf(name);
    if (action === undefined) return unknown(name);
    const { busy } = this;
    if (busy) return conflict(`${busyWords(busy)}. One action at a time.`);
    if (this.isActive(action)) return conflict(`“${action.title}” lasts already.`);
    const refusals = new Map(this.sides.map((side) => [side, side.refusalOf(action)]));
    const reasons = [...refusals].map(([{ title }, why]) => why && `${title}: ${why}.`);
    if (reasons.every((reason) => reason !== undefined)) return conflict(reasons.join(" "));
    for (const [side, why] of refusals) {
      if (why === undefined) side.act(action);
      else side.skip(action, why);
    }
    this.#changed();
    return undefined;
  }

  /** Repairs a fault wherever it lasts; that is allowed at any time. @returns why not, where it does not */
  undo(name: string): Refusal | undefined {
    const action = actionOf(name);
    if (action === undefined) return unknown(name);
    const broken = this.sides.filter((side) => side.isActive(action));
    if (broken.length === 0) return conflict(`“${action.title}” does not last now.`);
    for (const side of broken) void side.repair(action);
    return undefined;
  }

  /** Calls back after every change. @returns what ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends everything; may be called again. */
  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all(this.sides.map((side) => side.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** What is being done, and where. */
export const busyWords = ({ current, title }: Side): string =>
  `“${current}” is under way in the ${title.toLowerCase()}`;

const unknown = (name: string): Refusal => {
  const known = actions.map(({ fault }) => fault.name).join(", ");
  return { kind: "unknown", message: `there is no action "${name}"; actions are: ${known}` };
};

const conflict = (message: string): Refusal => ({ kind: "conflict", message });
