import type { z } from "zod";
import { kmsKeyArn, regionName, securityGroupId } from "./aws-ids.ts";
import { either, fields, flag, has, text } from "./fields.ts";

const pathAllowed =
  "an absolute path of up to 4 folders such as /redis, not the root, which belongs to root:root";
// A folder's name cannot be only dots.
export const efsPath = text(/^(\/[\w.-]*[\w-][\w.-]*){1,4}$/, pathAllowed).max(100, pathAllowed);
export const fileSystemId = text(/^fs-[0-9a-f]+$/, "a file system id such as fs-0123abcd");
const createdFileSystem = fields({
  path: efsPath.default("/redis").describe("Folder for Redis' data on the new file system"),
  replica: fields({
    region: regionName.describe("Region of the replica; not the environment's"),
    kmsKeyArn: kmsKeyArn
      .optional()
      .describe("KMS key in that region for the replica. Default: the AWS managed key for EFS"),
  })
    .optional()
    .describe(
      "A read-only copy of the file system in another region, which lags by minutes. AWS bills its storage and " +
        "the transfer between regions. A destroy does not delete it. Default: none",
    ),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe(
      "KMS key for the file system. It cannot change later. Default: the AWS managed key for EFS",
    ),
});
const existingFileSystem = fields({
  id: fileSystemId.describe(
    "Id of an existing EFS file system. It must have a mount target in every zone of the hosts",
  ),
  securityGroupId: securityGroupId.describe(
    "Security group of its mount targets. If the cluster is new, the stack adds a rule to it",
  ),
  path: efsPath.describe(
    "Folder for Redis' data. It must exist, unless create is set, and its owner must be 999:999",
  ),
  create: flag()
    .default(false)
    .describe(
      "EFS creates the folder if it does not exist. Only for an empty start: remove it after that deploy, because " +
        "with it a wrong path starts an empty Redis",
    ),
  restored: flag()
    .default(false)
    .describe(
      "The file system is a restored backup and replaces the one of a deployed environment. The folder must " +
        "exist. The stack may create the network, in an earlier deploy without this file system. If the " +
        "environment is protected, Terraform does not destroy the old file system",
    ),
});
export const fileSystemSchema = either(has("id"), existingFileSystem, createdFileSystem)
  .optional()
  .describe(
    "File system for the data of Redis as a service: an existing one, or a new one. " +
      "Default: a new one",
  );
export type FileSystemConfig =
  | z.output<typeof existingFileSystem>
  | z.output<typeof createdFileSystem>;

/** Whether a file system replaces the one that the environment created earlier. */
export function isRestored(fileSystem: FileSystemConfig | undefined): boolean {
  return fileSystem !== undefined && "id" in fileSystem && fileSystem.restored;
}

/** Whether EFS creates a missing folder. If it does not, Redis cannot start without its data. */
export function createsFolder(fileSystem: FileSystemConfig): boolean {
  return !("id" in fileSystem) || fileSystem.create;
}

/** The file system of an environment without `fileSystem`. */
export const defaultFileSystem = createdFileSystem.parse({});
