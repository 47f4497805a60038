import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { synthesizedText } from "../../../stacks/synthesize.ts";

export type Resource = Readonly<Record<string, unknown>>;

/** The JSON of a synthesized environment. */
export interface Template {
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>> & {
    readonly resource: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
    readonly data?: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
  };
}

/** Only the required fields. */
export const minimalEnvironment = {
  account: "123456789012",
  region: "eu-west-1",
  network: { cidr: "10.0.0.0/16" },
  app: { image: "example.com/app:1", loadBalancer: { healthCheck: { path: "/healthz" } } },
} satisfies EnvironmentInput;

/** Network, cluster, namespace and file system exist; only services are created. */
export const existingParts = {
  network: { vpcId: "vpc-0a1b", privateSubnetIds: ["subnet-0a", "subnet-0b"] },
  cluster: {
    name: "games",
    instanceSecurityGroupIds: ["sg-01", "sg-02"],
    dynamicPortRange: { from: 32_768, to: 49_000 },
  },
  namespace: { id: "ns-0123", name: "dev-ecs", vpcId: "vpc-0a1b" },
  fileSystem: { id: "fs-0123", securityGroupId: "sg-0e", path: "/games/redis" },
} satisfies Partial<EnvironmentInput>;

/** Cache that the test files of a worker share, so that each template is synthesized once. */
const synthesized = new Map<string, Template>();

/** A restored file system that replaces a created one. */
export const restoredFileSystem = {
  id: "fs-0123",
  securityGroupId: "sg-0e",
  path: "/redis",
  restored: true,
} satisfies EnvironmentInput["fileSystem"];

/** Synthesizes `environments` and reads one of them back from its file. */
export function templateOf(environments: unknown, name: string): Template {
  const key = JSON.stringify([environments, name]);
  const template = synthesized.get(key) ?? synthesizedNow(environments, name);
  synthesized.set(key, template);
  return template;
}

function synthesizedNow(environments: unknown, name: string): Template {
  const text = synthesizedText(environments, name);
  return { text, json: JSON.parse(text) as Template["json"] };
}

const registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

/** No NAT: images must be in ECR. */
export const withoutNat = {
  network: { cidr: "10.0.0.0/16", nat: "none" },
  redis: { image: `${registry}/redis:8.0.4` },
  app: { ...minimalEnvironment.app, image: `${registry}/app:1` },
} satisfies Partial<EnvironmentInput>;

/** An external Redis. */
export const external = {
  redis: {
    kind: "external",
    url: "rediss://redis.example.com:6380",
    password: { ssmParameter: "/pw" },
  },
} satisfies Partial<EnvironmentInput>;

/** Required settings of a protected environment. */
export const protectedParts = {
  protected: true,
  state: { kind: "s3", bucket: "states" },
  app: {
    ...minimalEnvironment.app,
    loadBalancer: { ...minimalEnvironment.app.loadBalancer, plainHttp: true },
  },
} satisfies Partial<EnvironmentInput>;

/**
 * The template of an environment `dev`: `minimalEnvironment` with `changes`, and with `protectedParts` if it is
 * protected.
 */
export function devWith(changes: Partial<EnvironmentInput> = {}): Template {
  const needed = changes.protected === true ? protectedParts : {};
  return templateOf({ dev: { ...minimalEnvironment, ...needed, ...changes } }, "dev");
}

export function all(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.json.resource[type] ?? {});
}

/** The resource `type.id`; without an id, the only one of its type. */
export function one(template: Template, type: string, id?: string): Resource {
  const found = all(template, type).filter(([each]) => id === undefined || each === id);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    const wanted = id === undefined ? `exactly one ${type}` : `${type}.${id}`;
    throw new Error(`no ${wanted} among ${Object.keys(template.json.resource).join(", ")}`);
  }
  return first[1];
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly healthCheck?: {
    readonly command: readonly string[];
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod: number;
  };
  readonly stopTimeout: number;
  readonly [field: string]: unknown;
}

/** A container of a service's task definition, `redis` or `app`. @param name by default that of the service */
export function container(
  template: Template,
  service: string,
  name = service,
): ContainerDefinition {
  const definition = one(template, "aws_ecs_task_definition", `${service}_task_definition`);
  const containers = JSON.parse(
    String(definition["container_definitions"]),
  ) as ContainerDefinition[];
  const found = containers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no container ${name} in ${service}`);
  return found;
}

/** The plain variables of a container, by name. */
export function variablesOf({ environment }: ContainerDefinition): Record<string, string> {
  return Object.fromEntries(environment.map(({ name, value }) => [name, value]));
}
