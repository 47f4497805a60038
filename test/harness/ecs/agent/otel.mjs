// An unmodified program with OpenTelemetry's resource detector for ECS. It prints the attributes, as JSON.
import { awsEcsDetector } from "@opentelemetry/resource-detector-aws";

const { attributes } = awsEcsDetector.detect();
const known = Object.entries(attributes).map(async ([name, value]) => [name, await value]);
console.log(JSON.stringify(Object.fromEntries(await Promise.all(known))));
setInterval(() => {}, 60_000);
