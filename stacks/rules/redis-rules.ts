import { maxmemoryOf } from "./maxmemory.ts";
import { healthCheckOf, inRedis } from "./redis-finding.ts";
import { finding, type Rule } from "./rule.ts";
import { efsMounts, redisServicesOf, redisTasksOf, secretNames, tasksOf } from "./tasks.ts";
import { at, blocks, texts } from "./template.ts";

const oneTask: Rule = {
  id: "one-redis-task",
  title: "A deploy stops the old Redis before it starts the new one",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html",
  remedy:
    "desired_count 1, or 0 to stop it, deployment_minimum_healthy_percent 0, deployment_maximum_percent 100, availability_zone_rebalancing DISABLED",
  *check(template) {
    const wanted = {
      deployment_minimum_healthy_percent: 0,
      deployment_maximum_percent: 100,
      availability_zone_rebalancing: "DISABLED",
    };
    for (const service of redisServicesOf(template)) {
      if (![0, 1].includes(Number(service.body["desired_count"]))) {
        yield finding(service, "desired_count");
      }
      for (const [field, value] of Object.entries(wanted)) {
        if (service.body[field] !== value) yield finding(service, field);
      }
    }
  },
};

const writerLock: Rule = {
  id: "writer-lock",
  title:
    "Redis holds a lock in its data directory while it runs: ECS sometimes runs two tasks at once, and two servers on one directory lose acknowledged writes",
  source: "https://github.com/aws/containers-roadmap/issues/959",
  remedy:
    "sh -c with the lines exec 9<>DATA/.writer.lock, flock -w SECONDS 9 || exit 75, and exec redis-server ..., where DATA is the mounted path",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const { command } = task.redis;
      const data =
        /exec 9<>(\S+)\/\.writer\.lock[;\n][^]*flock -w \d+ 9 \|\|[^;\n]*exit 75\b[^]*exec (?:\\\n|[^\n])*(?:redis|valkey)-server/.exec(
          command,
        )?.[1];
      const paths = efsMounts(task, task.redis).map(({ path }) => path);
      const isShell = /^(\/bin\/)?sh\n-c\n/.test(command);
      if (data === undefined || !isShell || (paths.length > 0 && !paths.includes(data))) {
        yield inRedis(task, "command", command);
      }
    }
  },
};

const writerEnds: Rule = {
  id: "writer-ends",
  title:
    "A Redis that lost its lock while its host could not reach EFS is ended: otherwise two servers would append to one file",
  source: "https://datatracker.ietf.org/doc/html/rfc8881#section-8.4.3",
  remedy:
    "the command writes HOSTNAME next to the lock after it has taken it, and the health check ends a server that finds another name: timeout ... cat DATA/.writer, and redis-cli shutdown nosave",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const { command } = task.redis;
      const written = /flock -w[^]*\necho "\$HOSTNAME" >(\S+\/\.writer)\s/.exec(command)?.[1];
      if (written === undefined) yield inRedis(task, "command", command);
      const check = healthCheckOf(task);
      const read = /timeout [^\n]* cat (\S+\/\.writer)\)[^]* shutdown nosave/.exec(check)?.[1];
      if (written !== undefined && read !== written) {
        yield inRedis(task, "healthCheck.command", check);
      }
    }
  },
};

const timesInOrder: Rule = {
  id: "times-in-order",
  title:
    "An old Redis is killed before the new one stops waiting for its lock, and the new one does not become unhealthy while it waits",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
  remedy: "120 <= stopTimeout < seconds of flock -w < healthCheck.startPeriod <= 300",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const stop = Number(task.redis.body["stopTimeout"]);
      const wait = Number(/flock -w (\d+)/.exec(task.redis.command)?.[1]);
      const start = Number(at(task.redis.body, "healthCheck.startPeriod"));
      if (!(120 <= stop && stop < wait && wait < start && start <= 300)) {
        const got = `stopTimeout ${stop}, lock wait ${wait}, startPeriod ${start}`;
        yield inRedis(task, "stopTimeout", got);
      }
    }
  },
};

const lockableImage: Rule = {
  id: "lockable-image",
  title: "The image's flock can wait for the lock. BusyBox's cannot",
  source: "https://git.busybox.net/busybox/tree/util-linux/flock.c",
  remedy: "a Debian image with a version, not alpine, busybox or latest",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const image = String(task.redis.body["image"]);
      // A tag or a digest.
      const isExplicit = /:[\w.-]+$/.test(image) && !image.endsWith(":latest");
      if (/alpine|busybox/i.test(image) || !(isExplicit || image.startsWith("${"))) {
        yield inRedis(task, "image");
      }
    }
  },
};

const healthyWhileLoading: Rule = {
  id: "healthy-while-loading",
  title:
    "Redis is healthy while it loads its data: otherwise it would be killed and start loading again",
  source: "https://redis.io/docs/latest/commands/ping/",
  remedy:
    "a health check that accepts the replies PONG and LOADING: redis-cli ping exits with 0 for any reply, and with -e it exits with 1 while loading",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const check = healthCheckOf(task);
      const looks = /PONG/.test(check) && /LOADING/.test(check);
      if (!looks || /\bcli\b[^|\n]* -e\b/.test(check))
        yield inRedis(task, "healthCheck.command", check);
    }
  },
};

const durableOptions = [/--appendonly yes/, /--appendfsync "?(?:everysec|always)/, /--save ""/];

const durable: Rule = {
  id: "durable-writes",
  title: "Redis writes an append-only file and no snapshots, so SIGTERM loses nothing",
  source: "https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/",
  remedy: '--appendonly yes --appendfsync everysec (or always) --save ""',
  check: (template) =>
    redisTasksOf(template)
      .filter(({ redis: { command } }) => !durableOptions.every((each) => each.test(command)))
      .map((task) => inRedis(task, "command", task.redis.command)),
};

const passwordRequired: Rule = {
  id: "password-required",
  title:
    "Redis requires a password and accepts a second one for rotation, and no process list shows them. The official image turns protected mode off",
  source: "https://redis.io/docs/latest/operate/oss_and_stack/management/security/",
  remedy:
    'user default on ... with hashes of $REDIS_PASSWORD and $REDIS_PASSWORD_B on standard input of redis-server --include /dev/stdin ("-" works only as the first or last argument, and an entrypoint may add others), and both passwords and REDISCLI_AUTH, for redis-cli, in the secrets',
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const read =
        /-server (?:\\\n|[^\n])*--include \/dev\/stdin (?:\\\n|[^\n])*<<END\nuser default on [^\n]* #\$\(hash "\$REDIS_PASSWORD"\) #\$\(hash "\$REDIS_PASSWORD_B"\)\n/;
      if (!read.test(task.redis.command)) {
        yield inRedis(task, "command", task.redis.command);
      }
      const names = secretNames(task.redis);
      if (
        !["REDIS_PASSWORD", "REDIS_PASSWORD_B", "REDISCLI_AUTH"].every((name) =>
          names.includes(name),
        )
      ) {
        yield inRedis(task, "secrets", names);
      }
    }
  },
};

const memoryForFork: Rule = {
  id: "memory-for-fork",
  title: "Redis uses at most 75 % of its container's memory for data. A fork needs the rest",
  source:
    "https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/memory-optimization/",
  remedy: "--maxmemory of at most three quarters of the container's memory",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const max = maxmemoryOf(task);
      const memory = Number(task.redis.body["memory"]);
      if (!(max <= memory * 0.75)) yield inRedis(task, "command", `${max} of ${memory} MiB`);
    }
  },
};

const filesForClients: Rule = {
  id: "files-for-clients",
  title: "Redis may open enough files for 10 000 clients",
  source: "https://redis.io/docs/latest/develop/reference/clients/",
  remedy: "ulimits with nofile above 10032",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const files = blocks(task.redis.body["ulimits"]).find(({ name }) => name === "nofile");
      if (!(Number(files?.["softLimit"]) > 10_032)) yield inRedis(task, "ulimits");
    }
  },
};

const dataOwner: Rule = {
  id: "data-owner",
  title: "Redis runs as the owner of its folder on EFS",
  source: "https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html",
  remedy:
    "the same ids in the container's user and in posix_user and creation_info of the access point",
  *check(template) {
    for (const task of redisTasksOf(template)) {
      const user = String(task.redis.body["user"]);
      for (const { efs } of efsMounts(task, task.redis)) {
        const point = template.find(at(efs, "authorization_config.access_point_id"));
        if (point === undefined) continue;
        const { posix_user: owner } = point.body;
        if (user !== `${String(at(owner, "uid"))}:${String(at(owner, "gid"))}`) {
          yield inRedis(task, "user");
        }
      }
    }
  },
};

const appAfterRedis: Rule = {
  id: "app-after-redis",
  title: "In the first deploy, services that use Redis' password start after Redis is stable",
  source: "https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on",
  remedy: "depends_on with the service of Redis in the app's service",
  *check(template) {
    const redis = redisServicesOf(template);
    const users = tasksOf(template)
      .filter(({ containers }) =>
        containers.some((each) => secretNames(each).includes("REDIS_PASSWORD")),
      )
      .flatMap(({ services }) => services);
    for (const service of users) {
      if (redis.includes(service)) continue;
      const needs = texts(service.body["depends_on"]);
      if (!redis.every(({ address }) => needs.includes(address))) {
        yield finding(service, "depends_on");
      }
    }
  },
};

/** Redis in a container: one writer, health check, durability, memory and passwords. */
export const redisRules: readonly Rule[] = [
  oneTask,
  writerLock,
  writerEnds,
  timesInOrder,
  lockableImage,
  healthyWhileLoading,
  durable,
  passwordRequired,
  memoryForFork,
  filesForClients,
  dataOwner,
  appAfterRedis,
];
