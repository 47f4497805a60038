import { HarnessError } from "../../base/errors.ts";
import type { Change } from "../types/resource-type.ts";
import type { Declared, DeclaredBlocks } from "../configuration/declared.ts";
import type { Module } from "../configuration/module.ts";
import { ADDRESS } from "../expression/address.ts";
import { argumentFor, isForcingKnown } from "../types/index.ts";

/** An entry of `replace_triggered_by`: a resource, or one of its attributes. */
interface Trigger {
  readonly address: string;
  readonly attribute: string | undefined;
}

const TRIGGER = new RegExp(String.raw`^(${ADDRESS})(?:\.([\w-]+))?$`);

function parseTrigger(where: string, text: string): Trigger {
  const [, address, attribute] = TRIGGER.exec(text) ?? [];
  if (address !== undefined && !/(?:^|\.)(?:data|ephemeral|var|local)\./.test(address)) {
    return { address, attribute };
  }
  const message = `${where}: "${text}" is neither a declared resource nor an attribute of one`;
  throw new HarnessError("ERR_UNSUPPORTED", message);
}

const where = (address: string): string => `${address}.lifecycle.replace_triggered_by`;

/** @throws HarnessError for a trigger that refers to nothing */
export function checkTriggers({ address, lifecycle }: Declared, { blocks }: Module): void {
  for (const text of lifecycle.replace_triggered_by) {
    const trigger = parseTrigger(where(address), text);
    if (blocks.has(trigger.address)) continue;
    const message = `${where(address)}: ${trigger.address} is not declared`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
}

/**
 * Whether a trigger replaces a resource. A resource triggers when it is updated or replaced, an attribute only
 * when it changes. A new resource triggers nothing.
 * https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#replace_triggered_by
 */
export function isTriggered(
  block: Declared,
  declared: DeclaredBlocks,
  known: ReadonlyMap<string, Change>,
): boolean {
  return block.lifecycle.replace_triggered_by.some((text) => {
    const { address, attribute } = parseTrigger(where(block.address), text);
    const change = known.get(address);
    if (!change || change.action === "create" || change.action === "delete") return false;
    if (attribute === undefined) return true;
    const name = argumentFor(change.type, attribute);
    const isGiven = declared.get(address)?.arguments[name] !== undefined;
    if (isGiven || change.arguments.includes(name)) return change.arguments.includes(name);
    // An id or an ARN changes only with a replacement.
    if (change.action === "replace" || isForcingKnown(change.type))
      return change.action === "replace";
    const message = `${where(block.address)}: it is not known locally whether a change of ${change.arguments.join(", ")} changes ${text}`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  });
}
