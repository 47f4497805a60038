/** What holds for statements of several files. */
export const SOAK =
  "a soak of the tests plays a few faults for seconds; `npm run soak` plays all of them";
export const FIGURES = "`npm run figures` runs it, for minutes";
export const WRITES =
  "tests compare what it writes with the repository; a person runs it to write that";
export const DEFECT = "an error of no known kind is a defect of this code: it goes on as it is";
export const TYPES = "the types allow what cannot be";
export const RACE = "a race that lasts microseconds: both come in the same turn of the event loop";
export const GONE = "a process or a file is gone in the moment in which it is looked at";
export const ENDED = "a race: the run ends while something of it begins";
export const ASKED = "a person at a terminal says no; what asks is tested by itself";
export const SLOW = "only a machine that hangs takes that long";
