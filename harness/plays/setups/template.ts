/** Blocks by type and name. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;
export type Block = Readonly<Record<string, unknown>>;

export interface Template {
  readonly resource: Blocks;
  readonly ephemeral?: Blocks;
  readonly data?: Blocks;
  readonly [section: string]: unknown;
}

/** The template with changed resources. A resource is removed if the change returns undefined. */
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

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly healthCheck?: object;
}

/** Changes every container with a given name. */
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
