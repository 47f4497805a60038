import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalEcs, Plan } from "../../ecs/index.ts";

/** The command of the package as it was built here: npm links its name only once there is a build. */
const CLI = fileURLToPath(new URL("../../../runtime/dist/cli.js", import.meta.url));

/** What is known of an environment beside its state. */
interface Known {
  readonly plan: Plan;
  /** Secrets that exist outside the template. */
  readonly outside: ReadonlySet<string>;
}

interface Reader {
  /** The folder where the user is. */
  readonly here: string;
  /** Whether a person can type commands. */
  readonly hasCommands: boolean;
}

/** Where the environment is reached, what the app must answer, and commands to look at it, ready to be pasted. */
export function connectionInfo(
  ecs: Pick<LocalEcs, "loadBalancers" | "dnsServer" | "platform" | "secret">,
  known: Known,
  reader: Reader,
): string {
  const { loadBalancers, dnsServer } = ecs;
  const { plan } = known;
  const cli = `node ${quoted(shortest(CLI, reader.here))}`;
  const srv = [...plan.discovery.values()].filter(({ records }) =>
    records.some(({ type }) => type === "SRV"),
  );
  const server = `--server ${dnsServer}`;
  return [
    "",
    ...loadBalancers.map(({ name, url }) => line(name, url)),
    ...healthChecks(plan).map((check) => line("health check", check)),
    line("DNS server", dnsServer),
    line("", whoAsks(ecs)),
    ...srv.map(({ name }) => line("SRV records", `${cli} lookup ${name} ${server}`)),
    ...pings(known, ecs).flatMap(({ url, variable, note }) => [
      line("Redis", `${variable}${cli} ping ${url} ${server}`),
      ...note,
    ]),
    line(
      "",
      reader.hasCommands
        ? "type redeploy, kill TARGET or help, and Enter; Ctrl-C ends it"
        : "Ctrl-C ends it",
    ),
    "",
  ].join("\n");
}

const line = (name: string, text: string): string => `  ${name.padEnd(14)} ${text}`;

/** Which programs need not be told the server, and why not all, where it is so. */
function whoAsks({ dnsServer, platform }: Pick<LocalEcs, "dnsServer" | "platform">): string {
  if (platform.resolvConf) return "programs in any language ask it by themselves";
  const reason = dnsServer.endsWith(":53")
    ? "no /etc/resolv.conf can be mounted here"
    : "port 53 is taken, or needs another user";
  return `only Node.js programs ask it by themselves: ${reason}`;
}

/** The health checks that a program must answer before it gets requests. */
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
  /** The assignment of the password, before the command. */
  readonly variable: string;
  readonly note: readonly string[];
}

/** How each Redis is reached that a container is given by REDIS_URL, and REDIS_PASSWORD where it has one. */
function pings({ plan, outside }: Known, ecs: Pick<LocalEcs, "secret">): Ping[] {
  const containers = [...plan.taskDefinitions.values()].flatMap((each) => each.containers);
  const byUrl = new Map<string, Ping>();
  for (const { environment, secrets } of containers) {
    const url = environment["REDIS_URL"] ?? "";
    // Another scheme leads to a Redis that is not here.
    if (!/^rediss?\+srv:/.test(url)) continue;
    const password = secrets.find(({ name }) => name === "REDIS_PASSWORD");
    const name = password?.secret ?? "";
    const isOutside = outside.has(name) || outside.has(password?.otherwise ?? "");
    const isPlain = password !== undefined && password.key === undefined && !isOutside;
    const note =
      password === undefined
        ? []
        : isPlain
          ? [line("", "this password exists in this run alone")]
          : [line("", `set REDIS_PASSWORD to the secret ${name} first`)];
    const variable = isPlain ? `REDIS_PASSWORD=${quoted(ecs.secret(name))} ` : "";
    byUrl.set(url, { url, variable, note });
  }
  return [...byUrl.values()];
}

/** A path as it is shortest to type. */
function shortest(path: string, from: string): string {
  const way = relative(from, path);
  return way.length < path.length ? way : path;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
