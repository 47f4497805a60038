import { type DnsFaultKind, FAULTS } from "../../ecs/base/fault-primitives.ts";
import {
  expectAllAnswered,
  expectAllServed,
  expectNoRestarts,
  expectNoticed,
  expectRecovery,
  expectServedMeanwhile,
} from "./expectations.ts";
import type { Fault } from "./fault.ts";
import { redisMoves, redisMovesAndIsFound } from "./redis-faults.ts";

// What happens to DNS and Cloud Map.

/** @param delay milliseconds before each answer of a slow resolver */
const failing =
  (kind: DnsFaultKind, delay?: number): Fault["begin"] =>
  ({ ecs }) => {
    ecs.faults.dns(kind, delay === undefined ? {} : { delay });
    return () => ecs.faults.dns(undefined);
  };

const dns = (kind: DnsFaultKind) =>
  ({ primitive: "dns", begin: failing(kind), soak: { part: "dns" } }) as const;

export const dnsDown: Fault = {
  name: "dns-down",
  title: "DNS is down",
  inAws: "the VPC's resolver does not answer",
  ...dns("down"),
  lasts: 8_000,
  button: {
    title: "DNS outage",
    description: "The VPC's DNS resolver does not answer. Open connections stay open.",
    lasting: { state: "DNS is down", repairTitle: "End the DNS outage" },
    notInOldSetup: "the app does not use DNS to find Redis",
  },
  expect: (stage, impact) => {
    expectAllServed(stage, impact);
    expectNoRestarts(stage, impact);
  },
};

export const dnsDownWhileMoving: Fault = {
  name: "dns-down-while-moving",
  title: "DNS is down while Redis moves",
  inAws: "the VPC's resolver does not answer, so that the Cloud Map API is not found either",
  primitive: "dns",
  begin: failing("down"),
  meanwhile: redisMoves,
  expect: (stage, impact) => {
    expectNoticed(stage, impact);
    expectAllAnswered(stage, impact);
    expectRecovery(stage, impact, 5_000);
  },
};

export const dnsDenies: Fault = {
  name: "dns-nxdomain",
  aliases: ["dns-denies"],
  title: "DNS denies the name while Redis moves",
  inAws: "a negative answer that is kept for the SOA's TTL",
  ...dns("nxdomain"),
  meanwhile: redisMovesAndIsFound,
  expect: (stage, impact) => {
    expectServedMeanwhile(stage, impact);
    expectAllAnswered(stage, impact);
  },
};

const dnsWhileMoving = (kind: DnsFaultKind, what: string, inAws: string): Fault => ({
  name: `dns-${kind}`,
  title: `DNS ${what} while Redis moves`,
  inAws,
  ...dns(kind),
  meanwhile: redisMoves,
});

const recordsGone: Fault = {
  name: `${FAULTS.records.command}-gone`,
  title: "Cloud Map shows no instance while Redis moves",
  inAws: "a service that was emptied by hand",
  primitive: "records",
  begin: ({ ecs }) => {
    ecs.faults.records("gone");
    return () => ecs.faults.records(undefined);
  },
  soak: { part: "api" },
  meanwhile: redisMoves,
};

const cloudMapApiDown: Fault = {
  name: `${FAULTS.cloudMapApi.command}-down`,
  title: "the Cloud Map API is down while Redis moves",
  inAws: "an outage of the API, or calls that are throttled",
  primitive: "cloudMapApi",
  begin: ({ ecs }) => {
    ecs.faults.cloudMapApi("down");
    return () => ecs.faults.cloudMapApi(undefined);
  },
  soak: { part: "api" },
  meanwhile: redisMoves,
};

export const namingFaults: readonly Fault[] = [
  dnsDown,
  dnsDownWhileMoving,
  {
    ...dnsWhileMoving("slow", "takes a second for each answer", "a resolver with too much to do"),
    begin: failing("slow", 1_000),
    soak: { part: "dns", begin: failing("slow", 700) },
  },
  dnsWhileMoving("servfail", "answers SERVFAIL", "a resolver that does not reach the zone"),
  dnsWhileMoving("wrong", "sends replies that do not match", "spoofed or broken replies"),
  dnsWhileMoving(
    "truncated",
    "truncates every UDP reply",
    "answers that do not fit into a datagram",
  ),
  dnsDenies,
  dnsWhileMoving("stale", "keeps the old records", "records that have not spread yet"),
  recordsGone,
  cloudMapApiDown,
];
