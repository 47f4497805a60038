import { formatEndpoint } from "../base/errors.ts";
import { withoutTrailingDot } from "../base/name.ts";
import type { CloudMapClient } from "../cloud-map/api.ts";
import { settingsOf } from "../dns/resolver.ts";
import { formatServer } from "../dns/servers.ts";
import { checkCloudMap, cloudMapApi } from "./cloud-map.ts";
import type { Login } from "./redis.ts";
import { type ServerCheck, askServer, explainAbsence, serverFindings } from "./servers.ts";
import { ADVICE, type Client, type TargetCheck, checkTargets, clientFor } from "./targets.ts";

export interface ExamineOptions {
  /** As in `dnsResolver`; the system's by default. */
  readonly servers?: readonly string[] | undefined;
  /** For everything, in ms. */
  readonly timeout: number;
  /** Whether clients of Redis use TLS; by default if Redis does. */
  readonly tls?: boolean | undefined;
  readonly login?: Login | undefined;
  /** Search domains; the system's by default. */
  readonly domains?: readonly string[];
  /** By default one of the environment, and none outside of AWS. */
  readonly cloudMap?: CloudMapClient;
}

/** What a client does with the answer of the first server that gives one: the endpoint to connect to, or why there is none. */
interface Dial {
  readonly client: Client;
  readonly endpoint?: string;
  readonly error?: string;
}

export type Examination = Awaited<ReturnType<typeof examine>>;

/** Asks every server, dials every target as a client does, and says what it found. */
export async function examine(name: string, options: ExamineOptions) {
  const { timeout, tls, login, domains = [] } = options;
  const given = options.servers === undefined ? {} : { servers: options.servers };
  const addresses = settingsOf(given).servers.inOrder().map(formatServer);
  const api = await cloudMapApi(options.cloudMap);
  const deadline = performance.now() + timeout;
  // A server that never answers leaves time for the targets.
  const third = Math.ceil(timeout / 3);
  const [servers, cloudMap] = await Promise.all([
    Promise.all(addresses.map((address) => askServer(address, name, third))),
    api && checkCloudMap(name, api, third),
  ]);
  const answering = servers.find(({ error }) => error === undefined);
  const knowing = servers.find((server) => server.targets.length > 0);
  const targets = knowing ? await checkTargets(knowing, { name, tls, login, deadline }) : [];
  const client = clientFor(name, targets, tls);
  const dial = dialOf(client, answering, targets);

  const findings = serverFindings(servers);
  if (answering !== undefined && knowing === undefined) {
    findings.push(await explainAbsence(name, answering, cloudMap, domains, third));
  }
  if (cloudMap?.code === "cloud-map") {
    const { code, error: message = "", advice = "" } = cloudMap;
    findings.push({ level: "warning", code, message, advice });
  }
  for (const target of targets) {
    const { code, error } = target;
    if (code === undefined || isUsable(target, client)) continue;
    const level = dial.error === undefined ? "warning" : "problem";
    const message = `${endpointOf(target)}: ${error}.`;
    findings.push({ level, code, message, advice: ADVICE[code] });
  }
  if (tls === undefined && client === "Redis with TLS") {
    const advice = `Use rediss+srv://${withoutTrailingDot(name)}, or the option tls.`;
    findings.push({ level: "note", code: "tls", message: "Redis speaks TLS here.", advice });
  }
  const levels = ["problem", "warning", "note"];
  findings.sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  return { name, servers, targets, cloudMap, dial, findings };
}

function dialOf(
  client: Client,
  answering: ServerCheck | undefined,
  targets: readonly TargetCheck[],
): Dial {
  if (answering === undefined) return { client, error: "no DNS server gives an answer" };
  const { server, denial } = answering;
  if (denial !== undefined) return { client, error: `${server} ${denial}` };
  const usable = targets.find((target) => isUsable(target, client));
  if (usable !== undefined) return { client, endpoint: endpointOf(usable) };
  const errors = targets.map((target) => `${endpointOf(target)}: ${target.error}`);
  return { client, error: errors.join("; ") || "the service is not available (its target is .)" };
}

function isUsable({ service, code }: TargetCheck, client: Client): boolean {
  // Of other services, a connection is all that can be checked.
  if (client === "TCP") return !["no-address", "refused", "unreachable"].includes(code ?? "");
  const isTls = service === "Redis over TLS";
  return code === undefined && isTls === (client === "Redis with TLS");
}

export function endpointOf({ host, port, addresses }: TargetCheck): string {
  return formatEndpoint(host, port, addresses.join(", ") || host);
}
