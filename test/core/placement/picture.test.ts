import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlacementProblem, RunningPod, solve } from '../../../src/core';

const RACKS = 4;
const TRAYS = 9;
const GPUS = 4;

/** Trays of the racks that are in use, from the top. */
const IN_USE = [4, 0, 7, 1];

const nodes = Array.from({ length: RACKS * TRAYS }, (_, at) =>
  ({ name: `r${Math.floor(at / TRAYS)}-${at % TRAYS}`, domain: { block: 'b', rack: `r${Math.floor(at / TRAYS)}` }, allocatable: { gpu: GPUS } }));
const running: RunningPod[] = IN_USE.flatMap((trays, rack) => Array.from({ length: trays }, (_, tray) =>
  ({ name: `p${rack}-${tray}`, node: `r${rack}-${tray}`, request: { gpu: tray === trays - 1 ? 2 : 4 } })));
const leaf = (name: string, count: number, gpu: number) => ({ name, required: 'rack', pods: { count, minCount: count, request: { gpu } } });
const problem: PlacementProblem = {
  levels: ['block', 'rack'],
  nodes,
  running,
  gang: { name: 'llm', required: 'block', groups: [leaf('prefill', 5, 4), leaf('decode', 7, 4), leaf('router', 2, 1)] },
};

/** A line a tray, a column a rack, a letter a GPU: the gang's by their group, `#` in use by others, `.` free. */
function draw(): string {
  const { assignment } = solve(problem);
  const gpus = (name: string) => problem.gang.groups!.find(group => group.name === name)!.pods!.request.gpu!;
  const tray = (name: string) => {
    const mine = assignment.filter(one => one.node === name).map(({ group, count }) => group[0]!.toUpperCase().repeat(count * gpus(group))).join('');
    const others = running.filter(pod => pod.node === name).reduce((sum, pod) => sum + pod.request.gpu!, 0);
    return `${'#'.repeat(others)}${mine}`.padEnd(GPUS, '.');
  };
  const lines = Array.from({ length: TRAYS }, (_, at) => Array.from({ length: RACKS }, (__, rack) => tray(`r${rack}-${at}`)).join('   '));
  return [Array.from({ length: RACKS }, (_, rack) => `r${rack}`.padEnd(GPUS)).join('   ').trimEnd(), ...lines].join('\n');
}

test('the rack map in the explanation is the one that the engine draws', () => {
  const page = readFileSync(join(__dirname, '../../../docs/explanation/placement.md'), 'utf8');
  expect(page.replaceAll('\n    ', '\n')).toContain(draw());
});
