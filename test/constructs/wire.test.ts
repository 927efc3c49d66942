import { readFileSync } from 'node:fs';
import * as kplus from 'cdk8s-plus-28';
import { DICTIONARIES, RENAMED, toWire } from '../../constructs/wire';

/** The conversions that cdk8s-plus has for all objects that a pod spec is made of, as source lines `'json': … obj.field …`. */
function conversions(): string[] {
  const source = readFileSync(require.resolve('cdk8s-plus-28/lib/imports/k8s.js'), 'utf8');
  const functions = new Map([...source.matchAll(/\nfunction (toJson_\w+)\(obj\) \{([\s\S]*?)\n\}/g)].map(([, name, body]) => [name!, body!]));
  const reached = new Set(['toJson_PodSpec']);
  for (const name of reached) for (const [used] of functions.get(name)!.matchAll(/toJson_\w+/g)) reached.add(used);
  return [...reached].flatMap(name => functions.get(name)!.split('\n').filter(line => /^ +'\S+': /.test(line)));
}

test('every field that cdk8s-plus spells otherwise is known', () => {
  const renamed = conversions().flatMap(line => {
    const [, wire, field] = /'(\S+)': .*?obj\.(\w+)/.exec(line) ?? [];
    return field === wire ? [] : [[field, wire]];
  });
  expect(RENAMED).toEqual(Object.fromEntries(renamed));
});

test('every field whose keys are the user’s words is known', () => {
  const dictionaries = conversions().filter(line => line.includes('Object.entries(obj.')).map(line => /'(\S+)'/.exec(line)![1]!);
  expect([...DICTIONARIES].sort()).toEqual([...new Set(dictionaries)].sort());
});

test('a pod spec becomes what cdk8s-plus makes of it', () => {
  const pod: kplus.k8s.PodSpec = {
    hostIpc: true,
    setHostnameAsFqdn: false,
    nodeSelector: { hostIp: 'a label' },
    securityContext: { sysctls: [], windowsOptions: undefined },
    containers: [{
      name: 'main',
      ports: [{ containerPort: 80, hostIp: '10.0.0.1' }],
      resources: { limits: { cpu: kplus.k8s.Quantity.fromString('1500m') }, requests: { cpu: kplus.k8s.Quantity.fromNumber(1) } },
      livenessProbe: { tcpSocket: { port: kplus.k8s.IntOrString.fromNumber(80) }, httpGet: undefined },
    }],
    volumes: [{ name: 'v', downwardApi: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } }],
  };
  expect(toWire(pod)).toEqual(kplus.k8s.toJson_PodSpec(pod));
});
