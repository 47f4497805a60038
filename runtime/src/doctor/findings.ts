import { formatEndpoint } from "../base/errors.ts";
import { targetKey } from "../base/name.ts";
import { DEAD, type EndpointCheck, type Service } from "./endpoint.ts";
import type { Examination, TargetCheck } from "./examine.ts";
import type { ServerCheck } from "./server.ts";

/** Something that an examination shows. A `problem` keeps clients from connecting; a `warning` may. */
export interface Finding {
  readonly level: "problem" | "warning" | "note";
  /** Stable, for programs. */
  readonly code: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

/** The most records that Cloud Map puts into an answer. */
const CLOUD_MAP_LIMIT = 8;
/** Longer outages than this, in seconds, are not usual after a move. */
const LONG_TTL = 60;

/** What an examination shows, the worst first. */
export function findingsOf(examination: Examination): Finding[] {
  const findings = [
    ...serverFindings(examination),
    ...nameFindings(examination),
    ...examination.targets.flatMap(targetFindings),
    ...serviceFindings(examination),
    ...timeFindings(examination),
    ...protocolFindings(examination.servers),
  ];
  const levels = ["problem", "warning", "note"];
  return findings.toSorted((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
}

function serverFindings({ servers }: Examination): Finding[] {
  const answering = servers.filter(({ error }) => error === undefined);
  const level = answering.length === 0 ? "problem" : "warning";
  const failing = servers.flatMap(({ server, error }): Finding[] =>
    error === undefined
      ? []
      : [
          {
            level,
            code: "server",
            message: `The DNS server ${server} gives no answer: ${error}.`,
            advice:
              "Open UDP and TCP port 53 to it, or remove it from the configuration. In a VPC, the resolver is 169.254.169.253, or the base of the network plus two.",
          },
        ],
  );
  if (servers.length === 0) {
    const message = "The system has no DNS server.";
    const advice = "Set one in /etc/resolv.conf, or give --server.";
    return [{ level: "problem", code: "no-server", message, advice }];
  }
  const contents = new Set(answering.map(contentOf));
  if (contents.size < 2) return failing;
  const each = answering.map((check) => `${check.server}: ${summaryOf(check)}`).join("; ");
  return [
    ...failing,
    {
      level: answering[0]?.denial === undefined ? "warning" : "problem",
      code: "servers-differ",
      message: `The DNS servers do not agree. ${each}.`,
      advice:
        "A client takes the answer of the first server that gives one, records or not. List only servers that know the zone.",
    },
  ];
}

/** Equal for servers that agree. Of many records an answer may have any eight. */
function contentOf({ targets, denial }: ServerCheck): string {
  if (targets.length >= CLOUD_MAP_LIMIT) return "many";
  return denial ?? targets.map(targetKey).toSorted().join();
}

/** What a server answers, in a few words. */
export function summaryOf({ denial, targets, error }: ServerCheck): string {
  const ttl = Math.min(...targets.map((target) => target.ttl));
  const records = `${targets.length} SRV record${targets.length === 1 ? "" : "s"}, TTL ${ttl} s`;
  return error ?? denial ?? records;
}

function nameFindings({ name, servers, fullName, ownAddresses }: Examination): Finding[] {
  const [first] = servers.filter(({ error }) => error === undefined);
  if (first === undefined) return [];
  if (first.targets.some(({ host }) => host === ".")) {
    return [
      {
        level: "problem",
        code: "unavailable",
        message: `The SRV record of ${name} has the target ".": the service is decidedly not available (RFC 2782).`,
        advice:
          "Whoever runs the zone has switched the service off. Ask them, or use another name.",
      },
    ];
  }
  if (servers.some(({ targets }) => targets.length > 0)) return [];
  const message = `${name} has no SRV records: ${first.server} says "${first.denial}".`;
  const common = { level: "problem", code: "no-records", message } as const;
  if (fullName !== undefined) {
    const advice = `${fullName} has some. srv-dialer uses no search domains: give it this name.`;
    return [{ ...common, code: "search-domain", advice }];
  }
  const [address] = ownAddresses;
  if (address !== undefined) {
    const advice = `It has the address ${address}: use redis://${name}:PORT, or let Cloud Map publish SRV records (record type SRV, with container name and port in the ECS service's registry).`;
    return [{ ...common, code: "addresses-only", advice }];
  }
  const advice =
    "Check the spelling; that a healthy task is registered (aws servicediscovery discover-instances); and that this machine is in a VPC of the namespace.";
  return [{ ...common, advice }];
}

function targetFindings(
  target: TargetCheck,
  _at: number,
  targets: readonly TargetCheck[],
): Finding[] {
  const isOnly = !targets.some(({ endpoints }) => endpoints.some(isAlive));
  const level = isOnly ? "problem" : "warning";
  const { host, port, ttl, problem, endpoints } = target;
  const of = formatEndpoint(host, port);
  if (problem !== undefined) {
    const message = `No address of ${of}: ${problem}.`;
    const advice =
      "The record names a host that DNS does not know. Cloud Map writes both; another zone needs an A or AAAA record of it.";
    return [{ level, code: "no-address", message, advice }];
  }
  return endpoints
    .filter((endpoint) => !isAlive(endpoint))
    .map(({ address, service, time, detail }) => {
      const at = formatEndpoint(host, port, address);
      if (service === "refused") {
        const message = `${at} refuses the connection: no program listens there.`;
        const advice = `If its task has ended, the record is gone once ECS has deregistered it, and ${ttl} s later also from caches. If the task runs, compare the record's port with the container's host port.`;
        return { level, code: "refused", message, advice };
      }
      const what =
        service === "silent" ? `is silent for ${Math.round(time)} ms` : `fails: ${detail}`;
      const advice =
        "Its host is lost, or a security group drops the packets: allow the clients' security group the dynamic ports (32768 to 65535 unless set).";
      return { level, code: "unreachable", message: `${at} ${what}.`, advice };
    });
}

function isAlive({ service }: EndpointCheck): boolean {
  return !DEAD.includes(service);
}

function serviceFindings({ name, targets }: Examination): Finding[] {
  const alive = targets.flatMap(({ host, port, endpoints }) =>
    endpoints
      .filter(isAlive)
      .map((endpoint) => ({ ...endpoint, at: formatEndpoint(host, port, endpoint.address) })),
  );
  const findings = alive.flatMap(({ at, service, detail, distrusted }): Finding[] => {
    const isRedis = service.startsWith("Redis");
    return [
      ...(service === "no reply" ? [noReply(at)] : []),
      ...(isRedis && detail !== undefined ? [redisFinding(at, detail)] : []),
      ...(distrusted === undefined
        ? []
        : [
            {
              level: "warning" as const,
              code: "certificate",
              message: `The certificate of ${at} is not trusted for ${name}: ${distrusted}.`,
              advice:
                "Give the authority in NODE_EXTRA_CA_CERTS or tls.ca, and the certificate's name as servername.",
            },
          ]),
    ];
  });
  const services = new Map(alive.map(({ service, at }): [Service, string] => [service, at]));
  if (services.size > 1) {
    const each = Array.from(services, ([service, at]) => `${at}: ${service}`).join("; ");
    findings.push({
      level: "warning",
      code: "services-differ",
      message: `The targets are not the same service. ${each}.`,
      advice:
        "Another task may have got the port of a stopped one. `verify`, on by default with Redis, skips it; else wait until the record is gone.",
    });
  } else if (services.has("Redis over TLS")) {
    const message = "Redis speaks TLS here.";
    const advice = `Use rediss+srv://${name}, or the option tls.`;
    findings.push({ level: "note", code: "tls", message, advice });
  }
  return findings;
}

function noReply(at: string): Finding {
  const message = `${at} accepts the connection and does not answer PING.`;
  const advice = "Redis is frozen there, or it is another service, which waits for other bytes.";
  return { level: "warning", code: "no-reply", message, advice };
}

/** @param reply to PING, other than PONG */
function redisFinding(at: string, reply: string): Finding {
  if (reply.startsWith("NOAUTH")) {
    const advice = "Set password. To try one: REDIS_PASSWORD=… srv-dialer ping redis+srv://NAME";
    return { level: "note", code: "password", message: `Redis at ${at} needs a password.`, advice };
  }
  const message = `Redis at ${at} is not ready: ${reply}.`;
  const advice = "A client waits for it until its deadline, or takes another target that is ready.";
  return { level: "warning", code: "not-ready", message, advice };
}

function timeFindings({ servers, targets, others }: Examination): Finding[] {
  const ttl = Math.max(0, ...servers.flatMap((check) => check.targets.map((target) => target.ttl)));
  const negative = Math.max(...servers.map(({ negativeTtl }) => negativeTtl ?? 0));
  const findings: Finding[] = [];
  if (negative > ttl) {
    findings.push({
      level: negative > LONG_TTL ? "warning" : "note",
      code: "negative-ttl",
      message: `Caches keep an answer without records for up to ${negative} s (SOA)${ttl > 0 ? `, and records for ${ttl} s` : ""}.`,
      advice:
        "A service that was gone for a moment stays unknown for that long. Lower the SOA's TTL (aws servicediscovery update-private-dns-namespace), or ask Cloud Map after DNS (cloudMapResolver).",
    });
  }
  if (ttl > LONG_TTL) {
    const message = `The records' TTL is ${ttl} s: clients may use the old port of a moved service for that long.`;
    findings.push({ level: "warning", code: "long-ttl", message, advice: "Use 10 s or less." });
  }
  if (targets.length + others >= CLOUD_MAP_LIMIT) {
    const message = `There are ${targets.length + others} records; Cloud Map puts at most eight into an answer.`;
    const advice = "There may be more targets, of which each answer has other ones.";
    findings.push({ level: "note", code: "eight-records", message, advice });
  }
  return findings;
}

function protocolFindings(servers: readonly ServerCheck[]): Finding[] {
  const answering = servers.filter(({ error }) => error === undefined);
  const which = (has: (check: ServerCheck) => boolean): string =>
    answering
      .filter(has)
      .map(({ server }) => server)
      .join(", ");
  const kinds = [
    {
      of: which(({ tcp }) => !tcp),
      level: "warning",
      code: "no-tcp",
      message: "does not answer over TCP",
      advice: "An answer too long for a datagram is lost. Open TCP port 53 to it.",
    },
    {
      of: which(({ edns }) => !edns),
      level: "note",
      code: "no-edns",
      message: "does not support EDNS",
      advice: "Answers of more than 512 bytes need TCP.",
    },
    {
      of: which(({ compressed }) => compressed),
      level: "note",
      code: "compressed",
      message: "compresses the targets of SRV records",
      advice:
        "srv-dialer reads them. resolveSrv of Node.js 22.23.3, 24.20 to 24.21 and 26.7 to 26.10 fails with EBADRESP.",
    },
  ] as const;
  return kinds.flatMap(({ of, level, code, message, advice }) =>
    of === "" ? [] : [{ level, code, message: `${of} ${message}.`, advice }],
  );
}
