import { complaints } from './compiler';
import { INVALID_PROGRAMS, PRELUDE } from './invalid-programs';

/** What a program looks like that has none of the mistakes. */
const VALID = `
set.addClique('a', { gpus: 4, extendedResources: { 'rdma/ib': 8 }, sharedMemory: Size.gibibytes(8), nvlinkDomain: NvlinkDomain.named('m'), containers }).startAfter(router, worker);
new PodCliqueSet(chart, 'b', {
  startupOrder: StartupOrder.IN_ORDER, updateStrategy: UpdateStrategy.ON_DELETE, terminationDelay: Duration.hours(1), packing: Packing.required(rack), replicasOwner: ReplicasOwner.GIT,
});
Autoscaling.byController({ maxReplicas: 4, metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))] });
set.shareClaims(template, { scope: SharingScope.PER_REPLICA, cliques: [router], scalingGroups: [group] });
router.addContainer({ image: 'x', envVariables: { RANK: PodVariable.POD_INDEX.toEnvValue() }, args: [router.podAddress(0)] });
new GroveOperator(chart, 'o', { image: 'x', logLevel: LogLevel.DEBUG, crdSize: CrdSize.FULL });
`;

const names = Object.keys(INVALID_PROGRAMS);
const found = complaints({
  ...Object.fromEntries(names.map(name => [name, `${PRELUDE}\n${INVALID_PROGRAMS[name]!.code}`])),
  valid: `${PRELUDE}\n${VALID}`,
});

/** The programs import more than each of them uses. */
const serious = (name: string) => found[name]!.filter(text => !/is declared but|are unused|All imports in import/.test(text));

test('there are as many as were promised', () => {
  expect(names.length).toBeGreaterThanOrEqual(40);
});

test('a program without mistakes is compiled', () => {
  expect(serious('valid')).toEqual([]);
});

test.each(names)('the compiler refuses %s', name => {
  const texts = serious(name);
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain(INVALID_PROGRAMS[name]!.complaint);
});
