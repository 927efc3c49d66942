import cdk8s_plus_28 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration
from cdk8s_grove import PodCliqueSet
from constructs import Construct


class SingleGpu(Chart):
    """One model on one GPU, with an address."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        model = PodCliqueSet(self, "qwen").add_clique(
            "server",
            gpus=1,
            containers=[
                kplus.ContainerProps(
                    image="vllm/vllm-openai:v0.11.0",
                    args=["--model", "Qwen/Qwen3-8B"],
                    port_number=8000,
                    startup=kplus.Probe.from_http_get("/health", period_seconds=Duration.seconds(10), failure_threshold=60),
                )
            ],
        )

        kplus.Service(
            self,
            "service",
            metadata=ApiObjectMetadata(name="qwen"),
            selector=model,
            ports=[kplus.ServicePort(port=80, target_port=8000)],
        )


app = App()
SingleGpu(app, "single-gpu")
app.synth()
