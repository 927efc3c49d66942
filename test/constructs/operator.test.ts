import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Size, Testing } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { parseAllDocuments } from 'yaml';
import { runCommandLine } from '../../controller/src/cli/program';
import { GroveOperator, GroveOperatorProps, LogLevel } from '../../src';
import { controllerRbac } from '../../src/core';

function installed(props: Partial<GroveOperatorProps> = {}): any[] {
  const chart = Testing.chart();
  new GroveOperator(chart, 'grove', { image: 'example.com/grove:1', ...props });
  return Testing.synth(chart);
}

const ofKind = (objects: any[], kind: string) => objects.find(object => object.kind === kind);

test('namespace first, then what the controller is and may do', () => {
  const objects = installed();
  expect(objects.map(({ kind }) => kind)).toEqual([
    'Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'Deployment', 'Service',
  ]);
  expect(objects.filter(({ apiVersion }) => apiVersion.startsWith('rbac.')))
    .toEqual(controllerRbac({ namespace: 'grove-system', serviceAccount: 'cdk8s-grove-controller' }));
});

test('the pod runs the command with options that it knows', async () => {
  const { spec } = ofKind(installed({ startupImage: 'busybox:1', logLevel: LogLevel.DEBUG, port: 9090, namespace: 'grove' }), 'Deployment');
  const [{ command, args, ports, livenessProbe, readinessProbe }] = spec.template.spec.containers;
  expect([...command, ...args].slice(0, 2)).toEqual(['grove', 'controller']);
  expect(ports).toEqual([{ containerPort: 9090 }]);
  expect([livenessProbe.httpGet.path, readinessProbe.httpGet.path]).toEqual(['/healthz', '/readyz']);
  const complaints: string[] = [];
  const terminal = { out: { write: () => true }, err: { write: (text: string) => complaints.push(text) > 0 } };
  const words = [...command.slice(1), ...args, '--kubeconfig', '/does/not/exist'];
  await runCommandLine(words, terminal as unknown as Parameters<typeof runCommandLine>[1]);
  expect(complaints.join('')).toMatch(/\/does\/not\/exist/);
});

test('its Node takes the options that the pod gives it', () => {
  const [{ env }] = ofKind(installed(), 'Deployment').spec.template.spec.containers;
  expect(env).toEqual([{ name: 'NODE_OPTIONS', value: '--max-semi-space-size=4' }]);
  const flags = execFileSync(process.execPath, ['-p', 'v8.getHeapStatistics().heap_size_limit > 0'], { env: { [env[0].name]: env[0].value } });
  expect(flags.toString().trim()).toBe('true');
});

test('selectors do not depend on where the construct stands', () => {
  const [deployment, service] = ['Deployment', 'Service'].map(kind => ofKind(installed(), kind));
  expect(deployment.spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'cdk8s-grove-controller' });
  expect(service.spec.selector).toEqual({ 'app.kubernetes.io/name': 'cdk8s-grove-controller' });
  expect(deployment.spec.template.metadata.labels).toMatchObject(service.spec.selector);
});

test('props reach their places', () => {
  const objects = installed({
    namespace: 'grove', replicas: 2, resources: { cpu: { request: Cpu.units(2) }, memory: { limit: Size.gibibytes(4) } },
  });
  expect(objects.filter(({ metadata }) => metadata.namespace !== undefined).every(({ metadata }) => metadata.namespace === 'grove')).toBe(true);
  expect(ofKind(objects, 'Deployment').spec).toMatchObject({
    replicas: 2, template: { spec: { containers: [{ resources: { requests: { cpu: '2' }, limits: { memory: '4096Mi' } } }] } },
  });
});

test('the definitions are a file of their own that comes first', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'grove-operator-'));
  const app = new App({ outdir });
  new GroveOperator(new Chart(app, 'system'), 'grove', { image: 'example.com/grove:1' });
  app.synth();
  const files = readdirSync(outdir).sort();
  expect(files.map(file => file.slice(0, 5))).toEqual(['0000-', '0001-']);
  const kinds = files.map(file => [...new Set(parseAllDocuments(readFileSync(join(outdir, file), 'utf8')).map(document => document.toJS().kind))]);
  expect(kinds[0]).toEqual(['CustomResourceDefinition']);
  expect(kinds[1]).not.toContain('CustomResourceDefinition');
});

test('the definitions can be left to somebody else', () => {
  const app = Testing.app();
  const operator = new GroveOperator(new Chart(app, 'system'), 'grove', { image: 'example.com/grove:1', crds: false });
  expect(operator.node.findAll().some(construct => construct instanceof Chart)).toBe(false);
});
