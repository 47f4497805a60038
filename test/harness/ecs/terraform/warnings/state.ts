/** A resource or a data source, as in a state. */
export function resource(address: string, values: object) {
  const [type = "", name = ""] = address.replace(/^data\./, "").split(".");
  return { address, mode: address.startsWith("data.") ? "data" : "managed", type, name, values };
}

export const stateOf = (resources: readonly ReturnType<typeof resource>[]): object => ({
  format_version: "1.0",
  values: { root_module: { resources } },
});
