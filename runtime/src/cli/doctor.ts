import { type Examination, endpointOf, examine } from "../doctor/examine.ts";
import { type Client, loginOf } from "../doctor/redis.ts";
import { summaryOf } from "../doctor/servers.ts";
import { parseRedisUrl } from "../redis/url.ts";
import { misuse, parse } from "./arguments.ts";
import { print, printJson } from "./output.ts";

const TIMEOUT = 6_000;

const help = `srv-dialer doctor NAME|URL [options]

Says what is wrong with a name, and what to do. It asks each DNS server and dials each target: of Redis
with PING, and with the password if there is one. Exits 0 if a client would connect.

  URL                 redis+srv://[user:password@]NAME, or rediss+srv://… if clients use TLS
  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --timeout MS        for everything; at most a third of it for the servers (default: ${TIMEOUT})
  --json              an object with name, servers, targets, dial and findings

The service is Redis with a URL, or if NAME contains redis or valkey; of any other, it checks a connection.
The password comes from the URL, or else from the variable REDISCLI_AUTH, or else REDIS_PASSWORD.
It is sent only to a server that answers PING like Redis, and is never printed.
NODE_EXTRA_CA_CERTS adds a private certificate authority.`;

async function run(args: readonly string[]): Promise<number> {
  const options = { json: { type: "boolean" } } as const;
  const { values, operand, timeout, servers } = parse(args, "NAME or URL", TIMEOUT, options);
  const url = operand.includes("://") ? parseRedisUrl(operand) : undefined;
  if (url?.srv === false) {
    throw misuse("Invalid URL: it has no SRV records; allowed: redis+srv://… or rediss+srv://…");
  }
  const isRedis = url !== undefined || /redis|valkey/i.test(operand);
  const client: Client = url?.tls === true ? "Redis with TLS" : isRedis ? "Redis" : "TCP";
  const how = { timeout, servers, client, login: loginOf(url) };
  const examination = await examine(url?.host ?? operand, how);
  if (values.json === true) printJson(examination);
  else print(...toText(examination));
  return examination.dial.error === undefined ? 0 : 1;
}

const list = (title: string, lines: readonly string[]): string[] => [
  "",
  title,
  ...(lines.length === 0 ? ["none"] : lines).map((line) => `  ${line}`),
];

function toText({ name, servers, targets, findings, dial }: Examination): string[] {
  const ofFindings = findings.flatMap(({ level, message, advice }, at) => {
    // Once for neighbours with the same.
    const isLast = advice !== findings[at + 1]?.advice;
    return [`${level}: ${message}`, ...(isLast ? [`  ${advice}`] : [])];
  });
  const ofServers = servers.map(
    (each) => `${each.server}  ${summaryOf(each)}, ${each.time.toFixed(1)} ms`,
  );
  const ofTargets = targets.map((each) => `${endpointOf(each)}  ${each.error ?? dial.client}`);
  return [
    name,
    ...list("DNS servers", ofServers),
    ...list("Targets, by priority", ofTargets),
    ...list("Findings", ofFindings),
    "",
    dial.error === undefined
      ? `A ${dial.client} client would connect, to ${dial.endpoint}`
      : `A ${dial.client} client would not connect: ${dial.error}`,
  ];
}

export const doctor = { help, run };
