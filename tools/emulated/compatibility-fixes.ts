// Fixes for differences between the emulator and AWS that would make the provider fail. The proxy applies them.

export type Fields = Record<string, unknown>;

export interface CompatibilityFix {
  /** Matches operations as in the header X-Amz-Target. */
  readonly operations: RegExp;
  readonly body: "request" | "response";
  /** Description for the report. */
  readonly description: string;
  /** Changes the body. @returns whether it changed something */
  readonly apply: (body: Fields) => boolean;
}

export const COMPATIBILITY_FIXES: readonly CompatibilityFix[] = [
  {
    operations: /^Route53AutoNaming_v20170314\.CreateService$/,
    body: "request",
    // The provider sets it only in DnsConfig, as AWS allows. MiniStack replies "NamespaceId is required".
    description: "Cloud Map: sends the namespace of a new service outside of DnsConfig too",
    apply: (body) => {
      const { NamespaceId: inDnsConfig } = fieldsOf(body["DnsConfig"]);
      if (inDnsConfig === undefined || body["NamespaceId"] !== undefined) return false;
      body["NamespaceId"] = inDnsConfig;
      return true;
    },
  },
  {
    operations: /^AmazonEC2ContainerServiceV20141113\.(?:Create|Update|Delete|Describe)Services?$/,
    body: "response",
    // The provider crashes on an empty one.
    description: "ECS: removes an empty network configuration from a service",
    apply: (body) => {
      const { service, services } = body;
      const all = [service, ...(Array.isArray(services) ? services : [])].map(fieldsOf);
      const empty = all.filter(({ networkConfiguration: network }) => isEmpty(network));
      for (const each of empty) delete each["networkConfiguration"];
      return empty.length > 0;
    },
  },
];

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

const isEmpty = (value: unknown): boolean => isFields(value) && Object.keys(value).length === 0;
