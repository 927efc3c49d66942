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
	pods       = 4
)

// NewMaverick is Llama 4 Maverick, not disaggregated: two instances of four pods, 64 GPUs. Each instance in one rack, all of them in one zone.
func NewMaverick(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)

	// Levels of one's own: the administrator has put a label on every node that tells its rack.
	topology := grove.NewClusterTopology(chart, jsii.String("h100"), &grove.ClusterTopologyProps{Levels: &[]*grove.TopologyLevelProps{
		{Domain: jsii.String("zone"), Key: jsii.String("topology.kubernetes.io/zone")},
		{Domain: jsii.String("rack"), Key: jsii.String("example.com/rack")},
	}})

	llama := grove.NewPodCliqueSet(chart, jsii.String("llama4"), &grove.PodCliqueSetProps{
		Packing: grove.Packing_Required(topology.Level(jsii.String("zone"))),
	})
	door := llama.AddClique(jsii.String("frontend"), &grove.PodCliqueProps{Containers: &[]*kplus.ContainerProps{frontend()}})

	instance := llama.AddScalingGroup(jsii.String("instance"), &grove.ScalingGroupProps{
		Replicas: jsii.Number(2), MinAvailable: jsii.Number(1), Packing: grove.Packing_Required(topology.Level(jsii.String("rack"))),
	})
	leader := instance.AddClique(jsii.String("leader"), node(1, servingEngine()))
	rank := fmt.Sprintf("$((%s + 1))", *grove.PodVariable_POD_INDEX().VariableName())
	instance.AddClique(jsii.String("worker"), node(pods-1, engine(*leader.LeaderAddress(), rank)))

	kplus.NewService(chart, jsii.String("service"), &kplus.ServiceProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("llama4")},
		Selector: door,
		Ports:    &[]*kplus.ServicePort{{Port: jsii.Number(80), TargetPort: jsii.Number(8000)}},
	})
	return chart
}

func node(replicas float64, container *kplus.ContainerProps) *grove.PodCliqueProps {
	return &grove.PodCliqueProps{
		Replicas:     &replicas,
		Gpus:         jsii.Number(gpusPerPod),
		SharedMemory: cdk8s.Size_Gibibytes(jsii.Number(80)),
		Containers:   &[]*kplus.ContainerProps{container},
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

// The first pod of an instance answers for all of it.
func servingEngine() *kplus.ContainerProps {
	container := engine("0.0.0.0", "0")
	container.PortNumber = jsii.Number(9090)
	container.Readiness = kplus.Probe_FromHttpGet(jsii.String("/health"), &kplus.HttpGetProbeOptions{Port: jsii.Number(9090)})
	container.Startup = kplus.Probe_FromHttpGet(jsii.String("/live"), &kplus.HttpGetProbeOptions{
		Port: jsii.Number(9090), PeriodSeconds: cdk8s.Duration_Seconds(jsii.Number(10)), FailureThreshold: jsii.Number(360),
	})
	return container
}

// The part of an instance that one pod runs. Its rank is for the shell to reckon: the leader is the first, the workers are those after it.
func engine(leader, rank string) *kplus.ContainerProps {
	command := "exec python3 -m dynamo.vllm --model meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8" +
		fmt.Sprintf(" --tensor-parallel-size %d --pipeline-parallel-size %d", gpusPerPod, pods) +
		fmt.Sprintf(" --nnodes %d --node-rank %s --master-addr %s", pods, rank, leader)
	return &kplus.ContainerProps{Image: jsii.String(image), Command: jsii.Strings("sh", "-c", command)}
}

func main() {
	app := cdk8s.NewApp(nil)
	NewMaverick(app, "llama4-maverick")
	app.Synth()
}
