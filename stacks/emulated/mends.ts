// What an emulator gets wrong so badly that the provider cannot go on. It is mended on the way between the two.

export type Fields = Record<string, unknown>;

export interface Mend {
  /** The operations, as the header X-Amz-Target names them. */
  readonly operations: RegExp;
  readonly body: "request" | "response";
  /** In the report. */
  readonly says: string;
  /** Changes the body. @returns whether there was something to mend */
  readonly mend: (body: Fields) => boolean;
}

export const MENDS: readonly Mend[] = [
  {
    operations: /^Route53AutoNaming_v20170314\.CreateService$/,
    body: "request",
    // The provider gives it in DnsConfig alone, as AWS allows. MiniStack answers "NamespaceId is required".
    says: "Cloud Map: a new service names its namespace outside of DnsConfig too",
    mend: (body) => {
      const { NamespaceId: inDnsConfig } = fieldsOf(body["DnsConfig"]);
      if (inDnsConfig === undefined || body["NamespaceId"] !== undefined) return false;
      body["NamespaceId"] = inDnsConfig;
      return true;
    },
  },
  {
    operations: /^AmazonEC2ContainerServiceV20141113\.(?:Create|Update|Delete|Describe)Services?$/,
    body: "response",
    // The provider reads a field inside of it, and crashes.
    says: "ECS: a service without a network configuration has none, instead of an empty one",
    mend: (body) => {
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
