import type { DnsFaultKind } from "../../ecs/index.ts";
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
function dns(kind: DnsFaultKind, delay?: number): Pick<Fault, "primitive" | "begin"> {
  return {
    primitive: "dns",
    begin: ({ ecs }) => {
      ecs.faults.dns(kind, delay === undefined ? {} : { delay });
      return () => ecs.faults.dns(undefined);
    },
  };
}

export const dnsDown: Fault = {
  name: "dns-down",
  title: "DNS is down",
  inAws: "the VPC's resolver does not answer",
  ...dns("down"),
  lasts: 8_000,
  expect: (stage, impact) => {
    expectAllServed(stage, impact);
    expectNoRestarts(stage, impact);
  },
};

export const dnsDownWhileMoving: Fault = {
  name: "dns-down-while-moving",
  title: "DNS is down while Redis moves",
  inAws: "the VPC's resolver does not answer, so that the Cloud Map API is not found either",
  ...dns("down"),
  meanwhile: redisMoves,
  expect: (stage, impact) => {
    expectNoticed(stage, impact);
    expectAllAnswered(stage, impact);
    expectRecovery(stage, impact, 5_000);
  },
};

export const dnsSlow: Fault = {
  name: "dns-slow",
  title: "DNS takes a second for each answer while Redis moves",
  inAws: "a resolver with too much to do",
  ...dns("slow", 1_000),
  meanwhile: redisMoves,
};

export const dnsServfail: Fault = {
  name: "dns-servfail",
  title: "DNS answers SERVFAIL while Redis moves",
  inAws: "a resolver that does not reach the zone",
  ...dns("servfail"),
  meanwhile: redisMoves,
};

export const dnsWrong: Fault = {
  name: "dns-wrong",
  title: "DNS sends replies that do not match while Redis moves",
  inAws: "spoofed or broken replies",
  ...dns("wrong"),
  meanwhile: redisMoves,
};

export const dnsTruncated: Fault = {
  name: "dns-truncated",
  title: "DNS truncates every UDP reply while Redis moves",
  inAws: "answers that do not fit into a datagram",
  ...dns("truncated"),
  meanwhile: redisMoves,
};

export const dnsDenies: Fault = {
  name: "dns-denies",
  title: "DNS denies the name while Redis moves",
  inAws: "a negative answer that is kept for the SOA's TTL",
  ...dns("nxdomain"),
  meanwhile: redisMovesAndIsFound,
  expect: (stage, impact) => {
    expectServedMeanwhile(stage, impact);
    expectAllAnswered(stage, impact);
  },
};

export const dnsStale: Fault = {
  name: "dns-stale",
  title: "DNS keeps the old records while Redis moves",
  inAws: "records that have not spread yet",
  ...dns("stale"),
  meanwhile: redisMoves,
};

export const recordsGone: Fault = {
  name: "records-gone",
  title: "Cloud Map shows no instance while Redis moves",
  inAws: "a service that was emptied by hand",
  primitive: "records",
  begin: ({ ecs }) => {
    ecs.faults.records("gone");
    return () => ecs.faults.records(undefined);
  },
  meanwhile: redisMoves,
};

export const cloudMapApiDown: Fault = {
  name: "cloud-map-api-down",
  title: "the Cloud Map API is down while Redis moves",
  inAws: "an outage of the API, or calls that are throttled",
  primitive: "cloudMapApi",
  begin: ({ ecs }) => {
    ecs.faults.cloudMapApi("down");
    return () => ecs.faults.cloudMapApi(undefined);
  },
  meanwhile: redisMoves,
};
