/** Inputs that failed once, as hex, and what they did. They are tried in each `npm test`. */
export const FOUND: Readonly<Record<string, string>> = {
  "claims 65 533 records, and has a text that is cut off: the codec began again at the header for each":
    "2a2a81800001fffd00000001096465762d7265646973076465762d6563730000210001c00c001000010000000a000c096465762d616c69",
  "claims 65 533 records, and has an SSHFP record of a hash that no one knows: the same":
    "2a2a81800001fffd00000001096465762d7265646973076465762d6563730000210001c00c002100010000000a00070000000000000000002c04d0000000000000",
};
