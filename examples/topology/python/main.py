from cdk8s import App, Chart
from cdk8s_grove import ClusterTopology, NodeLabels
from constructs import Construct


class Topology(Chart):
    """What the administrator of an NVL72 cluster tells Grove: how its levels are called, and the node labels that carry them."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        ClusterTopology(self, "nvl72", levels=NodeLabels.nvidia_gpu_clique())


app = App()
Topology(app, "topology")
app.synth()
