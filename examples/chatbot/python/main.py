import cdk8s_plus_28 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration, Size
from cdk8s_grove import ClusterTopology, Packing, PodClique, PodCliqueSet
from constructs import Construct

IMAGE = "lmsysorg/sglang:v0.5.5"
PORT = 30000


class Chatbot(Chart):
    """A disaggregated chatbot: prefill pods read the prompt, decode pods write the answer, a router sends every request through one of each.

    48 GPUs on 12 nodes of 4, which one NVL72 rack of 18 nodes holds.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        # The prompt's key-value cache goes from prefill to decode: over NVLink if both are in one rack, over the network if none has room.
        rack = ClusterTopology.from_name("nvl72").level("rack")
        chatbot = PodCliqueSet(self, "chatbot", packing=Packing.preferred(rack))

        memory = Size.gibibytes(64)
        prefill = chatbot.add_clique(
            "prefill", gpus=4, shared_memory=memory, replicas=4, min_available=2, containers=[engine("prefill")]
        )
        decode = chatbot.add_clique(
            "decode", gpus=4, shared_memory=memory, replicas=8, min_available=4, containers=[engine("decode")]
        )
        router = chatbot.add_clique("router", replicas=2, min_available=1, containers=[router_of(prefill, decode)])
        router.start_after(prefill, decode)

        kplus.Service(
            self,
            "service",
            metadata=ApiObjectMetadata(name="chatbot"),
            selector=router,
            ports=[kplus.ServicePort(port=80, target_port=PORT)],
        )


def engine(mode: str) -> kplus.ContainerProps:
    return kplus.ContainerProps(
        image=IMAGE,
        command=["python3", "-m", "sglang.launch_server"],
        args=[
            *("--model-path", "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8"),
            *("--tp", "4"),
            *("--disaggregation-mode", mode),
            *("--disaggregation-transfer-backend", "nixl"),
            *("--host", "0.0.0.0"),
            *("--port", str(PORT)),
        ],
        port_number=PORT,
        # Loading the model may take an hour.
        startup=kplus.Probe.from_http_get("/health", period_seconds=Duration.seconds(10), failure_threshold=360),
        readiness=kplus.Probe.from_http_get("/health"),
    )


def router_of(prefill: PodClique, decode: PodClique) -> kplus.ContainerProps:
    """Every pod has a name in DNS that is known before it starts."""
    workers = [("--prefill", address) for address in prefill.pod_addresses()]
    workers += [("--decode", address) for address in decode.pod_addresses()]
    return kplus.ContainerProps(
        image=IMAGE,
        command=["python3", "-m", "sglang_router.launch_router"],
        args=[
            "--pd-disaggregation",
            *(word for flag, address in workers for word in (flag, f"http://{address}:{PORT}")),
            *("--host", "0.0.0.0"),
            *("--port", str(PORT)),
        ],
        port_number=PORT,
        readiness=kplus.Probe.from_http_get("/health"),
    )


app = App()
Chatbot(app, "chatbot")
app.synth()
