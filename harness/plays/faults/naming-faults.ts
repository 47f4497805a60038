import { type Breakage, lasting } from "./fault.ts";
import { whileMoving } from "./redis-faults.ts";

/** What happens to DNS and Cloud Map. */

export const dnsDown: Breakage = {
  title: "DNS is down for 8 s, Redis stays",
  inAws: "the VPC's resolver does not answer",
  begin: async ({ ecs }) => {
    ecs.faults.dns("down");
    return () => ecs.faults.dns(undefined);
  },
  lasts: lasting(8_000),
};

export const dnsDownWhileMoving = whileMoving({
  title: "DNS is down while Redis moves",
  inAws: "the VPC's resolver does not answer, so that the Cloud Map API is not found either",
  switch: ({ ecs }, on) => ecs.faults.dns(on ? "down" : undefined),
});

export const dnsSlowWhileMoving = whileMoving({
  title: "DNS takes a second for each answer while Redis moves",
  inAws: "a resolver with too much to do",
  switch: ({ ecs }, on) => ecs.faults.dns(on ? "slow" : undefined, { delay: 1_000 }),
});

export const dnsServfailWhileMoving = whileMoving({
  title: "DNS answers SERVFAIL while Redis moves",
  inAws: "a resolver that does not reach the zone",
  switch: ({ ecs }, on) => ecs.faults.dns(on ? "servfail" : undefined),
});

export const dnsWrongWhileMoving = whileMoving({
  title: "DNS sends replies that do not match while Redis moves",
  inAws: "spoofed or broken replies",
  switch: ({ ecs }, on) => ecs.faults.dns(on ? "wrong" : undefined),
});

export const dnsTruncatedWhileMoving = whileMoving({
  title: "DNS truncates every UDP reply while Redis moves",
  inAws: "answers that do not fit into a datagram",
  switch: ({ ecs }, on) => ecs.faults.dns(on ? "truncated" : undefined),
});

export const dnsSaysNoWhileMoving = whileMoving({
  title: "DNS denies the name while Redis moves",
  inAws: "a negative answer that is kept for the SOA's TTL",
  switch: ({ ecs }, on) => ecs.faults.dns(on ? "nxdomain" : undefined),
});

export const dnsStaleWhileMoving = whileMoving({
  title: "DNS keeps the old records while Redis moves",
  inAws: "records that have not spread yet",
  switch: ({ ecs }, on) => ecs.faults.dns(on ? "stale" : undefined),
});

export const recordsGoneWhileMoving = whileMoving({
  title: "Cloud Map shows no instance while Redis moves",
  inAws: "a service that was emptied by hand",
  switch: ({ ecs }, on) => ecs.faults.records(on ? "gone" : undefined),
});

export const apiDownWhileMoving = whileMoving({
  title: "the Cloud Map API is down while Redis moves",
  inAws: "an outage of the API, or calls that are throttled",
  switch: ({ ecs }, on) => ecs.faults.cloudMapApi(on ? "down" : undefined),
});
