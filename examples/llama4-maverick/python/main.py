import cdk8s_plus_28 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration, Size
from cdk8s_grove import ClusterTopology, Packing, PodCliqueSet, PodVariable, TopologyLevelProps
from constructs import Construct

IMAGE = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.1"
GPUS_PER_POD = 8
PODS = 4


class Maverick(Chart):
    """Llama 4 Maverick, not disaggregated: two instances of four pods, 64 GPUs. Each instance in one rack, all of them in one zone."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        # Levels of one's own: the administrator has put a label on every node that tells its rack.
        levels = {"zone": "topology.kubernetes.io/zone", "rack": "example.com/rack"}
        topology = ClusterTopology(
            self, "h100", levels=[TopologyLevelProps(domain=domain, key=key) for domain, key in levels.items()]
        )

        llama = PodCliqueSet(self, "llama4", packing=Packing.required(topology.level("zone")))
        frontend = llama.add_clique("frontend", containers=[dynamo_frontend()])

        packing = Packing.required(topology.level("rack"))
        instance = llama.add_scaling_group("instance", replicas=2, min_available=1, packing=packing)
        node = {"gpus": GPUS_PER_POD, "shared_memory": Size.gibibytes(80)}
        leader = instance.add_clique("leader", **node, containers=[serving_engine()])
        rank = f"$(({PodVariable.POD_INDEX.variable_name} + 1))"
        worker = kplus.ContainerProps(image=IMAGE, command=vllm(leader.leader_address(), rank))
        instance.add_clique("worker", **node, replicas=PODS - 1, containers=[worker])

        kplus.Service(
            self,
            "service",
            metadata=ApiObjectMetadata(name="llama4"),
            selector=frontend,
            ports=[kplus.ServicePort(port=80, target_port=8000)],
        )


def dynamo_frontend() -> kplus.ContainerProps:
    return kplus.ContainerProps(
        image=IMAGE,
        command=["python3", "-m", "dynamo.frontend", "--http-port", "8000"],
        port_number=8000,
        readiness=kplus.Probe.from_http_get("/health"),
    )


def serving_engine() -> kplus.ContainerProps:
    """The first pod of an instance answers for all of it."""
    return kplus.ContainerProps(
        image=IMAGE,
        command=vllm("0.0.0.0", "0"),
        port_number=9090,
        readiness=kplus.Probe.from_http_get("/health", port=9090),
        startup=kplus.Probe.from_http_get("/live", port=9090, period_seconds=Duration.seconds(10), failure_threshold=360),
    )


def vllm(leader: str, rank: str) -> list[str]:
    """The part of an instance that one pod runs. Its rank is for the shell to reckon: the leader is the first, the workers are those after it."""
    words = [
        "exec python3 -m dynamo.vllm --model meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
        f"--tensor-parallel-size {GPUS_PER_POD} --pipeline-parallel-size {PODS}",
        f"--nnodes {PODS} --node-rank {rank} --master-addr {leader}",
    ]
    return ["sh", "-c", " ".join(words)]


app = App()
Maverick(app, "llama4-maverick")
app.synth()
