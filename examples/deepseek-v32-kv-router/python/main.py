import cdk8s_plus_28 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration, Size
from cdk8s_grove import ClusterTopology, NodeLabels, NvlinkDomain, NvlinkDomainSize, Packing, PodClique, PodCliqueSet
from constructs import Construct

IMAGE = "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1"
GPUS_PER_POD = 4
SSH_PORT = 2222
NCCL = {"NCCL_CUMEM_ENABLE": "1", "NCCL_MNNVL_ENABLE": "1"}


class DeepSeekV32(Chart):
    """DeepSeek-V3.2 in NVFP4: two prefill and two decode instances of two pods each, and a frontend that knows which of them has which cache."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        secret = kplus.Secret.from_secret_name(self, "mpi", "mpi-ssh")
        self.mpi = kplus.Volume.from_secret(self, "mpi-volume", secret, name="mpi", default_mode=0o400)

        # The cluster's topology, see ../../topology.
        nvl72 = ClusterTopology.from_name(
            "nvl72",
            levels=NodeLabels.nvidia_gpu_clique(),
            nvlink_domain_size=NvlinkDomainSize(nodes=18, gpus_per_node=GPUS_PER_POD),
        )
        # One rack and one NVLink domain for all instances: the caches travel between them.
        model = PodCliqueSet(
            self, "deepseek-v32", packing=Packing.required(nvl72.level("rack")), nvlink_domain=NvlinkDomain.named("caches")
        )
        frontend = model.add_clique("frontend", containers=[dynamo_frontend()])
        self.add_instances(model, "prefill")
        self.add_instances(model, "decode")

        kplus.Service(
            self,
            "service",
            metadata=ApiObjectMetadata(name="deepseek-v32"),
            selector=frontend,
            ports=[kplus.ServicePort(port=80, target_port=8000)],
        )

    def add_instances(self, model: PodCliqueSet, mode: str) -> None:
        """Two instances: the first is part of the base gang, the second comes whole when there is room. In each, the leader starts after its worker."""
        node = {"gpus": GPUS_PER_POD, "shared_memory": Size.gibibytes(200)}
        group = model.add_scaling_group(mode, replicas=2, min_available=1)
        listener = kplus.ContainerProps(**self.listener())
        worker = group.add_clique(f"{mode}-wkr", **node, containers=[listener])
        leader = group.add_clique(f"{mode}-ldr", **node, containers=[self.engine(worker, mode)])
        leader.start_after(worker)
        for clique in [worker, leader]:
            clique.scheduling.attract(kplus.Node.labeled(kplus.NodeLabelQuery.is_("kubernetes.io/arch", "arm64")))

    def engine(self, worker: PodClique, mode: str) -> kplus.ContainerProps:
        hosts = [f"{host}:{GPUS_PER_POD}" for host in ["localhost", *worker.pod_addresses()]]
        return kplus.ContainerProps(
            **{
                **self.listener(),
                "command": [
                    *("mpirun", "--allow-run-as-root"),
                    *("-np", str(2 * GPUS_PER_POD)),
                    *("-H", ",".join(hosts)),
                    *("--mca", "plm_rsh_args", f"-F /etc/mpi/ssh_config -p {SSH_PORT}"),
                    *(word for name in NCCL for word in ("-x", name)),
                    *("trtllm-llmapi-launch", "python3", "-m", "dynamo.trtllm"),
                    *("--model-path", "nvidia/DeepSeek-V3.2-NVFP4"),
                    *("--disaggregation-mode", mode),
                    "--publish-events-and-metrics",
                ],
                "port_number": 9090,
                "readiness": kplus.Probe.from_http_get("/health", port=9090),
                "startup": kplus.Probe.from_http_get("/live", port=9090, period_seconds=Duration.seconds(60), failure_threshold=60),
            }
        )

    def listener(self) -> dict:
        return {
            "image": IMAGE,
            "command": ["/usr/sbin/sshd", "-D", "-e", "-f", "/etc/mpi/sshd_config", "-p", str(SSH_PORT)],
            "env_variables": {name: kplus.EnvValue.from_value(value) for name, value in NCCL.items()},
            "readiness": kplus.Probe.from_tcp_socket(port=SSH_PORT),
            "volume_mounts": [kplus.VolumeMount(path="/etc/mpi", volume=self.mpi)],
        }


def dynamo_frontend() -> kplus.ContainerProps:
    return kplus.ContainerProps(
        image=IMAGE,
        command=["python3", "-m", "dynamo.frontend", "--http-port", "8000", "--router-mode", "kv"],
        port_number=8000,
        readiness=kplus.Probe.from_http_get("/health"),
    )


app = App()
DeepSeekV32(app, "deepseek-v32-kv-router")
app.synth()
