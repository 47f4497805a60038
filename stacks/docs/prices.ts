/**
 * List prices of eu-central-1 (Frankfurt) in US dollars, on demand, without tax, free tiers and
 * discounts. AWS changes them: read them again at https://aws.amazon.com/pricing/ and set the date.
 */
export const pricesOf = { region: "eu-central-1", date: "January 2026" } as const;

export const hoursAMonth = 730;

/** An hour of an EC2 host with Linux. */
export const hostHour: Readonly<Record<string, number>> = {
  "t3.small": 0.024,
  "t3.medium": 0.048,
  "t3.large": 0.096,
  "t4g.small": 0.0192,
  "t4g.medium": 0.0384,
  "m7i.large": 0.1207,
  "m7i.xlarge": 0.2415,
  "m7g.large": 0.0978,
};

/** What is there all the time; an hour, or a month where the name says so. */
export const fixed = {
  natGatewayHour: 0.052,
  loadBalancerHour: 0.027,
  publicAddressHour: 0.005,
  endpointHour: 0.012,
  diskGigabyteMonth: 0.0952,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  hostedZoneMonth: 0.5,
  insightsMetricMonth: 0.3,
} as const;

/** What grows with use, and is in no total. */
export const byUse: readonly (readonly [what: string, price: string])[] = [
  ["data through a NAT gateway", "0.052 a GB"],
  ["data through an interface endpoint", "0.012 a GB"],
  ["load balancer capacity units", "0.008 an hour each"],
  ["EFS storage, Standard", "0.36 a GB and month"],
  ["EFS elastic throughput: read, written", "0.036 and 0.072 a GB"],
  ["EFS backups, warm storage", "0.06 a GB and month"],
  ["logs taken in, and kept", "0.63 a GB, and 0.0324 a GB and month"],
  ["data between zones", "0.01 a GB in each direction"],
  ["data out to the internet", "0.09 a GB"],
  ["nodes of ElastiCache, each", "by type and engine: https://aws.amazon.com/elasticache/pricing/"],
  ["DNS queries inside the VPC", "none"],
  ["DiscoverInstances", "1.00 a million calls"],
];
