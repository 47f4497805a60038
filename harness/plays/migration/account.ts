import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { redisImage, repositoryOf } from "../../ecs/index.ts";
import { APP, type Setup } from "../setups/setup.ts";
import { oldSetup, oldTemplate } from "../setups/old-setup.ts";
import { guestBook } from "../setups/environment-setup.ts";
import { synthesized } from "../setups/synthesized.ts";
import { changed, changedContainer, type Template } from "../setups/template.ts";
import { live, OLD_FOLDER, REHEARSAL_FOLDER } from "./live-environment.ts";
import { combined, fixedParts, withFixedParts } from "./templates.ts";

/** The existing resources that the environment uses: those of the old stack. */
const existing = {
  [live.network.vpcId]: "${aws_vpc.main.id}",
  [live.network.privateSubnetIds[0] ?? ""]: "${aws_subnet.a.id}",
  [live.network.privateSubnetIds[1] ?? ""]: "${aws_subnet.b.id}",
  [live.network.publicSubnetIds[0] ?? ""]: "${aws_subnet.a.id}",
  [live.network.publicSubnetIds[1] ?? ""]: "${aws_subnet.b.id}",
  [live.namespace.id]: "${aws_service_discovery_private_dns_namespace.main.id}",
  [live.fileSystem.id]: "${aws_efs_file_system.data.id}",
};

export interface OldStackOptions {
  /** The app's image. @default unchanged */
  readonly image?: string;
  /** Number of tasks. @default 1 */
  readonly count?: number;
}

/** The old stack with the team's namespace, and hosts that use the opened ports. */
export function oldStack({ image, count = 1 }: OldStackOptions = {}): Template {
  const { from, to } = live.cluster.dynamicPortRange;
  const ecsConfig = `#!/bin/bash\necho ECS_DYNAMIC_HOST_PORT_RANGE=${from}-${to} >> /etc/ecs/ecs.config\n`;
  const template = changed(oldTemplate(), (type, _, block) => {
    if (type === "aws_launch_template") {
      return { ...block, user_data: Buffer.from(ecsConfig).toString("base64") };
    }
    if (type === "aws_ecs_service") return { ...block, desired_count: count };
    return block;
  });
  const namespace = { main: { name: live.namespace.name, vpc: "${aws_vpc.main.id}" } };
  const whole = {
    ...template,
    resource: { ...template.resource, aws_service_discovery_private_dns_namespace: namespace },
  };
  return image === undefined ? whole : changedContainer(whole, APP, (app) => ({ ...app, image }));
}

/** The old stack without its service. Resources that others use stay. */
export function oldStackWithoutService(): Template {
  const gone = new Set(["aws_ecs_service", "aws_ecs_task_definition", "aws_efs_access_point"]);
  return changed(oldStack(), (type, _, block) => (gone.has(type) ? undefined : block));
}

export const liveStack = (environment: EnvironmentInput): Template =>
  synthesized({ live: environment }, "live");

/** The account: the old stack and the new stack's load balancer. */
export function account(old: Template, environment?: EnvironmentInput): Template {
  const fixed = fixedParts(liveStack(protectedLive));
  const other = environment === undefined ? fixed : withFixedParts(liveStack(environment), fixed);
  return combined(old, other, existing, "live_");
}

/** The environment with Redis data in a folder. */
export function liveIn(path: string): EnvironmentInput {
  return { ...live, fileSystem: { ...live.fileSystem, path, create: path === REHEARSAL_FOLDER } };
}

export const protectedLive: EnvironmentInput = {
  ...live,
  fileSystem: { ...live.fileSystem, path: OLD_FOLDER, create: false },
  protected: true,
};

export function oldInAccount(): Setup {
  const old = oldSetup();
  return {
    ...old,
    local: {
      ...old.local,
      template: account(oldStack()),
      images: { ...old.local.images, [repositoryOf(live.app.image)]: guestBook() },
    },
    release: () => account(oldStack({ image: live.app.image })),
  };
}

export function liveInAccount(): Setup {
  return {
    environment: "live",
    local: {
      template: account(oldStackWithoutService(), protectedLive),
      images: { redis: redisImage(), [repositoryOf(live.app.image)]: guestBook() },
      parameters: {},
      secrets: {},
    },
    services: { app: "live-app", redis: "live-redis" },
    password: "live-redis-password",
    srvName: `live-redis.${live.namespace.name}`,
    release: ({ tag }) => {
      const app = { ...live.app, image: `${repositoryOf(live.app.image)}:${tag}` };
      return account(oldStackWithoutService(), { ...protectedLive, app });
    },
  };
}
