import cdk8s_plus_28 as kplus
from cdk8s import App, Chart
from cdk8s_grove import Autoscaling, ClusterTopology, NodeLabels, Packing, PodCliqueSet
from constructs import Construct

IMAGE = "vllm/vllm-openai:v0.11.0"
SERVE = (
    "ray start --head && vllm serve meta-llama/Llama-4-Maverick-17B-128E-Instruct"
    " --tensor-parallel-size 4 --pipeline-parallel-size 4 --distributed-executor-backend ray"
)


class Autoscaled(Chart):
    """Instances of a large model, each whole in a rack and all in one zone; as many of them as the waiting requests ask for."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        # With its levels here, a level that is not there and a wrong order of levels are refused before they reach the cluster.
        topology = ClusterTopology.from_name("nvl72", levels=NodeLabels.nvidia_gpu_clique())
        maverick = PodCliqueSet(self, "maverick", packing=Packing.required(topology.level("zone")))

        waiting = kplus.Metric.external(name="vllm_requests_waiting", target=kplus.MetricTarget.average_value(10))
        instance = maverick.add_scaling_group(
            "instance",
            replicas=2,
            packing=Packing.required(topology.level("rack")),
            autoscaling=Autoscaling.by_controller(max_replicas=4, metrics=[waiting]),
        )
        server = kplus.ContainerProps(image=IMAGE, command=["sh", "-c", SERVE], port_number=8000)
        leader = instance.add_clique("leader", gpus=4, containers=[server])
        join_leader = ["ray", "start", "--block", "--address", f"{leader.leader_address()}:6379"]
        worker = kplus.ContainerProps(image=IMAGE, command=join_leader)
        instance.add_clique("worker", replicas=3, gpus=4, containers=[worker]).start_after(leader)

        busy = kplus.Metric.resource_cpu(kplus.MetricTarget.average_utilization(70))
        one_cpu = kplus.ContainerResources(cpu=kplus.CpuResources(request=kplus.Cpu.units(1)))
        maverick.add_clique(
            "router",
            replicas=2,
            min_available=1,
            containers=[kplus.ContainerProps(image="example.com/router:1.0", resources=one_cpu)],
            autoscaling=Autoscaling.by_controller(max_replicas=6, metrics=[busy]),
        )


app = App()
Autoscaled(app, "autoscaling")
app.synth()
