import { Journal } from './journal';
import { Line, span } from './lines';
import { ClusterView, PodView, RackView, freeGpus, gangsOf, placesOf, podsOf } from './model';

/** Requests by which something was changed, by verb. */
export type Writes = Readonly<Record<string, number>>;

export interface SummaryInput {
  readonly view: ClusterView;
  readonly journal: Journal;
  readonly writes: Writes;
  readonly elapsedMs: number;
}

/** How it went: gangs with their times, what is in which rack, and what it cost in writes. */
export function summaryLines({ view, journal, writes, elapsedMs }: SummaryInput): Line[] {
  const pods = gangsOf(view).flatMap(podsOf);
  const ready = pods.filter(({ state }) => state === 'ready').length;
  const total = Object.values(writes).reduce((sum, count) => sum + count, 0);
  const verbs = Object.entries(writes).sort(([a], [b]) => (a < b ? -1 : 1)).map(([verb, count]) => `${verb} ${count}`).join(', ');
  return [
    [span(`${gangsOf(view).length} gangs, ${ready} of ${pods.length} pods ready after ${seconds(elapsedMs)}`, 'bold')],
    [],
    ...table(['gang', 'pods', 'placed in', 'ready in', 'rack'], gangRows(view, journal)),
    [],
    ...table(['rack', 'pods', 'GPUs used', 'GPUs free', 'on closed nodes'], view.racks.map(rack => rackRow(rack, pods))),
    [],
    [span(`${total} writes by the controller (${verbs}): ${(total / Math.max(1, journal.pods.size)).toFixed(1)} a pod`)],
  ];
}

function gangRows(view: ClusterView, { gangs }: Journal): string[][] {
  return gangsOf(view).map(gang => {
    const times = gangs[gang.name];
    const since = (ms: number | undefined) => (times === undefined || ms === undefined ? '-' : seconds(ms - times.seenMs));
    return [gang.name, String(podsOf(gang).length), since(times?.placedMs), since(times?.runningMs), placesOf(podsOf(gang))];
  });
}

function rackRow(rack: RackView, pods: readonly PodView[]): string[] {
  const used = rack.nodes.reduce((sum, { gpus, freeGpus: free }) => sum + gpus - free, 0);
  const free = freeGpus(rack);
  const all = rack.nodes.reduce((sum, { gpus }) => sum + gpus, 0);
  return [rack.name, ...[pods.filter(pod => pod.rack === rack.name).length, used, free, all - used - free].map(String)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Line[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)));
  const text = (cells: readonly string[]) => cells.map((cell, column) => (/^[\d-]/.test(cell) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd();
  return [[span(text(head), 'dim')], ...rows.map((row): Line => [span(text(row))])];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
