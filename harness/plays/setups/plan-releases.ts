import type { Template } from "../../ecs/index.ts";
import type { Role } from "./plan-roles.ts";
import type { Release } from "./setup.ts";
import type { Container } from "./template.ts";

type Module = Template["module"];

/** The releases of a plan's app: first those of the plans, then other tags of its image. */
export class PlanReleases {
  readonly #planned: Module[];
  readonly #app: Role;
  /** The state after the last good release. */
  #current: Module;

  constructor(first: Module, next: readonly Module[], app: Role) {
    this.#current = first;
    this.#planned = [...next];
    this.#app = app;
  }

  release({ tag, command }: Release): Module {
    // A release with a command is temporary.
    if (command !== undefined) return this.#changed({ tag, command });
    this.#current = this.#planned.shift() ?? this.#changed({ tag });
    return this.#current;
  }

  #changed({ tag, command }: Release): Module {
    const { service, container } = this.#app;
    const block = this.#current.blocks.get(service.taskDefinition);
    if (!block) throw new Error(`${service.taskDefinition} is missing`);
    const text = String(block.arguments["container_definitions"]);
    const definitions = (JSON.parse(text) as Container[]).map((each) =>
      each.name === container.name
        ? { ...each, image: tagged(each.image, tag), ...(command && { command }) }
        : each,
    );
    const changed = {
      ...block,
      arguments: { ...block.arguments, container_definitions: JSON.stringify(definitions) },
    };
    return {
      ...this.#current,
      blocks: new Map([...this.#current.blocks, [service.taskDefinition, changed]]),
    };
  }
}

const tagged = (image: string, tag: string): string =>
  `${image.replace(/@.*$/, "").replace(/:[^:/]*$/, "")}:${tag}`;
