import cdk8s_plus_28 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration, Size
from cdk8s_grove import ClusterTopology, NodeLabels, NvlinkDomain, NvlinkDomainSize, Packing, PodClique, PodCliqueSet
from constructs import Construct

IMAGE = "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1"
GPUS_PER_POD = 4
WORKERS = 7
SSH_PORT = 2222
NCCL = {"NCCL_CUMEM_ENABLE": "1", "NCCL_MNNVL_ENABLE": "1"}


class Kimi(Chart):
    """Kimi K2 in NVFP4 with wide expert parallelism: two prefill pods of which one is enough to begin with, and one decode engine across eight pods."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.mounts = self.volume_mounts()

        # The cluster's topology, see ../../topology.
        nvl72 = ClusterTopology.from_name(
            "nvl72",
            levels=NodeLabels.nvidia_gpu_clique(),
            nvlink_domain_size=NvlinkDomainSize(nodes=18, gpus_per_node=GPUS_PER_POD),
        )
        kimi = PodCliqueSet(
            self, "kimi-k2", packing=Packing.required(nvl72.level("rack")), nvlink_domain=NvlinkDomain.named("model")
        )
        frontend = kimi.add_clique("frontend", containers=[dynamo_frontend()])
        # A whole GB200 node for each pod with GPUs.
        node = {"gpus": GPUS_PER_POD, "shared_memory": Size.gibibytes(800)}
        prefill = self.engine(["python3", *dynamo("prefill")])
        kimi.add_clique("prefill", **node, replicas=2, min_available=1, containers=[prefill])

        decode = kimi.add_scaling_group("decode")
        listener = kplus.ContainerProps(**self.listener())
        worker = decode.add_clique("worker", **node, replicas=WORKERS, containers=[listener])
        decode.add_clique("leader", **node, containers=[self.engine(across_pods(worker))]).start_after(worker)

        kplus.Service(
            self,
            "service",
            metadata=ApiObjectMetadata(name="kimi-k2"),
            selector=frontend,
            ports=[kplus.ServicePort(port=80, target_port=8000)],
        )

    def volume_mounts(self) -> list[kplus.VolumeMount]:
        models = kplus.Volume.from_host_path(self, "models-volume", "models", path="/models")
        secret = kplus.Secret.from_secret_name(self, "mpi", "mpi-ssh")
        mpi = kplus.Volume.from_secret(self, "mpi-volume", secret, name="mpi", default_mode=0o400)
        return [
            kplus.VolumeMount(path="/models", volume=models, read_only=True),
            kplus.VolumeMount(path="/etc/mpi", volume=mpi),
        ]

    def engine(self, command: list[str]) -> kplus.ContainerProps:
        return kplus.ContainerProps(
            **{
                **self.listener(),
                "command": command,
                "port_number": 9090,
                "readiness": kplus.Probe.from_http_get("/health", port=9090),
                # Loading the model may take over an hour and a half.
                "startup": kplus.Probe.from_http_get("/live", port=9090, period_seconds=Duration.seconds(10), failure_threshold=600),
            }
        )

    def listener(self) -> dict:
        cpus, memory = kplus.Cpu.units(130), Size.gibibytes(850)
        return {
            "image": IMAGE,
            "command": ["/usr/sbin/sshd", "-D", "-e", "-f", "/etc/mpi/sshd_config", "-p", str(SSH_PORT)],
            "env_variables": {name: kplus.EnvValue.from_value(value) for name, value in NCCL.items()},
            "readiness": kplus.Probe.from_tcp_socket(port=SSH_PORT),
            "resources": kplus.ContainerResources(
                cpu=kplus.CpuResources(request=cpus, limit=cpus),
                memory=kplus.MemoryResources(request=memory, limit=memory),
            ),
            "volume_mounts": self.mounts,
        }


def dynamo_frontend() -> kplus.ContainerProps:
    return kplus.ContainerProps(
        image=IMAGE,
        command=["python3", "-m", "dynamo.frontend", "--http-port", "8000"],
        port_number=8000,
        readiness=kplus.Probe.from_http_get("/health"),
    )


def dynamo(mode: str) -> list[str]:
    return [
        *("-m", "dynamo.trtllm"),
        *("--model-path", "/models/Kimi-K2.5-NVFP4"),
        *("--served-model-name", "moonshotai/Kimi-K2.5"),
        *("--disaggregation-mode", mode),
    ]


def across_pods(worker: PodClique) -> list[str]:
    """One process for each GPU of the leader and its workers."""
    hosts = [f"{host}:{GPUS_PER_POD}" for host in ["localhost", *worker.pod_addresses()]]
    return [
        *("mpirun", "--allow-run-as-root"),
        *("-np", str(GPUS_PER_POD * (1 + WORKERS))),
        *("-H", ",".join(hosts)),
        *("--mca", "plm_rsh_args", f"-F /etc/mpi/ssh_config -p {SSH_PORT}"),
        *(word for name in NCCL for word in ("-x", name)),
        *("trtllm-llmapi-launch", "python3", *dynamo("decode")),
    ]


app = App()
Kimi(app, "kimi-k2-wide-ep")
app.synth()
