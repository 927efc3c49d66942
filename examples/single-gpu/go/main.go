package main

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	grove "github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
	kplus "github.com/cdk8s-team/cdk8s-plus-go/cdk8splus28/v2"
)

// NewSingleGpu is one model on one GPU, with an address.
func NewSingleGpu(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)

	model := grove.NewPodCliqueSet(chart, jsii.String("qwen"), nil).AddClique(jsii.String("server"), &grove.PodCliqueProps{
		Gpus: jsii.Number(1),
		Containers: &[]*kplus.ContainerProps{{
			Image:      jsii.String("vllm/vllm-openai:v0.11.0"),
			Args:       jsii.Strings("--model", "Qwen/Qwen3-8B"),
			PortNumber: jsii.Number(8000),
			Startup: kplus.Probe_FromHttpGet(jsii.String("/health"), &kplus.HttpGetProbeOptions{
				PeriodSeconds: cdk8s.Duration_Seconds(jsii.Number(10)), FailureThreshold: jsii.Number(60),
			}),
		}},
	})

	kplus.NewService(chart, jsii.String("service"), &kplus.ServiceProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("qwen")},
		Selector: model,
		Ports:    &[]*kplus.ServicePort{{Port: jsii.Number(80), TargetPort: jsii.Number(8000)}},
	})
	return chart
}

func main() {
	app := cdk8s.NewApp(nil)
	NewSingleGpu(app, "single-gpu")
	app.Synth()
}
