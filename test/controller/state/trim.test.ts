import { withoutInnerLife } from '../../../controller/src/state/trim';
import type { Container } from '../../../src/core';
import { aPod } from '../../support/objects';

const asks = { resources: { requests: { cpu: '1' }, claims: [{ name: 'gpu' }] }, ports: [{ containerPort: 80, hostPort: 80 }], restartPolicy: 'Always' };
const inner = { env: [{ name: 'A', value: 'b' }], args: ['x'], command: ['y'], volumeMounts: [{ name: 'v', mountPath: '/v' }], terminationMessagePath: '/dev/log' };

test('what containers ask of a node stays, what they do inside goes; all else of the pod stays', () => {
  const [main, init] = ['main', 'init'].map(name => ({ name, image: 'i', ...asks, ...inner }) as unknown as Container);
  const others = { tolerations: [{ key: 'a', operator: 'Exists' }], volumes: [{ name: 'v', emptyDir: {} }], schedulerName: 's' };
  const pod = aPod('a', { node: 'n', spec: { containers: [main], initContainers: [init], ...others } });
  expect(withoutInnerLife(pod)).toEqual({
    ...pod, spec: { nodeName: 'n', ...others, containers: [{ name: 'main', image: 'i', ...asks }], initContainers: [{ name: 'init', image: 'i', ...asks }] },
  });
});
