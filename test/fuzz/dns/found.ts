/** Inputs that failed once, as hex, and what they did. They are tried in each `npm test`. */
export const FOUND: Readonly<Record<string, string>> = {
  "claims 65 533 records, one of a type at which the codec began again at the header":
    "2a2a8180000100010000fffd096465762d7265646973076465762d6563730000210001c00c002c0001ffffffff000aff02030405060708090a",
};
