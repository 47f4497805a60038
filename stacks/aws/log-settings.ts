import type { ServiceSettings } from "../config/environment-schema.ts";

/** Settings of every log group of an environment. */
export interface LogSettings {
  readonly retentionInDays: number;
  readonly skipDestroy: boolean;
  readonly kmsKeyId?: string;
}

export function logSettings(
  environment: Pick<ServiceSettings, "protected" | "logRetentionDays" | "logKmsKeyArn">,
): LogSettings {
  const { logKmsKeyArn, logRetentionDays } = environment;
  return {
    retentionInDays: logRetentionDays,
    // The logs of a protected environment are kept after it is destroyed: they may explain why.
    skipDestroy: environment.protected,
    ...(logKmsKeyArn !== undefined && { kmsKeyId: logKmsKeyArn }),
  };
}
