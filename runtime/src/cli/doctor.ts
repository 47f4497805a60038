import { formatEndpoint } from "../base/errors.ts";
import { misuse, parse } from "./arguments.ts";
import { DEAD, type EndpointCheck } from "../doctor/endpoint.ts";
import { type Examination, type Protocol, examine } from "../doctor/examine.ts";
import { type Finding, findingsOf, summaryOf } from "../doctor/findings.ts";
import { print, printJson } from "./output.ts";

const TIMEOUT = 6_000;

const help = `srv-dialer doctor NAME [--server IP[:PORT]]... [--protocol redis|tcp] [--timeout MS] [--json]

Says what is wrong with a name, and what to do. It asks each DNS server, dials each target, and looks
at what answers there. Then it dials NAME as a client does, with PING if the service is Redis. Exits
0 if that connects.

  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --protocol NAME     redis: a client needs an answer to PING; tcp: a connection is enough (default:
                      redis if NAME contains redis or valkey, or a target answers like Redis)
  --timeout MS        for everything: at most a third each for the servers and the targets, the rest
                      for the dial (default: ${TIMEOUT})
  --json              an object with servers, targets, dial and findings

In an ECS container, or with AWS_REGION set, it asks the Cloud Map API too. It sends PING to the
targets, and no password. NODE_EXTRA_CA_CERTS adds a private authority.`;

async function run(args: readonly string[]): Promise<number> {
  const options = { json: { type: "boolean" }, protocol: { type: "string" } } as const;
  const { values, operand, timeout } = parse(args, "NAME", TIMEOUT, options);
  const { server: servers, protocol } = values as { server?: string[]; protocol?: Protocol };
  if (![undefined, "redis", "tcp"].includes(protocol)) {
    throw misuse("Invalid --protocol; allowed: redis, tcp");
  }
  const examination = await examine(operand, { timeout, servers, protocol });
  const findings = findingsOf(examination);
  if (values.json === true) printJson({ ...examination, findings });
  else print(...toText(examination, findings));
  return examination.dial.error === undefined ? 0 : 1;
}

function toText({ name, servers, targets, others, dial }: Examination, findings: Finding[]) {
  return [
    name,
    "",
    "DNS servers",
    ...servers.map((each) => `  ${each.server}  ${summaryOf(each)}, ${inMs(each.time)}`),
    "",
    "Targets, by priority",
    ...(targets.length === 0 ? ["  none"] : []),
    ...targets.flatMap(({ host, port, problem, endpoints }) =>
      problem === undefined
        ? endpoints.map(
            (endpoint) => `  ${formatEndpoint(host, port, endpoint.address)}  ${stateOf(endpoint)}`,
          )
        : [`  ${formatEndpoint(host, port)}  no address`],
    ),
    ...(others > 0 ? [`  and ${others} more, which were not dialed`] : []),
    "",
    "Findings",
    ...(findings.length === 0 ? ["  none"] : []),
    ...findings.flatMap(({ level, message, advice }, at) => [
      `  ${level}: ${message}`,
      // Once for neighbours with the same.
      ...(advice === findings[at + 1]?.advice ? [] : [`    ${advice}`]),
    ]),
    "",
    dial.error === undefined
      ? `A ${dial.client} client would connect, to ${dial.endpoint}, ${inMs(dial.time)}`
      : `A ${dial.client} client would not connect: ${dial.error}`,
  ];
}

function stateOf({ service, detail, time }: EndpointCheck): string {
  const state = detail === undefined ? service : `${service} (${detail})`;
  return `${state}, ${DEAD.includes(service) ? "" : "connected in "}${inMs(time)}`;
}

const inMs = (time = 0): string => `${time.toFixed(1)} ms`;

export const doctor = { help, run };
