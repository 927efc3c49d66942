import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';

/** What the administrator of an NVL72 cluster tells Grove: how its levels are called, and the node labels that carry them. */
export class Topology extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    new ApiObject(this, 'nvl72', {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'ClusterTopologyBinding',
      metadata: { name: 'nvl72' },
      spec: {
        levels: [
          { domain: 'zone', key: 'topology.kubernetes.io/zone' },
          { domain: 'rack', key: 'nvidia.com/gpu.clique' },
          { domain: 'host', key: 'kubernetes.io/hostname' },
        ],
      },
    });
  }
}
