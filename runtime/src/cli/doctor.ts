import { formatEndpoint } from "../base/errors.ts";
import { type Command, parse } from "./arguments.ts";
import type { EndpointCheck } from "../doctor/endpoint.ts";
import { type Examination, examine } from "../doctor/examine.ts";
import { type Finding, findingsOf, summaryOf } from "../doctor/findings.ts";
import type { ServerCheck } from "../doctor/server.ts";
import { print, printJson } from "./output.ts";

const TIMEOUT = 2_000;

const HELP = `srv-dialer doctor NAME [--server IP[:PORT]]... [--timeout MS] [--json]

Says what is wrong with a name, and what to do. It asks each DNS server, dials each target, and looks
at what answers there. Then it dials NAME as a client does, with PING if a target is Redis. Exits 0
if that connects.

  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --timeout MS        for each server and each target (default: ${TIMEOUT})
  --json              an object with servers, targets, dial and findings

It sends PING to the targets, and no password. NODE_EXTRA_CA_CERTS adds a private authority.`;

async function run(args: readonly string[]): Promise<number> {
  const { values, operand, timeout } = parse(args, "NAME", TIMEOUT, { json: { type: "boolean" } });
  const { server: servers } = values as { server?: string[] };
  const examination = await examine(operand, { timeout, ...(servers && { servers }) });
  const findings = findingsOf(examination);
  if (values.json === true) printJson({ ...examination, findings });
  else print(...toText(examination, findings));
  return examination.dial.error === undefined ? 0 : 1;
}

function toText(
  { name, servers, targets, others, dial }: Examination,
  findings: readonly Finding[],
) {
  return [
    name,
    "",
    "DNS servers",
    ...servers.map(answerOf),
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
      ? `A ${dial.client} client would connect, to ${dial.endpoint}${took(dial.time)}`
      : `A ${dial.client} client would not connect: ${dial.error}`,
  ];
}

/** What a server answers. The negative TTL is how long it may answer "no records" from a cache. */
function answerOf(check: ServerCheck): string {
  const { server, time, negativeTtl } = check;
  const negative = negativeTtl === undefined ? "" : `, negative TTL ${negativeTtl} s`;
  return `  ${server}  ${summaryOf(check)}${negative}${took(time)}`;
}

function stateOf({ service, detail, time }: EndpointCheck): string {
  return `${service}${detail === undefined ? "" : ` (${detail})`}${took(time)}`;
}

function took(ms = 0): string {
  return `, ${ms.toFixed(1)} ms`;
}

export const doctor: Command = { help: HELP, run };
