import { z } from "zod";
import { kmsKeyArn, regionName } from "./aws-ids.ts";
import { either, fields, has, oneOf, text } from "./fields.ts";

const s3State = fields({
  kind: oneOf(["s3"]).describe("An S3 bucket, with a lock file next to each state"),
  bucket: text(
    /^(?=.{3,63}$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    "the name of an existing S3 bucket",
  ).describe("Existing bucket. Turn versioning on, so that old states can be recovered"),
  region: regionName.optional().describe("Region of the bucket. Default: the environment's"),
  key: text(
    /^(?=.{1,512}$)[\w.-]+(\/[\w.-]+)*$/,
    "a key such as games/dev.tfstate, without a slash at the start or end",
  )
    .optional()
    .describe("Key of the object in the bucket. Default: `<environment>/terraform.tfstate`"),
  kmsKeyArn: kmsKeyArn.optional().describe("KMS key for the state. Default: the bucket's key"),
});
const localState = fields({
  kind: z
    .literal("local", "one of s3, local")
    .default("local")
    .describe("`local`: a file `terraform.<environment>.tfstate` in the repository's root"),
});
export const stateSchema = either(
  (value) => has("bucket")(value) || (has("kind")(value) && Object(value).kind === "s3"),
  s3State,
  localState,
)
  .prefault({})
  .describe("Where Terraform keeps the state");

/** Bucket and key of an environment's state in S3; undefined when it is a local file. */
export function stateObjectOf({
  name,
  state,
}: {
  readonly name: string;
  readonly state: z.output<typeof stateSchema>;
}): { readonly bucket: string; readonly key: string } | undefined {
  if (!("bucket" in state)) return undefined;
  return { bucket: state.bucket, key: state.key ?? `${name}/terraform.tfstate` };
}

// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
// IAM refuses a role with two tags that differ only in case
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_creating).
const inOneCase = (keys: readonly string[]) => keys.map((key) => key.toLowerCase());
const ownTags = ["AmazonECSManaged", "Environment", "ManagedBy", "Name"];
const tagKeyAllowed =
  "1 to 128 letters, digits, spaces or _.:/=+-@, not beginning with aws:, " +
  `and in any case none of ${ownTags.join(", ")}, which the stack sets`;
const tagKey = text(tagCharacters, tagKeyAllowed)
  .min(1, tagKeyAllowed)
  .max(128, tagKeyAllowed)
  .refine(
    (key) => !/^aws:/i.test(key) && !inOneCase(ownTags).includes(key.toLowerCase()),
    tagKeyAllowed,
  );
const tagValueAllowed = "text of up to 256 letters, digits, spaces or _.:/=+-@";
// AWS allows 50 tags. The stack and AWS itself set some.
const tagsAllowed =
  "an object from tag to value, with 40 tags or fewer, no two of which differ only in case";
export const tagsSchema = z
  .record(tagKey, text(tagCharacters, tagValueAllowed).max(256, tagValueAllowed), tagsAllowed)
  .refine(
    (tags) => {
      const keys = inOneCase(Object.keys(tags));
      return keys.length <= 40 && new Set(keys).size === keys.length;
    },
    { error: tagsAllowed },
  )
  .default({})
  .describe(
    "Additional tags of all resources, hosts, volumes and tasks. The stack sets Environment and ManagedBy",
  );
