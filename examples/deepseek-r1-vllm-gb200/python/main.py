import cdk8s_plus_28 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration, Size
from cdk8s_grove import ClusterTopology, NodeLabels, NvlinkDomain, NvlinkDomainSize, Packing, PodCliqueSet
from constructs import Construct

IMAGE = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.1"
GPUS_PER_POD = 4
DECODE_PODS = 2


class DeepSeekOnVllm(Chart):
    """DeepSeek-R1 in FP4 on vLLM, 16 GPUs: two prefill pods with four data-parallel ranks each, and a decode engine of eight ranks across two pods."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        # The cluster's topology, see ../../topology.
        nvl72 = ClusterTopology.from_name(
            "nvl72",
            levels=NodeLabels.nvidia_gpu_clique(),
            nvlink_domain_size=NvlinkDomainSize(nodes=18, gpus_per_node=GPUS_PER_POD),
        )
        model = PodCliqueSet(
            self, "deepseek-r1-vllm", packing=Packing.required(nvl72.level("rack")), nvlink_domain=NvlinkDomain.named("model")
        )
        frontend = model.add_clique("frontend", containers=[dynamo_frontend()])
        # A whole GB200 node for each pod with GPUs.
        node = {"gpus": GPUS_PER_POD, "shared_memory": Size.gibibytes(800)}
        prefiller = engine("--is-prefill-worker", "--data-parallel-size", str(GPUS_PER_POD))
        prefill = model.add_clique("prefill", **node, replicas=2, min_available=1, containers=[prefiller])

        # The ranks find one another when they are there: no pod has to wait for another.
        decode = model.add_scaling_group("decode")
        leader = decode.add_clique("leader", **node, containers=[engine(*ranks("localhost", 0))])
        worker = decode.add_clique("worker", **node, containers=[engine(*ranks(leader.leader_address(), GPUS_PER_POD))])

        # GPU nodes are kept free of everything else by a taint.
        taint = kplus.NodeTaintQuery.is_("nvidia.com/gpu", "present", effect=kplus.TaintEffect.NO_SCHEDULE)
        for clique in [prefill, leader, worker]:
            clique.scheduling.tolerate(kplus.Node.tainted(taint))

        kplus.Service(
            self,
            "service",
            metadata=ApiObjectMetadata(name="deepseek-r1-vllm"),
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


def ranks(leader: str, first: int) -> list[str]:
    """The part of the decode engine's data-parallel ranks that one pod runs."""
    return [
        *("--data-parallel-size", str(GPUS_PER_POD * DECODE_PODS)),
        *("--data-parallel-size-local", str(GPUS_PER_POD)),
        *("--data-parallel-start-rank", str(first)),
        *("--data-parallel-address", leader),
        *("--data-parallel-rpc-port", "13345"),
        "--data-parallel-hybrid-lb",
    ]


def engine(*parallelism: str) -> kplus.ContainerProps:
    cpus, memory = kplus.Cpu.units(130), Size.gibibytes(850)
    return kplus.ContainerProps(
        image=IMAGE,
        command=[
            *("python3", "-m", "dynamo.vllm"),
            *("--model", "nvidia/DeepSeek-R1-0528-FP4"),
            "--enable-expert-parallel",
            *parallelism,
        ],
        env_variables={name: kplus.EnvValue.from_value("1") for name in ["NCCL_CUMEM_ENABLE", "NCCL_MNNVL_ENABLE"]},
        port_number=9090,
        readiness=kplus.Probe.from_http_get("/health", port=9090),
        startup=kplus.Probe.from_http_get("/live", port=9090, period_seconds=Duration.seconds(10), failure_threshold=360),
        resources=kplus.ContainerResources(
            cpu=kplus.CpuResources(request=cpus, limit=cpus),
            memory=kplus.MemoryResources(request=memory, limit=memory),
        ),
    )


app = App()
DeepSeekOnVllm(app, "deepseek-r1-vllm-gb200")
app.synth()
