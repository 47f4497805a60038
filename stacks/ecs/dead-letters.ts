import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { Construct } from "constructs";

/** Queue for the failed starts of a schedule, with the reason. They are kept for two weeks. */
export class DeadLetters extends Construct {
  readonly arn: string;
  readonly queueName: string;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name,
      sqsManagedSseEnabled: true,
      // The maximum, in seconds.
      messageRetentionSeconds: 1_209_600,
    });
    this.arn = queue.arn;
    this.queueName = name;
  }
}
