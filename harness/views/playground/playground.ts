import { randomUUID } from "node:crypto";
import { type LocalEcs, now } from "../../ecs/index.ts";
import type { Setup } from "../../plays/setups/setup.ts";
import type { LoadOptions } from "../../plays/stage/load.ts";
import { type Action, actionOf, actions } from "./actions.ts";
import { Side, type SideId } from "./side.ts";

export interface PlaygroundOptions {
  /** The setups to run. The page is served once the new one, or the only one, exists. */
  readonly setups: readonly { readonly id: SideId; readonly setup: Setup }[];
  /** Whether the setup is a user's plan. @default false */
  readonly isPlan?: boolean;
  /** The environment's name, for the page's title. */
  readonly environment: string;
  readonly seed: number;
  /** The users' requests. @default the guest book */
  readonly users?: Pick<LoadOptions, "path">;
  /** The command that replaces the example app, shown on the page. */
  readonly ownApp?: string;
  /** Called for each environment before its first deploy. */
  readonly onOpen?: (ecs: LocalEcs, setup: Setup) => void;
}

/** The reason for a refused action, shown to the user. */
export interface Refusal {
  readonly kind: "unknown" | "conflict";
  readonly message: string;
}

/** The setups of a playground. A button acts on all of them, one action at a time. */
export class Playground implements AsyncDisposable {
  /** Identifies this playground, because an earlier one may have had the same port. */
  readonly id = randomUUID();
  /** The old setup comes before the new one. */
  readonly sides: readonly Side[];
  readonly startedAt = now();
  readonly options: PlaygroundOptions;
  readonly #listeners = new Set<() => void>();

  /** Does not start the environments. See {@link start}. */
  constructor(options: PlaygroundOptions) {
    const { setups, seed, users, onOpen, isPlan, environment } = options;
    this.options = options;
    this.sides = setups
      .toSorted((a, b) => Number(a.id === "new") - Number(b.id === "new"))
      .map(
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
   * Starts the environments. Resolves once the first one exists, before its first deploy is done.
   */
  static async start(options: PlaygroundOptions): Promise<Playground> {
    const playground = new Playground(options);
    const [first, ...others] = playground.sides.toReversed();
    try {
      await first?.start();
    } catch (error) {
      await playground.close();
      throw error;
    }
    // Errors of the others are shown on the page. The first one continues.
    for (const side of others) side.start().catch(() => playground.#changed());
    return playground;
  }

  /** The setup with a running action. */
  get busy(): Side | undefined {
    return this.sides.find(({ current }) => current !== undefined);
  }

  /** Whether an action's fault is active in a setup. */
  isActive(action: Action): boolean {
    return this.sides.some((side) => side.isActive(action));
  }

  /** Begins an action in every setup where it is possible. @returns the reason if it is possible in none */
  act(name: string): Refusal | undefined {
    const action = actionOf(name);
    if (action === undefined) return unknown(name);
    const { busy } = this;
    if (busy) return conflict(`${busyWords(busy)}. One action at a time.`);
    if (this.isActive(action)) return conflict(`“${action.title}” is already active.`);
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

  /** Repairs a fault in every setup, at any time. @returns the reason if it is not active */
  undo(name: string): Refusal | undefined {
    const action = actionOf(name);
    if (action === undefined) return unknown(name);
    const broken = this.sides.filter((side) => side.isActive(action));
    if (broken.length === 0) return conflict(`“${action.title}” is not active.`);
    for (const side of broken) void side.repair(action);
    return undefined;
  }

  /** Subscribes to changes. @returns the unsubscribe function */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Closes everything. May be called again. */
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

/** The running action and its setup. */
export const busyWords = ({ current, title }: Side): string =>
  `“${current}” is under way in the ${title.toLowerCase()}`;

const unknown = (name: string): Refusal => {
  const known = actions.map(({ fault }) => fault.name).join(", ");
  return { kind: "unknown", message: `unknown action "${name}"; allowed: ${known}` };
};

const conflict = (message: string): Refusal => ({ kind: "conflict", message });
