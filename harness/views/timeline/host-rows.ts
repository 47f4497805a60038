import { group } from "d3-array";
import { html, type Html } from "../html.ts";
import { type Bar, barsRow, containerBar, isVisible, taskBar } from "./bars.ts";
import { type ContainerBar, containerBars } from "./container-bars.ts";
import { type HostBar, hostBars } from "./host-bars.ts";
import { type TaskBar, taskBars } from "./task-bars.ts";
import type { TimeScale } from "./time-scale.ts";
import type { TimelineData } from "./timeline-data.ts";

/** The tasks of each host by service, with containers if task bars do not show them. */
export function hostRows({ events, until }: TimelineData, scale: TimeScale): Html[] {
  const tasks = taskBars(events, until).filter(isVisible(scale));
  const containers = containerBars(events, until);
  const rowsOf = (name: string | undefined): Html[] =>
    serviceRows(
      tasks.filter(({ host }) => host === name),
      containers.filter(({ host }) => host === name),
      scale,
    );
  const placed = hostBars(events, until).flatMap((host) => {
    const troubles = troubleBars(host, scale);
    const services = rowsOf(host.host);
    if (services.length === 0 && troubles.length === 0) return [];
    return html`<p class="group">${host.host}</p>
      ${troubles.length > 0 && barsRow("the host", troubles, scale)} ${services}`;
  });
  const homeless = rowsOf(undefined);
  if (homeless.length === 0) return placed;
  return [
    ...placed,
    html`<p class="group">Not placed</p>
      ${homeless}`,
  ];
}

function troubleBars({ troubles }: HostBar, scale: TimeScale): Bar[] {
  return troubles.filter(isVisible(scale)).map((trouble) => {
    const words = trouble.state.toLowerCase();
    return {
      ...trouble,
      spans: [{ ...trouble, state: words }],
      label: words,
      words: `${words} ${scale.words(trouble.from)} to ${scale.words(trouble.to)}`,
    };
  });
}

function serviceRows(
  tasks: readonly TaskBar[],
  containers: readonly ContainerBar[],
  scale: TimeScale,
): Html[] {
  const services = [...group(tasks, ({ service }) => service)].toSorted(([a], [b]) =>
    a.localeCompare(b, "en"),
  );
  return services.flatMap(([service, own]) => [
    barsRow(
      service,
      own.map((task) => taskBar(task, scale)),
      scale,
    ),
    ...containerRows(
      containers.filter((each) => each.service === service),
      scale,
    ),
  ]);
}

/** A row per container with its numbered starts. */
function containerRows(containers: readonly ContainerBar[], scale: TimeScale): Html[] {
  return [...group(containers, ({ container }) => container)].map(([container, own]) => {
    const bars = own.map((each) => containerBar(each, scale));
    const label = html`<span class="inner">${container} <small>container</small></span>`;
    return barsRow(label, bars, scale);
  });
}
