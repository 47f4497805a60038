import { describe, expect, it } from "vitest";
import { parseWindow, windowsOverlap } from "../../../stacks/config/time-window.ts";

describe("parseWindow", () => {
  it("parses a daily window, also across midnight", () => {
    expect(parseWindow("03:00-04:30")).toEqual({ start: 180, minutes: 90, isWeekly: false });
    expect(parseWindow("23:30-00:30")).toEqual({ start: 1410, minutes: 60, isWeekly: false });
  });

  it("parses a weekly window, also across the end of the week", () => {
    const day = 24 * 60;
    expect(parseWindow("mon:00:00-mon:01:00")).toEqual({ start: 0, minutes: 60, isWeekly: true });
    expect(parseWindow("sun:23:30-mon:00:30")).toEqual({
      start: 7 * day - 30,
      minutes: 60,
      isWeekly: true,
    });
  });

  it.each([
    "",
    "3:00-4:00",
    "24:00-25:00",
    "03:60-04:00",
    "sun:03:00-04:00",
    "day:03:00-day:04:00",
  ])("refuses %j", (text) => expect(parseWindow(text)).toBeUndefined());
});

describe("windowsOverlap", () => {
  it.each([
    ["03:00-04:00", "sun:05:00-sun:06:00", false],
    ["03:00-05:00", "sun:05:00-sun:06:00", false],
    ["03:00-05:01", "sun:05:00-sun:06:00", true],
    ["05:30-06:30", "wed:05:00-wed:06:00", true],
    ["23:30-00:30", "mon:00:00-mon:01:00", true],
    ["00:00-01:00", "sun:23:30-mon:00:30", true],
    ["12:00-13:00", "tue:23:00-wed:23:00", true],
  ])("for %s and %s is %s", (daily, weekly, meet) => {
    expect(windowsOverlap(daily, weekly)).toBe(meet);
  });

  it("is false for an invalid window, which the field refuses", () => {
    expect(windowsOverlap("25:00-26:00", "sun:05:00-sun:06:00")).toBe(false);
  });
});
