import { z } from "zod";
import { empty, inMetadata, noEffect, text } from "../types/fields.ts";

const seconds = (min: number, max: number): z.ZodNumber => z.number().int().min(min).max(max);

/** The argv of a check's command; undefined for NONE, which disables the check. */
const checkCommand = z.union(
  [
    z.tuple([z.literal("CMD"), z.string()], z.string()).transform(([, ...argv]) => argv),
    z.tuple([z.literal("CMD-SHELL"), z.string()]).transform(([, line]) => ["/bin/sh", "-c", line]),
    z.tuple([z.literal("NONE")]).transform(() => undefined),
  ],
  {
    error: ({ input }) =>
      `expected ["CMD", PROGRAM, ...], ["CMD-SHELL", LINE] or ["NONE"], got ${JSON.stringify(input)}`,
  },
);

/** Ranges and defaults are those of the API's HealthCheck type. */
const healthCheck = z
  .strictObject({
    command: checkCommand,
    interval: seconds(5, 300).default(30),
    timeout: seconds(2, 60).default(5),
    retries: z.number().int().min(1).max(10).default(3),
    startPeriod: seconds(0, 300).default(0),
  })
  .transform(({ command: argv, ...times }) => argv && { argv, ...times });

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html */
const restartPolicy = z.strictObject({
  enabled: z.boolean(),
  ignoredExitCodes: z.array(z.number().int()).max(50).default([]),
  restartAttemptPeriod: seconds(60, 1800).default(300),
});

const portMapping = z.strictObject({
  containerPort: z.number().int().min(1).max(65_535),
  /** 0 or missing: a dynamic port. */
  hostPort: z.number().int().min(0).max(65_535).default(0),
  protocol: z.enum(["tcp"], "the local ECS publishes TCP ports only").default("tcp"),
  /** Service Connect refers to a port by its name. */
  name: z.string().optional(),
  appProtocol: z.enum(["http", "http2", "grpc"]).optional(),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html */
const ulimit = z.strictObject({
  name: z.enum([
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
  ]),
  /** -1: no limit. */
  softLimit: z.number().int().min(-1),
  hardLimit: z.number().int().min(-1),
});

/** Containers write to local log files, whatever the driver. */
const logConfiguration = z.strictObject({
  logDriver: z.enum([
    "awslogs",
    "fluentd",
    "gelf",
    "json-file",
    "journald",
    "logentries",
    "splunk",
    "syslog",
    "awsfirelens",
  ]),
  options: z.record(z.string(), text).optional(),
  secretOptions: noEffect,
});

/** The path itself is used if it exists on this machine. */
const tmpfs = z.strictObject({
  containerPath: z.string().startsWith("/"),
  size: noEffect,
  mountOptions: noEffect,
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export const containerDefinition = z.strictObject({
  /** The name is part of local paths, so only the characters that ECS allows are allowed. */
  name: z.string().regex(/^[\w-]{1,255}$/, "expected 1 to 255 letters, digits, _ and -"),
  image: z.string(),
  command: z.array(z.string()).optional(),
  entryPoint: z.array(z.string()).optional(),
  workingDirectory: z.string().optional(),
  /** ECS drops a variable without a value (aws-actions/amazon-ecs-deploy-task-definition#224). */
  environment: z
    .array(z.strictObject({ name: z.string(), value: z.string().optional() }))
    .default([]),
  secrets: z.array(z.strictObject({ name: z.string(), valueFrom: z.string() })).default([]),
  essential: z.boolean().default(true),
  portMappings: z.array(portMapping).default([]),
  mountPoints: z
    .array(
      z.strictObject({
        sourceVolume: z.string(),
        containerPath: z.string().startsWith("/"),
        readOnly: z.boolean().default(false),
      }),
    )
    .default([]),
  volumesFrom: z
    .array(z.strictObject({ sourceContainer: z.string(), readOnly: z.boolean().default(false) }))
    .default([]),
  healthCheck: healthCheck.optional(),
  dependsOn: z
    .array(
      z.strictObject({
        containerName: z.string(),
        condition: z.enum(["START", "COMPLETE", "SUCCESS", "HEALTHY"]),
      }),
    )
    .default([]),
  /** Docker's links, `container` or `container:alias`: names of other containers of the task. */
  links: z.array(z.string()).default([]),
  restartPolicy: restartPolicy.optional(),
  startTimeout: z.number().int().min(2).optional(),
  stopTimeout: z.number().int().min(2).default(30),
  memory: z.number().int().min(6).optional(),
  memoryReservation: z.number().int().min(6).optional(),
  /** Of 1,024 in a vCPU. */
  cpu: inMetadata(z.number().int().min(0).optional()),
  /** `user` or `user:group`, by name or number. */
  user: z
    .string()
    .regex(/^[\w.-]+(:[\w.-]+)?$/, "expected user or user:group")
    .optional(),
  ulimits: z.array(ulimit).default([]),
  linuxParameters: z
    .strictObject({
      initProcessEnabled: z.boolean().default(false),
      capabilities: noEffect,
      tmpfs: z.array(tmpfs).default([]),
      devices: empty,
      maxSwap: noEffect,
      swappiness: noEffect,
    })
    .optional(),
  logConfiguration: inMetadata(logConfiguration.optional()),
  readonlyRootFilesystem: z.boolean().default(false),
  privileged: z.boolean().default(false),
  systemControls: noEffect,
  dockerLabels: inMetadata(z.record(z.string(), text).optional()),
  dockerSecurityOptions: noEffect,
  hostname: z.string().optional(),
  repositoryCredentials: noEffect,
  versionConsistency: noEffect,
  interactive: z.literal(false).optional(),
  pseudoTerminal: z.literal(false).optional(),
  disableNetworking: z.literal(false).optional(),
  extraHosts: z
    .array(z.strictObject({ hostname: text, ipAddress: z.union([z.ipv4(), z.ipv6()]) }))
    .default([]),
  dnsServers: empty,
  dnsSearchDomains: empty,
  resourceRequirements: empty,
  /** ARNs of objects in S3. */
  environmentFiles: z
    .array(z.strictObject({ type: z.literal("s3"), value: text }).transform(({ value }) => value))
    .default([]),
  credentialSpecs: empty,
});

export type ContainerDefinition = z.infer<typeof containerDefinition>;
export type Ulimit = z.infer<typeof ulimit>;
export type HealthCheckDefinition = NonNullable<z.infer<typeof healthCheck>>;
export type RestartPolicyDefinition = z.infer<typeof restartPolicy>;
