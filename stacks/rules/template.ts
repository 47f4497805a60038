export type Body = Readonly<Record<string, unknown>>;

export interface Resource {
  /** Address in Terraform, for example `aws_ecs_service.redis_service`. */
  readonly address: string;
  readonly type: string;
  readonly body: Body;
}

/** A synthesized environment, with lookups of resources by type and by reference. */
export class Template {
  readonly json: Body;
  readonly resources: readonly Resource[];
  private readonly byAddress = new Map<string, Resource>();

  constructor(json: Body) {
    this.json = json;
    for (const [type, byId] of Object.entries(asBody(json["resource"]))) {
      for (const [id, body] of Object.entries(asBody(byId))) {
        const address = `${type}.${id}`;
        this.byAddress.set(address, { address, type, body: asBody(body) });
      }
    }
    this.resources = [...this.byAddress.values()];
  }

  all(...types: readonly string[]): readonly Resource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  /** The resource of a reference `${type.id.attribute}` or `type.id`; undefined if the template does not create it. */
  find(reference: unknown): Resource | undefined {
    const found = /^(?:\$\{)?(\w+\.\w+)(?:\.\w+)*\}?$/.exec(String(reference));
    return this.byAddress.get(String(found?.[1]));
  }

  /** Whether the address of a resource, data source or ephemeral value is declared. */
  declares(address: string): boolean {
    if (this.byAddress.has(address)) return true;
    const [block, type, id] = address.split(".");
    return asBody(asBody(this.json[String(block)])[String(type)])[String(id)] !== undefined;
  }
}

/** The value at a dotted path. Items of lists are addressed by index: `at(body, "volume.0.name")`. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => {
    // A block that may occur once is an object or a list with one item.
    if (Array.isArray(inner) && !/^\d+$/.test(key)) return at(inner[0], key);
    return asBody(inner)[key];
  }, value);
}

/** Normalizes blocks to a list: undefined, one object, or a list. */
export function blocks(value: unknown): readonly Body[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map((block) => asBody(block));
}

/** Returns a string unchanged, and "" for other values. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** All strings inside `value`, with their dotted paths. */
export function* strings(value: unknown, path = ""): Generator<[path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* strings(inner, path === "" ? key : `${path}.${key}`);
  }
}

/** Parses JSON; undefined if it is invalid. */
export function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value)) as unknown;
  } catch {
    return undefined;
  }
}

/** The statements of a policy document in a string. */
export function statements(policy: unknown): readonly Body[] {
  return blocks(asBody(parsed(policy))["Statement"]);
}

/** Whether a policy statement contains an action. */
export function isAbout(statement: Body, action: string): boolean {
  return [statement["Action"]].flat().includes(action);
}

export function asBody(value: unknown): Body {
  return typeof value === "object" && value !== null ? (value as Body) : {};
}
