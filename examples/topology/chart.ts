import { Chart } from 'cdk8s';
import { ClusterTopology, NodeLabels } from 'cdk8s-grove';
import { Construct } from 'constructs';

/** What the administrator of an NVL72 cluster tells Grove: how its levels are called, and the node labels that carry them. */
export class Topology extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    new ClusterTopology(this, 'nvl72', { levels: NodeLabels.nvidiaGpuClique() });
  }
}
