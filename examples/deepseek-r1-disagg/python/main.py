import cdk8s_plus_28 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration, Size
from cdk8s_grove import ClusterTopology, NodeLabels, NvlinkDomain, NvlinkDomainSize, Packing, PodClique, PodCliqueSet
from constructs import Construct

from engines import DECODE_ENGINE, GPUS_PER_POD, PREFILL_ENGINE, WORKERS

IMAGE = "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1"
SSH_PORT = 2222

# Lets NCCL use NVLink between nodes.
NCCL = {"NCCL_CUMEM_ENABLE": "1", "NCCL_MNNVL_ENABLE": "1"}
# Where the parts of Dynamo find one another.
DYNAMO = {"ETCD_ENDPOINTS": "http://etcd:2379", "NATS_SERVER": "nats://nats:4222"}


class DeepSeekR1(Chart):
    """DeepSeek-R1 in FP4 with wide expert parallelism: one prefill pod, and one decode engine across eight pods, all in one NVLink domain."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.mounts = self.volume_mounts()

        # With the topology's levels and sizes here, a set that no rack can hold is refused before it gets there.
        nvl72 = ClusterTopology.from_name(
            "nvl72",
            levels=NodeLabels.nvidia_gpu_clique(),
            nvlink_domain_size=NvlinkDomainSize(nodes=18, gpus_per_node=GPUS_PER_POD),
        )
        model = PodCliqueSet(
            self, "deepseek-r1", packing=Packing.required(nvl72.level("rack")), nvlink_domain=NvlinkDomain.named("model")
        )
        frontend = model.add_clique("frontend", containers=[dynamo_frontend()])
        # What all pods with GPUs have in common: a whole GB200 node each.
        memory = Size.gibibytes(800)
        prefill = self.engine(["python3", *dynamo("prefill")])
        model.add_clique("prefill", gpus=GPUS_PER_POD, shared_memory=memory, containers=[prefill])

        # The leader starts the engine on its workers over SSH, so it starts when they listen.
        decode = model.add_scaling_group("decode")
        listener = kplus.ContainerProps(**self.listener())
        worker = decode.add_clique("worker", replicas=WORKERS, gpus=GPUS_PER_POD, shared_memory=memory, containers=[listener])
        engine = self.engine(across_pods(worker, dynamo("decode")))
        leader = decode.add_clique("leader", gpus=GPUS_PER_POD, shared_memory=memory, containers=[engine])
        leader.start_after(worker)

        kplus.Service(
            self,
            "service",
            metadata=ApiObjectMetadata(name="deepseek-r1"),
            selector=frontend,
            ports=[kplus.ServicePort(port=80, target_port=8000)],
        )

    def volume_mounts(self) -> list[kplus.VolumeMount]:
        engines = kplus.ConfigMap(
            self,
            "engines",
            metadata=ApiObjectMetadata(name="deepseek-r1-engines"),
            data={"prefill.yaml": PREFILL_ENGINE, "decode.yaml": DECODE_ENGINE},
        )
        mpi = kplus.Secret.from_secret_name(self, "mpi", "mpi-ssh")
        models_volume = kplus.Volume.from_host_path(self, "models-volume", "models", path="/models")
        engines_volume = kplus.Volume.from_config_map(self, "engines-volume", engines, name="engines")
        mpi_volume = kplus.Volume.from_secret(self, "mpi-volume", mpi, name="mpi", default_mode=0o400)
        return [
            kplus.VolumeMount(path="/models", volume=models_volume, read_only=True),
            kplus.VolumeMount(path="/engines", volume=engines_volume),
            kplus.VolumeMount(path="/etc/mpi", volume=mpi_volume),
        ]

    def engine(self, command: list[str]) -> kplus.ContainerProps:
        return kplus.ContainerProps(
            **{
                **self.listener(),
                "command": command,
                "port_number": 9090,
                "readiness": kplus.Probe.from_http_get("/health", port=9090),
                # Loading the model may take over an hour and a half.
                "startup": kplus.Probe.from_http_get(
                    "/live",
                    port=9090,
                    initial_delay_seconds=Duration.seconds(30),
                    period_seconds=Duration.seconds(10),
                    timeout_seconds=Duration.seconds(5),
                    failure_threshold=600,
                ),
            }
        )

    def listener(self) -> dict:
        cpus, memory = kplus.Cpu.units(130), Size.gibibytes(850)
        return {
            "image": IMAGE,
            "command": ["/usr/sbin/sshd", "-D", "-e", "-f", "/etc/mpi/sshd_config", "-p", str(SSH_PORT)],
            "env_variables": variables({**DYNAMO, **NCCL}),
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
        env_variables=variables(DYNAMO),
        port_number=8000,
        readiness=kplus.Probe.from_http_get("/health"),
    )


def variables(values: dict[str, str]) -> dict[str, kplus.EnvValue]:
    return {name: kplus.EnvValue.from_value(value) for name, value in values.items()}


def dynamo(mode: str) -> list[str]:
    return [
        *("-m", "dynamo.trtllm"),
        *("--model-path", "/models/DeepSeek-R1-FP4"),
        *("--served-model-name", "deepseek-ai/DeepSeek-R1"),
        *("--extra-engine-args", f"/engines/{mode}.yaml"),
        *("--disaggregation-mode", mode),
    ]


def across_pods(worker: PodClique, python: list[str]) -> list[str]:
    """One process for each GPU of the leader and its workers."""
    hosts = [f"{host}:{GPUS_PER_POD}" for host in ["localhost", *worker.pod_addresses()]]
    return [
        *("mpirun", "--allow-run-as-root"),
        *("-np", str(GPUS_PER_POD * (1 + WORKERS))),
        *("-H", ",".join(hosts)),
        *("--mca", "plm_rsh_args", f"-F /etc/mpi/ssh_config -p {SSH_PORT}"),
        *(word for name in NCCL for word in ("-x", name)),
        *("trtllm-llmapi-launch", "python3", *python),
    ]


app = App()
DeepSeekR1(app, "deepseek-r1-disagg")
app.synth()
