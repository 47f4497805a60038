import { formatEndpoint } from "../base/errors.ts";
import { settingsOf } from "../dns/resolver.ts";
import { formatServer } from "../dns/servers.ts";
import type { Client, Login } from "./redis.ts";
import { type ServerCheck, askServer, explainAbsence, serverFindings } from "./servers.ts";
import { ADVICE, type TargetCheck, checkTargets } from "./targets.ts";

export interface ExamineOptions {
  /** As in `dnsResolver`; the system's by default. */
  readonly servers?: readonly string[] | undefined;
  /** For everything, in ms. */
  readonly timeout: number;
  readonly client: Client;
  readonly login?: Login | undefined;
}

export type Examination = Awaited<ReturnType<typeof examine>>;

/** Asks every server, dials every target as a client does, and says what it found. */
export async function examine(name: string, options: ExamineOptions) {
  const { timeout, client, login } = options;
  const given = options.servers === undefined ? {} : { servers: options.servers };
  const addresses = settingsOf(given).servers.inOrder().map(formatServer);
  const started = performance.now();
  // A server that never answers leaves time for the targets.
  const third = Math.ceil(timeout / 3);
  const servers = await Promise.all(addresses.map((address) => askServer(address, name, third)));
  const answering = servers.find(({ error }) => error === undefined);
  const knowing = servers.find((server) => server.targets.length > 0);
  const left = timeout - Math.ceil(performance.now() - started);
  const dialing = { client, name, login, timeout: Math.max(1, left) };
  const targets = knowing ? await checkTargets(knowing, dialing) : [];
  const dial = { client, ...outcomeOf(answering, targets) };

  const findings = serverFindings(servers);
  if (answering !== undefined && knowing === undefined) {
    findings.push(await explainAbsence(name, answering, third));
  }
  for (const target of targets) {
    const { code, error } = target;
    if (code === undefined) continue;
    const level = dial.error === undefined ? "warning" : "problem";
    const message = `${endpointOf(target)}: ${error}.`;
    findings.push({ level, code, message, advice: ADVICE[code] });
  }
  const levels = ["problem", "warning", "note"];
  findings.sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  return { name, servers, targets, dial, findings };
}

/** What a client does with the answer of the first server that gives one: the endpoint to connect to, or why there is none. */
function outcomeOf(
  answering: ServerCheck | undefined,
  targets: readonly TargetCheck[],
): { endpoint?: string; error?: string } {
  if (answering === undefined) return { error: "no DNS server gives an answer" };
  const { server, denial } = answering;
  if (denial !== undefined) return { error: `${server} ${denial}` };
  const usable = targets.find(({ code }) => code === undefined);
  if (usable !== undefined) return { endpoint: endpointOf(usable) };
  const errors = targets.map((target) => `${endpointOf(target)}: ${target.error}`);
  return { error: errors.join("; ") || "the service is not available (its target is .)" };
}

export function endpointOf({ host, port, addresses }: TargetCheck): string {
  return formatEndpoint(host, port, addresses.join(", ") || host);
}
