// What the stacks make of an environment, as an AWS CDK app: `node cdk-app.cjs COUNT OUTDIR`.
// Plain CommonJS, as the CDK itself is: nothing is compiled on the way, and Node.js need not look
// for its exports. It is as fast as an app of the CDK starts.

const { App, Duration, RemovalPolicy, Stack } = require("aws-cdk-lib");
const { AutoScalingGroup } = require("aws-cdk-lib/aws-autoscaling");
const cloudwatch = require("aws-cdk-lib/aws-cloudwatch");
const ec2 = require("aws-cdk-lib/aws-ec2");
const ecs = require("aws-cdk-lib/aws-ecs");
const efs = require("aws-cdk-lib/aws-efs");
const elb = require("aws-cdk-lib/aws-elasticloadbalancingv2");
const { LogGroup, RetentionDays } = require("aws-cdk-lib/aws-logs");
const { Secret } = require("aws-cdk-lib/aws-secretsmanager");
const { DnsRecordType } = require("aws-cdk-lib/aws-servicediscovery");

const [count, outdir] = process.argv.slice(2);
const app = new App({ outdir });
for (let index = 0; index < Number(count); index++) environment(`env${index}`);
app.synth();

function environment(name) {
  const env = { account: "111111111111", region: "eu-central-1" };
  const stack = new Stack(app, name, { env });
  const vpc = new ec2.Vpc(stack, "network", {
    ipAddresses: ec2.IpAddresses.cidr("10.10.0.0/16"),
    availabilityZones: ["eu-central-1a", "eu-central-1b"],
    natGateways: 1,
    gatewayEndpoints: { s3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
  });
  const cluster = clusterOf(stack, name, vpc);
  const password = new Secret(stack, "password", {
    secretName: `${name}-redis-password`,
    generateSecretString: { passwordLength: 40, excludePunctuation: true },
  });
  const redis = redisOf(stack, name, cluster, password);
  appOf(stack, name, cluster, password).node.addDependency(redis);
}

function clusterOf(stack, name, vpc) {
  const cluster = new ecs.Cluster(stack, "cluster", {
    clusterName: name,
    vpc,
    containerInsightsV2: ecs.ContainerInsights.ENABLED,
    defaultCloudMapNamespace: { name: `${name}-ecs` },
  });
  const hosts = new AutoScalingGroup(stack, "hosts", {
    vpc,
    instanceType: new ec2.InstanceType("t3.small"),
    machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
    minCapacity: 2,
    maxCapacity: 4,
    requireImdsv2: true,
  });
  hosts.connections.allowInternally(ec2.Port.tcpRange(40_000, 49_999));
  cluster.addAsgCapacityProvider(
    new ecs.AsgCapacityProvider(stack, "capacity", {
      autoScalingGroup: hosts,
      enableManagedTerminationProtection: false,
    }),
  );
  return cluster;
}

function redisOf(stack, name, cluster, password) {
  const fileSystem = new efs.FileSystem(stack, "storage", {
    vpc: cluster.vpc,
    encrypted: true,
    throughputMode: efs.ThroughputMode.ELASTIC,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  fileSystem.connections.allowDefaultPortFrom(cluster.connections);
  const owner = { uid: "999", gid: "999" };
  const accessPoint = fileSystem.addAccessPoint("redis", {
    path: "/redis",
    posixUser: owner,
    createAcl: { ownerUid: owner.uid, ownerGid: owner.gid, permissions: "0700" },
  });
  const task = new ecs.Ec2TaskDefinition(stack, "redis-task", {
    family: `${name}-redis`,
    networkMode: ecs.NetworkMode.BRIDGE,
    volumes: [
      {
        name: "data",
        efsVolumeConfiguration: {
          fileSystemId: fileSystem.fileSystemId,
          transitEncryption: "ENABLED",
          authorizationConfig: { accessPointId: accessPoint.accessPointId, iam: "ENABLED" },
        },
      },
    ],
  });
  fileSystem.grantReadWrite(task.taskRole);
  const container = task.addContainer("redis", {
    image: ecs.ContainerImage.fromRegistry("public.ecr.aws/docker/library/redis:8.0.4"),
    memoryLimitMiB: 512,
    cpu: 256,
    user: "999:999",
    command: ["redis-server", "--appendonly", "yes"],
    secrets: { REDIS_PASSWORD: ecs.Secret.fromSecretsManager(password) },
    portMappings: [{ containerPort: 6379 }],
    healthCheck: { command: ["CMD-SHELL", "redis-cli ping"], startPeriod: Duration.seconds(300) },
    stopTimeout: Duration.seconds(120),
    logging: logging(stack, name, "redis"),
  });
  container.addMountPoints({ sourceVolume: "data", containerPath: "/data", readOnly: false });
  const service = new ecs.Ec2Service(stack, "redis", {
    serviceName: `${name}-redis`,
    cluster,
    taskDefinition: task,
    desiredCount: 1,
    minHealthyPercent: 0,
    maxHealthyPercent: 100,
    cloudMapOptions: {
      name: `${name}-redis`,
      dnsRecordType: DnsRecordType.SRV,
      dnsTtl: Duration.seconds(10),
      container,
      containerPort: 6379,
    },
  });
  dashboardOf(stack, name, service);
  return service;
}

function appOf(stack, name, cluster, password) {
  const task = new ecs.Ec2TaskDefinition(stack, "app-task", {
    family: `${name}-app`,
    networkMode: ecs.NetworkMode.BRIDGE,
  });
  task.addContainer("app", {
    image: ecs.ContainerImage.fromRegistry("111111111111.dkr.ecr.eu-central-1.amazonaws.com/app:1"),
    memoryLimitMiB: 256,
    cpu: 128,
    environment: { PORT: "3000", REDIS_URL: `redis+srv://${name}-redis.${name}-ecs` },
    secrets: { REDIS_PASSWORD: ecs.Secret.fromSecretsManager(password) },
    portMappings: [{ containerPort: 3000 }],
    logging: logging(stack, name, "app"),
  });
  const service = new ecs.Ec2Service(stack, "app", {
    serviceName: `${name}-app`,
    cluster,
    taskDefinition: task,
    desiredCount: 2,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
  });
  const balancer = new elb.ApplicationLoadBalancer(stack, "load-balancer", {
    vpc: cluster.vpc,
    internetFacing: true,
  });
  balancer.addListener("http", { port: 80 }).addTargets("app", {
    port: 3000,
    protocol: elb.ApplicationProtocol.HTTP,
    targets: [service],
    healthCheck: { path: "/healthz" },
  });
  return service;
}

function dashboardOf(stack, name, service) {
  new cloudwatch.Dashboard(stack, "dashboard", {
    dashboardName: name,
    widgets: [
      [
        new cloudwatch.GraphWidget({ left: [service.metricMemoryUtilization()] }),
        new cloudwatch.GraphWidget({ left: [service.metricCpuUtilization()] }),
      ],
    ],
  });
}

function logging(stack, name, service) {
  const logGroup = new LogGroup(stack, `${service}-log`, {
    logGroupName: `/ecs/${name}/${service}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return ecs.LogDrivers.awsLogs({
    logGroup,
    streamPrefix: service,
    mode: ecs.AwsLogDriverMode.NON_BLOCKING,
  });
}
