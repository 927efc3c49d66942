import cdk8s_plus_28 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration, Size
from cdk8s_grove import ClusterTopology, NodeLabels, Packing, PodCliqueSet, TopologyLevel
from constructs import Construct

IMAGE = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.1"
GPUS_PER_POD = 8
PODS = 2


class DeepSeekOnHopper(Chart):
    """DeepSeek-R1 on vLLM on Hopper, 32 GPUs: prefill and decode are an engine of 16 data-parallel ranks across two pods each."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        # NVLink ends at the node here; what counts is the number of switches between the two nodes of an engine.
        fabric = ClusterTopology(self, "hopper", levels=NodeLabels.topograph())
        block = fabric.level("block")

        model = PodCliqueSet(self, "deepseek-r1-hopper")
        frontend = model.add_clique("frontend", containers=[dynamo_frontend()])
        add_engine(model, "prefill", block, "--is-prefill-worker")
        add_engine(model, "decode", block)

        kplus.Service(
            self,
            "service",
            metadata=ApiObjectMetadata(name="deepseek-r1-hopper"),
            selector=frontend,
            ports=[kplus.ServicePort(port=80, target_port=8000)],
        )


def add_engine(model: PodCliqueSet, role: str, block: TopologyLevel, *flags: str) -> None:
    """Two pods below one leaf switch, which is what a block is, if one has room for both."""
    # A whole Hopper node for each pod: eight GPUs, and a network device for each of them.
    node = {"gpus": GPUS_PER_POD, "extended_resources": {"rdma/ib": GPUS_PER_POD}, "shared_memory": Size.gibibytes(80)}
    group = model.add_scaling_group(role, packing=Packing.preferred(block))
    leader = group.add_clique(f"{role}-leader", **node, containers=[ranks("localhost", 0, *flags)])
    group.add_clique(f"{role}-worker", **node, containers=[ranks(leader.leader_address(), GPUS_PER_POD, *flags)])


def dynamo_frontend() -> kplus.ContainerProps:
    return kplus.ContainerProps(
        image=IMAGE,
        command=["python3", "-m", "dynamo.frontend", "--http-port", "8000"],
        port_number=8000,
        readiness=kplus.Probe.from_http_get("/health"),
    )


def ranks(leader: str, first: int, *flags: str) -> kplus.ContainerProps:
    """The part of an engine's data-parallel ranks that one pod runs."""
    return kplus.ContainerProps(
        image=IMAGE,
        command=[
            *("python3", "-m", "dynamo.vllm"),
            *("--model", "deepseek-ai/DeepSeek-R1"),
            "--enable-expert-parallel",
            *("--data-parallel-size", str(GPUS_PER_POD * PODS)),
            *("--data-parallel-size-local", str(GPUS_PER_POD)),
            *("--data-parallel-start-rank", str(first)),
            *("--data-parallel-address", leader),
            *("--data-parallel-rpc-port", "13345"),
            "--data-parallel-hybrid-lb",
            *flags,
        ],
        port_number=9090,
        readiness=kplus.Probe.from_http_get("/health", port=9090),
        startup=kplus.Probe.from_http_get("/live", port=9090, period_seconds=Duration.seconds(10), failure_threshold=360),
    )


app = App()
DeepSeekOnHopper(app, "deepseek-r1-vllm-hopper")
app.synth()
