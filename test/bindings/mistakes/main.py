"""Makes mistakes, one after another, and prints what is said about each as JSON."""

import json

import cdk8s_plus_28 as kplus
from cdk8s import Chart, Testing
from cdk8s_grove import (
    Autoscaling, ClusterTopology, Crds, DeviceAlternativeProps, DeviceRequest, GroveOperator, KedaTrigger, NodeLabels, NvlinkDomain,
    NvlinkDomainSize, Packing, PodClique, PodCliqueSet, PodResourceClaim, PodVariable, ScalingGroup, SharingScope, StartupOrder, UpdateStrategy,
)

CONTAINERS = [kplus.ContainerProps(image="server:1")]


class Program:
    """What every mistake begins with."""

    def __init__(self) -> None:
        self.chart = Chart(Testing.app(), "chart")
        self.topology = ClusterTopology(self.chart, "dc", levels=NodeLabels.nvidia_gpu_clique(), nvlink_domain_size=NvlinkDomainSize(nodes=2, gpus_per_node=4))
        self.set = PodCliqueSet(self.chart, "llm")


def cycle(p: Program) -> None:
    first = p.set.add_clique("first", containers=CONTAINERS)
    second = p.set.add_clique("second", containers=CONTAINERS).start_after(first)
    first.start_after(second)


def too_large_domain(p: Program) -> None:
    packing, domain = Packing.required(p.topology.level("rack")), NvlinkDomain.named("model")
    big = PodCliqueSet(p.chart, "big", packing=packing, nvlink_domain=domain)
    big.add_clique("worker", replicas=3, gpus=4, containers=CONTAINERS)


def looser_group(p: Program) -> None:
    packed = PodCliqueSet(p.chart, "packed", packing=Packing.required(p.topology.level("rack")))
    packed.add_scaling_group("group", packing=Packing.required(p.topology.level("zone"))).add_clique("worker", containers=CONTAINERS)


def order_beside_start_after(p: Program) -> None:
    ordered = PodCliqueSet(p.chart, "ordered", startup_order=StartupOrder.IN_ORDER)
    first = ordered.add_clique("first", containers=CONTAINERS)
    ordered.add_clique("second", containers=CONTAINERS).start_after(first)


def foreign_container(p: Program) -> None:
    first, second = (p.set.add_clique(name, containers=CONTAINERS) for name in ("first", "second"))
    claim = PodResourceClaim.from_claim_name("net", "net")
    first.add_resource_claim(claim, containers=first.containers)
    second.add_resource_claim(claim, containers=first.containers)


# The same as in main.go.
REFUSED = {
    "negative replicas": lambda p: p.set.add_clique("a", replicas=-1, containers=CONTAINERS),
    "a minimum above the replicas": lambda p: p.set.add_clique("a", replicas=2, min_available=3, containers=CONTAINERS),
    "a cycle": cycle,
    "an unknown level": lambda p: p.topology.level("shelf"),
    "a set without cliques": lambda p: None,
    "a clique without containers": lambda p: p.set.add_clique("a"),
    "a name that is too long": lambda p: p.set.add_clique("a" * 46, containers=CONTAINERS),
    "an NVLink domain larger than a rack": too_large_domain,
    "a group packed more loosely than its set": looser_group,
    "an order beside start_after": order_beside_start_after,
    "KEDA with an empty list of triggers": lambda p: Autoscaling.by_keda(max_replicas=4, triggers=[]),
    "a maximum below the replicas": lambda p: p.set.add_clique(
        "a", replicas=4, containers=CONTAINERS, autoscaling=Autoscaling.by_controller(max_replicas=2)
    ),
    "half a GPU": lambda p: p.set.add_clique("a", gpus=0.5, containers=CONTAINERS),
    "a claim for a container of other pods": foreign_container,
}

class Typed(Program):
    """What the mistakes of the type tests begin with, see test/constructs/types/invalid-programs.ts."""

    def __init__(self) -> None:
        super().__init__()
        self.rack = self.topology.level("rack")
        self.router = self.set.add_clique("router", containers=CONTAINERS)
        self.group = self.set.add_scaling_group("decode")
        self.worker = self.group.add_clique("worker", containers=CONTAINERS)
        self.template = self.set.add_claim_template("gpus", requests=[DeviceRequest.exactly("gpu", device_class_name="gpu.nvidia.com")])
        self.trigger = KedaTrigger.of("cron", {})


def assignment(p: Typed) -> None:
    p.router.replicas = 3


# What TypeScript's compiler refuses, by the names that the type tests have for it.
MISTYPED = {
    "GPUs as text": lambda p: p.set.add_clique("a", gpus="4"),
    "GPUs misspelt": lambda p: p.set.add_clique("a", gpu=4),
    "replicas as text": lambda p: p.set.add_clique("a", replicas="2"),
    "minimum misspelt": lambda p: p.set.add_clique("a", min_replicas=1),
    "an extended resource as text": lambda p: p.set.add_clique("a", extended_resources={"rdma/ib": "8"}),
    "shared memory as text": lambda p: p.set.add_clique("a", shared_memory="8Gi"),
    "a clique without a name": lambda p: p.set.add_clique(),
    "a container without an image": lambda p: kplus.ContainerProps(name="main"),
    "one container in place of a list": lambda p: p.set.add_clique("a", containers=kplus.ContainerProps(image="x")),
    "a wire name in place of a prop": lambda p: p.set.add_clique("a", starts_after=["router"]),
    "a clique made without its set": lambda p: PodClique(p.chart, "a"),
    "a group made without its set": lambda p: ScalingGroup(p.chart, "a"),
    "start-up after a name": lambda p: p.worker.start_after("router"),
    "start-up after a group": lambda p: p.router.start_after(p.group),
    "start-up after a list": lambda p: p.worker.start_after([p.router]),
    "a start-up order as text": lambda p: PodCliqueSet(p.chart, "b", startup_order="CliqueStartupTypeInOrder"),
    "a start-up order that is none": lambda p: StartupOrder.REVERSE,
    "an update strategy as text": lambda p: PodCliqueSet(p.chart, "b", update_strategy="OnDelete"),
    "an update strategy that is none": lambda p: UpdateStrategy.BLUE_GREEN,
    "a delay as text": lambda p: PodCliqueSet(p.chart, "b", termination_delay="4h"),
    "a delay as a number": lambda p: PodCliqueSet(p.chart, "b", termination_delay=4),
    "a priority class as an object": lambda p: PodCliqueSet(p.chart, "b", priority_class_name={"name": "high"}),
    "whether to publish as text": lambda p: PodCliqueSet(p.chart, "b", publish_not_ready_addresses="true"),
    "a packing as text": lambda p: PodCliqueSet(p.chart, "b", packing="rack"),
    "a packing in a name": lambda p: Packing.required("rack"),
    "a packing in a topology": lambda p: Packing.preferred(p.topology),
    "a packing in a level that was made by hand": lambda p: Packing.required({"domain": "rack"}),
    "a packing made by hand": lambda p: Packing(p.rack),
    "a topology without levels": lambda p: ClusterTopology(p.chart, "b"),
    "a level without its label": lambda p: ClusterTopology(p.chart, "b", levels=[dict(domain="rack")]),
    "levels as names": lambda p: ClusterTopology(p.chart, "b", levels=["rack"]),
    "half a domain size": lambda p: NvlinkDomainSize(nodes=18),
    "an NVLink domain as text": lambda p: p.set.add_clique("a", nvlink_domain="model"),
    "autoscaling without an upper bound": lambda p: Autoscaling.by_controller(min_replicas=1),
    "autoscaling as bounds": lambda p: p.set.add_clique("a", autoscaling={"max_replicas": 4}),
    "a metric as it is on the wire": lambda p: Autoscaling.by_controller(max_replicas=4, metrics=[{"type": "Resource"}]),
    "KEDA without triggers": lambda p: Autoscaling.by_keda(max_replicas=4),
    "a trigger as it is on the wire": lambda p: Autoscaling.by_keda(max_replicas=4, triggers=[{"type": "cron"}]),
    "metrics for KEDA": lambda p: Autoscaling.by_keda(max_replicas=4, triggers=[p.trigger], metrics=[]),
    "an owner of replicas as text": lambda p: PodCliqueSet(p.chart, "b", replicas_owner="Git"),
    "a group of names": lambda p: p.set.add_scaling_group("g", cliques=["router"]),
    "a set in a group": lambda p: p.group.attach_clique(p.set),
    "labels of a group, which has none": lambda p: p.set.add_scaling_group("g", labels={"a": "b"}),
    "a label that is a number": lambda p: p.set.add_clique("a", labels={"tier": 1}),
    "a sharing of a name": lambda p: p.set.share_claims("gpus", scope=SharingScope.PER_REPLICA),
    "a sharing without a scope": lambda p: p.set.share_claims(p.template),
    "a scope as text": lambda p: p.router.share_claims(p.template, scope="PerReplica"),
    "a filter of names": lambda p: p.set.share_claims(p.template, scope=SharingScope.PER_REPLICA, cliques=["router"]),
    "a filter of groups in a group": lambda p: p.group.share_claims(p.template, scope=SharingScope.PER_REPLICA, scaling_groups=[p.group]),
    "a filter in a clique": lambda p: p.router.share_claims(p.template, scope=SharingScope.PER_REPLICA, cliques=[p.worker]),
    "a request without a class": lambda p: DeviceRequest.exactly("gpu", count=1),
    "an alternative without a name": lambda p: DeviceAlternativeProps(device_class_name="gpu"),
    "administration of alternatives": lambda p: DeviceAlternativeProps(name="a", device_class_name="gpu", admin_access=True),
    "a claim template without requests": lambda p: p.set.add_claim_template("x"),
    "a claim as its name": lambda p: p.router.add_resource_claim("net"),
    "a claim of a container’s name": lambda p: p.router.add_resource_claim(PodResourceClaim.from_claim_name("net", "net"), containers=["main"]),
    "a variable that Grove does not set": lambda p: PodVariable.WORLD_SIZE,
    "a pod by its name": lambda p: p.router.pod_address("0"),
    "a copy by its name": lambda p: p.worker.pod_address_in_copy("0", 0),
    "a pace of updates as a number": lambda p: p.set.add_clique("a", rolling_update=2),
    "a number of devices as text": lambda p: DeviceRequest.exactly("gpu", device_class_name="gpu", count="2"),
    "a variable as a value": lambda p: p.router.add_container(image="x", env_variables={"RANK": PodVariable.POD_INDEX}),
    "an assignment to what is read-only": assignment,
    "a controller without an image": lambda p: GroveOperator(p.chart, "o"),
    "a log level as text": lambda p: GroveOperator(p.chart, "o", image="x", log_level="debug"),
    "a size of definitions as text": lambda p: Crds(p.chart, "c", size="full"),
}


def said(mistake, begin) -> str:
    program = begin()
    try:
        mistake(program)
        Testing.synth(program.chart)
    except AttributeError as error:
        return str(error) if " " in str(error) else f"AttributeError: {error}"
    except Exception as error:
        return str(error)
    return "nothing"


print(json.dumps({
    "refused": {name: said(mistake, Program) for name, mistake in REFUSED.items()},
    "mistyped": {name: said(mistake, Typed) for name, mistake in MISTYPED.items()},
}))
