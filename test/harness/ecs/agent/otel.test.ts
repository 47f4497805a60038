import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { reported } from "./found.ts";

it("OpenTelemetry's resource detector for ECS fills its attributes", async () => {
  const program = fileURLToPath(new URL("otel.mjs", import.meta.url));
  const options = {
    "awslogs-group": "/ecs/guests",
    "awslogs-region": "eu-central-1",
    "awslogs-stream-prefix": "app",
  };
  const logConfiguration = { logDriver: "awslogs", options };
  const image = { command: [process.execPath, program] };
  const { report, run } = await reported({ image, appContainer: { logConfiguration } });
  const account = "000000000000";
  const arn = `arn:aws:ecs:eu-central-1:${account}`;
  const containerArn = expect.stringMatching(
    new RegExp(`^${arn}:container/test/${run.task.id}/[0-9a-f-]{36}$`),
  );
  const group = `arn:aws:logs:eu-central-1:${account}:log-group:/ecs/guests`;
  const stream = `app/app/${run.task.id}`;
  expect(report).toMatchObject({
    "cloud.provider": "aws",
    "cloud.platform": "aws_ecs",
    "cloud.account.id": account,
    "cloud.region": "eu-central-1",
    "cloud.availability_zone": expect.stringMatching(/^eu-central-1[ab]$/),
    "cloud.resource_id": containerArn,
    "aws.ecs.cluster.arn": `${arn}:cluster/test`,
    "aws.ecs.task.arn": `${arn}:task/test/${run.task.id}`,
    "aws.ecs.task.family": "test-app",
    "aws.ecs.task.revision": "1",
    "aws.ecs.launchtype": "ec2",
    "aws.ecs.container.arn": containerArn,
    "aws.log.group.names": ["/ecs/guests"],
    "aws.log.group.arns": [group],
    "aws.log.stream.names": [stream],
    "aws.log.stream.arns": [`${group}:log-stream:${stream}`],
  });
});
