import type { LocalImages, Plan } from "../../../ecs/index.ts";
import { HERE, UsageError } from "../../../../command-line/options.ts";
import { shell } from "../images/local-images.ts";
import type { AdjustmentOptions } from "../options/options.ts";

type Service = Plan["services"][number];
type Definition = Plan["taskDefinitions"] extends ReadonlyMap<string, infer Each> ? Each : never;

/** The image that stands for a container's own command. Its end is no name of Redis, and none that the user gives. */
const ownImage = (name: string): string => `local-ecs/container/${name}/command`;

/** Changes plans as the options say. */
export class Adjustments {
  /** The images of replaced containers. */
  readonly images: LocalImages;
  readonly #options: Required<AdjustmentOptions>;
  readonly #seen = { services: new Set<string>(), containers: new Set<string>() };

  constructor({ container = {}, without = [], count = {} }: AdjustmentOptions) {
    this.#options = { container, without, count };
    const images = Object.entries(container).map(([name, line]) => [
      ownImage(name),
      shell(line, HERE),
    ]);
    this.images = Object.fromEntries(images) as LocalImages;
  }

  /** The plan with the changes. */
  readonly adjust = (plan: Plan): Plan => {
    const { without, count } = this.#options;
    const definitions = new Map(plan.taskDefinitions);
    for (const { name, taskDefinition } of plan.services) {
      this.#seen.services.add(name);
      const definition = definitions.get(taskDefinition);
      if (definition) definitions.set(taskDefinition, this.#definition(name, definition));
    }
    const services = plan.services.filter(({ name }) => !without.includes(name));
    const run = new Set(services.map(({ taskDefinition }) => taskDefinition));
    for (const { taskDefinition } of plan.services) {
      if (!run.has(taskDefinition)) definitions.delete(taskDefinition);
    }
    const left = new Set(services.map(({ address }) => address));
    return {
      ...plan,
      taskDefinitions: definitions,
      services: services.map((service): Service => ({
        ...service,
        desiredCount: count[service.name] ?? service.desiredCount,
        dependsOn: service.dependsOn.filter((address) => left.has(address)),
        targets: this.#kept(service, service.targets),
        registries: this.#kept(service, service.registries),
      })),
    };
  };

  /** @throws UsageError for a name that no plan has had */
  check(): void {
    const { container, without, count } = this.#options;
    const { services, containers } = this.#seen;
    const all = new Set([...services, ...containers]);
    const given = [
      ...Object.keys(container).map((name) => ["container", name, containers] as const),
      ...without.map((name) => ["without", name, all] as const),
      ...Object.keys(count).map((name) => ["count", name, services] as const),
    ];
    const wrong = given.find(([, name, known]) => !known.has(name));
    if (wrong === undefined) return;
    const [option, name, known] = wrong;
    const list = [...known].join(", ") || "none";
    throw new UsageError(`error: option --${option} ${name}: not in the plan; allowed: ${list}`);
  }

  #definition(service: string, definition: Definition): Definition {
    const { container: commands, without } = this.#options;
    const names = definition.containers.map(({ name }) => name);
    for (const name of names) this.#seen.containers.add(`${service}/${name}`);
    const gone = new Set(names.filter((name) => without.includes(`${service}/${name}`)));
    const left = definition.containers.filter(({ name }) => !gone.has(name));
    if (gone.size > 0 && !left.some(({ essential }) => essential)) {
      const [name] = gone;
      throw new UsageError(
        `error: option --without ${service}/${name}: its task has no other essential container; leave the service out: --without ${service}`,
      );
    }
    const containers = left.map((container) => {
      const name = `${service}/${container.name}`;
      const isReplaced = commands[name] !== undefined;
      return {
        ...container,
        ...(isReplaced && { image: ownImage(name), entryPoint: undefined, command: undefined }),
        dependsOn: container.dependsOn.filter(({ containerName }) => !gone.has(containerName)),
        links: container.links.filter((link) => !gone.has(link.split(":")[0] ?? "")),
      };
    });
    return { ...definition, containers };
  }

  #kept({ name }: Service, references: Service["targets"]): Service["targets"] {
    const { without } = this.#options;
    return references.filter(({ containerName }) => !without.includes(`${name}/${containerName}`));
  }
}
