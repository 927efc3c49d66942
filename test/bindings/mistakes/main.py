"""Makes mistakes, one after another, and prints what is said about each as JSON."""

import json

import cdk8s_plus_28 as kplus
from cdk8s import Chart, Testing
from cdk8s_grove import (
    Autoscaling, ClusterTopology, KedaTrigger, NodeLabels, NvlinkDomain, NvlinkDomainSize, Packing, PodCliqueSet, StartupOrder,
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
}

# What TypeScript's and Go's compilers refuse.
MISTYPED = {
    "GPUs as text": lambda p: p.set.add_clique("a", gpus="4"),
    "GPUs misspelt": lambda p: p.set.add_clique("a", gpu=4),
    "start-up after a name": lambda p: p.set.add_clique("a", containers=CONTAINERS).start_after("router"),
    "a packing in a name": lambda p: Packing.required("rack"),
    "a packing as text": lambda p: PodCliqueSet(p.chart, "b", packing="rack"),
    "an NVLink domain as text": lambda p: p.set.add_clique("a", nvlink_domain="model"),
    "a start-up order as text": lambda p: PodCliqueSet(p.chart, "b", startup_order="CliqueStartupTypeInOrder"),
    "a topology without levels": lambda p: ClusterTopology(p.chart, "b"),
    "autoscaling without an upper bound": lambda p: Autoscaling.by_controller(min_replicas=1),
    "KEDA without triggers": lambda p: Autoscaling.by_keda(max_replicas=4),
    "a container without an image": lambda p: kplus.ContainerProps(name="main"),
    "a group of names": lambda p: p.set.add_scaling_group("g", cliques=["router"]),
}


def said(mistake) -> str:
    program = Program()
    try:
        mistake(program)
        Testing.synth(program.chart)
    except Exception as error:
        return str(error)
    return "nothing"


print(json.dumps({kind: {name: said(mistake) for name, mistake in mistakes.items()} for kind, mistakes in {"refused": REFUSED, "mistyped": MISTYPED}.items()}))
