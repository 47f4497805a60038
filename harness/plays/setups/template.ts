/** Blocks by type and name. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;
export type Block = Readonly<Record<string, unknown>>;

/** A Terraform root module in JSON. */
export interface Template {
  readonly resource: Blocks;
  readonly ephemeral?: Blocks;
  readonly data?: Blocks;
  readonly [section: string]: unknown;
}

/** The template with some of its resources changed, or gone where the change gives undefined. */
export function changed(
  template: Template,
  change: (type: string, name: string, block: Block) => Block | undefined,
): Template {
  const resource = Object.fromEntries(
    Object.entries(template.resource).map(([type, blocks]) => {
      const kept = Object.entries(blocks).flatMap(([name, block]) => {
        const after = change(type, name, block);
        return after === undefined ? [] : [[name, after] as const];
      });
      return [type, Object.fromEntries(kept)];
    }),
  );
  return { ...template, resource };
}

/** The type of a Redis that AWS runs. */
export const MANAGED = "aws_elasticache_replication_group";

/** Names of a Redis that AWS runs, which only AWS knows, for where nothing dials them: always the same. */
export function endpointsOf({ resource }: Template): Record<string, string> {
  const names = Object.keys(resource[MANAGED] ?? {});
  return Object.fromEntries(
    names.map((name) => [`${MANAGED}.${name}.primary_endpoint_address`, "elasticache.invalid"]),
  );
}

/** A container as a task definition has it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly healthCheck?: object;
}

/** The template with every container of a name changed. */
export function changedContainer(
  template: Template,
  name: string,
  change: (container: Container) => object,
): Template {
  return changed(template, (type, _, block) => {
    if (type !== "aws_ecs_task_definition") return block;
    const containers = JSON.parse(String(block["container_definitions"])) as Container[];
    const after = containers.map((each) => (each.name === name ? change(each) : each));
    return { ...block, container_definitions: JSON.stringify(after) };
  });
}
