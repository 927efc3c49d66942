package main

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	grove "github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
	kplus "github.com/cdk8s-team/cdk8s-plus-go/cdk8splus28/v2"
)

const (
	image      = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.1"
	gpusPerPod = 8
	pods       = 2
)

// NewDeepSeekOnHopper is DeepSeek-R1 on vLLM on Hopper, 32 GPUs: prefill and decode are an engine of 16 data-parallel ranks across two pods each.
func NewDeepSeekOnHopper(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)

	// NVLink ends at the node here; what counts is the number of switches between the two nodes of an engine.
	fabric := grove.NewClusterTopology(chart, jsii.String("hopper"), &grove.ClusterTopologyProps{Levels: grove.NodeLabels_Topograph(nil)})
	block := fabric.Level(jsii.String("block"))

	model := grove.NewPodCliqueSet(chart, jsii.String("deepseek-r1-hopper"), nil)
	door := model.AddClique(jsii.String("frontend"), &grove.PodCliqueProps{Containers: &[]*kplus.ContainerProps{frontend()}})
	addEngine(model, "prefill", block, "--is-prefill-worker")
	addEngine(model, "decode", block)

	kplus.NewService(chart, jsii.String("service"), &kplus.ServiceProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("deepseek-r1-hopper")},
		Selector: door,
		Ports:    &[]*kplus.ServicePort{{Port: jsii.Number(80), TargetPort: jsii.Number(8000)}},
	})
	return chart
}

// Two pods below one leaf switch, which is what a block is, if one has room for both.
func addEngine(model grove.PodCliqueSet, role string, block grove.TopologyLevel, flags ...string) {
	group := model.AddScalingGroup(&role, &grove.ScalingGroupProps{Packing: grove.Packing_Preferred(block)})
	leader := group.AddClique(jsii.String(role+"-leader"), node(ranks("localhost", 0, flags)))
	group.AddClique(jsii.String(role+"-worker"), node(ranks(*leader.LeaderAddress(), gpusPerPod, flags)))
}

// A whole Hopper node for each pod with GPUs: eight GPUs, and a network device for each of them.
func node(container *kplus.ContainerProps) *grove.PodCliqueProps {
	return &grove.PodCliqueProps{
		Gpus:              jsii.Number(gpusPerPod),
		ExtendedResources: &map[string]*float64{"rdma/ib": jsii.Number(gpusPerPod)},
		SharedMemory:      cdk8s.Size_Gibibytes(jsii.Number(80)),
		Containers:        &[]*kplus.ContainerProps{container},
	}
}

func frontend() *kplus.ContainerProps {
	return &kplus.ContainerProps{
		Image:      jsii.String(image),
		Command:    jsii.Strings("python3", "-m", "dynamo.frontend", "--http-port", "8000"),
		PortNumber: jsii.Number(8000),
		Readiness:  kplus.Probe_FromHttpGet(jsii.String("/health"), nil),
	}
}

// The part of an engine's data-parallel ranks that one pod runs.
func ranks(leader string, first int, flags []string) *kplus.ContainerProps {
	command := []string{
		"python3", "-m", "dynamo.vllm", "--model", "deepseek-ai/DeepSeek-R1", "--enable-expert-parallel",
		"--data-parallel-size", fmt.Sprint(gpusPerPod * pods),
		"--data-parallel-size-local", fmt.Sprint(gpusPerPod),
		"--data-parallel-start-rank", fmt.Sprint(first),
		"--data-parallel-address", leader,
		"--data-parallel-rpc-port", "13345",
		"--data-parallel-hybrid-lb",
	}
	return &kplus.ContainerProps{
		Image:      jsii.String(image),
		Command:    jsii.Strings(append(command, flags...)...),
		PortNumber: jsii.Number(9090),
		Readiness:  kplus.Probe_FromHttpGet(jsii.String("/health"), &kplus.HttpGetProbeOptions{Port: jsii.Number(9090)}),
		Startup: kplus.Probe_FromHttpGet(jsii.String("/live"), &kplus.HttpGetProbeOptions{
			Port: jsii.Number(9090), PeriodSeconds: cdk8s.Duration_Seconds(jsii.Number(10)), FailureThreshold: jsii.Number(360),
		}),
	}
}

func main() {
	app := cdk8s.NewApp(nil)
	NewDeepSeekOnHopper(app, "deepseek-r1-vllm-hopper")
	app.Synth()
}
