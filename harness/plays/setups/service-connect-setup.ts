import { environmentSetup } from "./environment-setup.ts";
import { example } from "./example-environment.ts";
import { APP, REDIS, type Setup } from "./setup.ts";
import { type Block, changed, changedContainer, type Template } from "./template.ts";

/** The service of an app that is deployed before Redis. */
export const EARLY = "dev-app-early";
const CONNECTED = "dev-app-connect";

const NAMESPACE = "${aws_service_discovery_http_namespace.connect.arn}";
/** The name and port of Redis for clients. */
const ALIAS = { dns_name: "redis", port: 6379 };

/** Room for three apps on one host while another one is drained. */
const roomy = { dev: { ...example.dev, cluster: { instanceType: "t3.medium" } } };

/**
 * The environment dev with the app twice: users of one reach Redis through SRV records, users of its successor through
 * Service Connect. A third one is a client of Service Connect, too, and is deployed before Redis.
 */
export function serviceConnect(): Setup {
  const dev = environmentSetup("dev", { environments: roomy });
  const local = { ...dev.local, template: withConnect(dev.local.template) };
  const release: Setup["release"] = (given) => withConnect(dev.release(given));
  const connected = { ...dev, local, release, services: { ...dev.services, app: CONNECTED } };
  return { ...dev, local, release, successor: { ...connected, srvName: undefined } };
}

function withConnect(source: unknown): Template {
  const template = withEndpoint(source as Template);
  const { resource } = template;
  const services = resource["aws_ecs_service"] ?? {};
  const definition = connectedDefinition(template);
  const { load_balancer: _, ...app } = services["app_service"] ?? {};
  return {
    ...template,
    resource: {
      ...resource,
      aws_service_discovery_http_namespace: { connect: { name: "dev-connect" } },
      ...copied(resource, "aws_lb", "load_balancer_alb"),
      ...copied(resource, "aws_lb_target_group", "load_balancer_targets"),
      ...copied(resource, "aws_lb_listener", "load_balancer_http"),
      aws_ecs_task_definition: {
        ...resource["aws_ecs_task_definition"],
        connected: { ...definition, family: CONNECTED },
        early: { ...definition, family: EARLY },
      },
      aws_ecs_service: {
        ...services,
        connected: {
          ...renamed(services["app_service"] ?? {}),
          task_definition: "${aws_ecs_task_definition.connected.arn}",
          service_connect_configuration: { enabled: true, namespace: NAMESPACE },
        },
        early: {
          ...app,
          name: EARLY,
          desired_count: 1,
          task_definition: "${aws_ecs_task_definition.early.arn}",
          service_connect_configuration: { enabled: true, namespace: NAMESPACE },
          depends_on: ["aws_ecs_cluster_capacity_providers.cluster_capacity"],
          wait_for_steady_state: false,
        },
      },
    },
  };
}

/** Redis as a server of Service Connect, beside its SRV records. */
function withEndpoint(template: Template): Template {
  const named = changedContainer(template, REDIS, (redis) => ({
    ...redis,
    portMappings: [{ name: REDIS, containerPort: 6379, hostPort: 0, protocol: "tcp" }],
  }));
  return changed(named, (type, name, block) => {
    if (type !== "aws_ecs_service" || name !== "redis_service") return block;
    return {
      ...block,
      service_connect_configuration: {
        enabled: true,
        namespace: NAMESPACE,
        service: { port_name: REDIS, client_alias: ALIAS },
      },
      depends_on: [...(block["depends_on"] as string[]), "aws_ecs_service.early"],
    };
  });
}

/** The app's task definition with another URL of Redis. */
function connectedDefinition(template: Template): Block | undefined {
  const variable = { name: "REDIS_URL", value: `redis://${ALIAS.dns_name}:${ALIAS.port}` };
  const other = changedContainer(template, APP, (app) => {
    const { environment } = app as { readonly environment?: readonly { readonly name: string }[] };
    const rest = (environment ?? []).filter(({ name }) => name !== variable.name);
    return { ...app, environment: [...rest, variable] };
  });
  return other.resource["aws_ecs_task_definition"]?.["app_task_definition"];
}

/** Blocks of a type with a second one for the other app. */
const copied = (
  resource: Template["resource"],
  type: string,
  name: string,
): Template["resource"] => ({
  [type]: {
    ...resource[type],
    [name]: block(resource, type, name),
    connected: renamed(block(resource, type, name)),
  },
});

const block = (resource: Template["resource"], type: string, name: string): Block =>
  resource[type]?.[name] ?? {};

/** A block with the names and references of the other app. */
const renamed = (original: Block): Block =>
  JSON.parse(
    JSON.stringify(original)
      .replaceAll('"dev-app"', JSON.stringify(CONNECTED))
      .replaceAll(/(aws_lb\w*)\.load_balancer_\w+/g, "$1.connected"),
  ) as Block;
