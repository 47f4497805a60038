import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalEcs, Plan } from "../../ecs/index.ts";

/** The path of the package's command. npm links the command's name only after a build. */
const CLI = fileURLToPath(new URL("../../../runtime/dist/cjs/cli.js", import.meta.url));

/** Information about an environment. */
interface Known {
  readonly plan: Plan;
  readonly outside: ReadonlySet<string>;
}

interface Reader {
  /** The user's folder. */
  readonly here: string;
  /** Whether the user can type commands. */
  readonly hasCommands: boolean;
}

/** The URLs of an environment, the health checks of the app, and commands to copy. */
export function connectionInfo(
  ecs: Pick<LocalEcs, "loadBalancers" | "dnsServer" | "platform" | "whyNoMemoryLimits" | "secret">,
  known: Known,
  reader: Reader,
): string {
  const { loadBalancers, dnsServer, whyNoMemoryLimits: why } = ecs;
  const { plan } = known;
  const cli = `node ${quoted(shortest(CLI, reader.here))}`;
  const srv = [...plan.discovery.values()].filter(({ records }) =>
    records.some(({ type }) => type === "SRV"),
  );
  const server = `--server ${dnsServer}`;
  const redis = pings(known, ecs);
  return [
    "",
    ...loadBalancers.flatMap(listenersOf),
    ...healthChecks(plan).map((check) => line("health check", check)),
    line("DNS server", dnsServer),
    line("", whoAsks(ecs)),
    ...(why === undefined ? [] : [line("memory limits", `not applied: ${why}`)]),
    ...srv.map(({ name }) => {
      const { variable = "" } = redis.find(({ url }) => url.includes(`/${name}`)) ?? {};
      return line("SRV records", `${variable}${cli} doctor ${name} ${server}`);
    }),
    ...redis.flatMap(({ url, variable, note }) => [
      line("Redis", `${variable}${cli} ping ${url} ${server}`),
      ...note,
    ]),
    line(
      "",
      reader.hasCommands
        ? "type redeploy, kill TARGET or help, then Enter; Ctrl-C ends the run"
        : "Ctrl-C ends the run",
    ),
    "",
  ].join("\n");
}

/** The URL of a load balancer, and those of its listeners if there are several. */
function listenersOf({ name, url, listeners }: LocalEcs["loadBalancers"][number]): string[] {
  if (listeners.length < 2) return [line(name, url)];
  return listeners.map(({ port, url: at }) => line(`${name} :${port}`, at));
}

const line = (name: string, text: string): string => `  ${name.padEnd(14)} ${text}`;

/** The programs that use the DNS server by default, and why others do not. */
function whoAsks({ dnsServer, platform }: Pick<LocalEcs, "dnsServer" | "platform">): string {
  if (platform.resolvConf) return "all programs in containers use it by default";
  const reason = dnsServer.endsWith(":53")
    ? "/etc/resolv.conf cannot be mounted here"
    : "port 53 is taken or needs another user";
  return `only Node.js programs use it by default: ${reason}`;
}

function healthChecks({ services, targetGroups }: Plan): string[] {
  return services.flatMap(({ name, targets }) =>
    targets.flatMap(({ address }) => {
      const check = targetGroups.get(address)?.healthCheck;
      if (!check?.enabled) return [];
      return `${name} must answer GET ${check.path} with ${check.matcher}`;
    }),
  );
}

interface Ping {
  readonly url: string;
  readonly variable: string;
  readonly note: readonly string[];
}

/** Commands to reach each Redis in a container's REDIS_URL, with REDIS_PASSWORD if it has one. */
function pings({ plan, outside }: Known, ecs: Pick<LocalEcs, "secret">): Ping[] {
  const containers = [...plan.taskDefinitions.values()].flatMap((each) => each.containers);
  const byUrl = new Map<string, Ping>();
  for (const { environment, secrets } of containers) {
    const url = environment["REDIS_URL"] ?? "";
    // A URL with another scheme is for a Redis outside.
    if (!/^rediss?\+srv:/.test(url)) continue;
    const password = secrets.find(({ name }) => name === "REDIS_PASSWORD");
    const name = password?.secret ?? "";
    const isOutside = outside.has(name) || outside.has(password?.otherwise ?? "");
    const isPlain = password !== undefined && password.key === undefined && !isOutside;
    const note =
      password === undefined
        ? []
        : isPlain
          ? [line("", "this password is only for this run")]
          : [line("", `set REDIS_PASSWORD to the secret ${name} first`)];
    const variable = isPlain ? `REDIS_PASSWORD=${quoted(ecs.secret(name))} ` : "";
    byUrl.set(url, { url, variable, note });
  }
  return [...byUrl.values()];
}

function shortest(path: string, from: string): string {
  const way = relative(from, path);
  return way.length < path.length ? way : path;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
