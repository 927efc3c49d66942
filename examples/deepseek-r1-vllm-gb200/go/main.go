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
	gpusPerPod = 4
	decodePods = 2
)

// NewDeepSeekOnVllm is DeepSeek-R1 in FP4 on vLLM, 16 GPUs: two prefill pods with four data-parallel ranks each, and a decode engine of eight ranks
// across two pods.
func NewDeepSeekOnVllm(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)

	// The cluster's topology, see ../../topology.
	nvl72 := grove.ClusterTopology_FromName(jsii.String("nvl72"), &grove.ImportedTopologyProps{
		Levels:           grove.NodeLabels_NvidiaGpuClique(),
		NvlinkDomainSize: &grove.NvlinkDomainSize{Nodes: jsii.Number(18), GpusPerNode: jsii.Number(gpusPerPod)},
	})
	model := grove.NewPodCliqueSet(chart, jsii.String("deepseek-r1-vllm"), &grove.PodCliqueSetProps{
		Packing:      grove.Packing_Required(nvl72.Level(jsii.String("rack"))),
		NvlinkDomain: grove.NvlinkDomain_Named(jsii.String("model")),
	})
	door := model.AddClique(jsii.String("frontend"), &grove.PodCliqueProps{Containers: &[]*kplus.ContainerProps{frontend()}})
	prefillProps := node(engine("--is-prefill-worker", "--data-parallel-size", fmt.Sprint(gpusPerPod)))
	prefillProps.Replicas, prefillProps.MinAvailable = jsii.Number(2), jsii.Number(1)
	prefill := model.AddClique(jsii.String("prefill"), prefillProps)

	// The ranks find one another when they are there: no pod has to wait for another.
	decode := model.AddScalingGroup(jsii.String("decode"), nil)
	leader := decode.AddClique(jsii.String("leader"), node(engine(ranks("localhost", 0)...)))
	worker := decode.AddClique(jsii.String("worker"), node(engine(ranks(*leader.LeaderAddress(), gpusPerPod)...)))

	// GPU nodes are kept free of everything else by a taint.
	taint := kplus.NodeTaintQuery_Is(jsii.String("nvidia.com/gpu"), jsii.String("present"), &kplus.NodeTaintQueryOptions{
		Effect: kplus.TaintEffect_NO_SCHEDULE,
	})
	for _, clique := range []grove.PodClique{prefill, leader, worker} {
		clique.Scheduling().Tolerate(kplus.Node_Tainted(taint))
	}

	kplus.NewService(chart, jsii.String("service"), &kplus.ServiceProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("deepseek-r1-vllm")},
		Selector: door,
		Ports:    &[]*kplus.ServicePort{{Port: jsii.Number(80), TargetPort: jsii.Number(8000)}},
	})
	return chart
}

// A whole GB200 node for each pod with GPUs.
func node(container *kplus.ContainerProps) *grove.PodCliqueProps {
	return &grove.PodCliqueProps{
		Gpus:         jsii.Number(gpusPerPod),
		SharedMemory: cdk8s.Size_Gibibytes(jsii.Number(800)),
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

// The part of the decode engine's data-parallel ranks that one pod runs.
func ranks(leader string, first int) []string {
	return []string{
		"--data-parallel-size", fmt.Sprint(gpusPerPod * decodePods),
		"--data-parallel-size-local", fmt.Sprint(gpusPerPod),
		"--data-parallel-start-rank", fmt.Sprint(first),
		"--data-parallel-address", leader,
		"--data-parallel-rpc-port", "13345",
		"--data-parallel-hybrid-lb",
	}
}

func engine(parallelism ...string) *kplus.ContainerProps {
	command := []string{"python3", "-m", "dynamo.vllm", "--model", "nvidia/DeepSeek-R1-0528-FP4", "--enable-expert-parallel"}
	cpus, memory := kplus.Cpu_Units(jsii.Number(130)), cdk8s.Size_Gibibytes(jsii.Number(850))
	return &kplus.ContainerProps{
		Image:   jsii.String(image),
		Command: jsii.Strings(append(command, parallelism...)...),
		EnvVariables: &map[string]kplus.EnvValue{
			"NCCL_CUMEM_ENABLE": kplus.EnvValue_FromValue(jsii.String("1")),
			"NCCL_MNNVL_ENABLE": kplus.EnvValue_FromValue(jsii.String("1")),
		},
		PortNumber: jsii.Number(9090),
		Readiness:  kplus.Probe_FromHttpGet(jsii.String("/health"), &kplus.HttpGetProbeOptions{Port: jsii.Number(9090)}),
		Startup: kplus.Probe_FromHttpGet(jsii.String("/live"), &kplus.HttpGetProbeOptions{
			Port: jsii.Number(9090), PeriodSeconds: cdk8s.Duration_Seconds(jsii.Number(10)), FailureThreshold: jsii.Number(360),
		}),
		Resources: &kplus.ContainerResources{
			Cpu:    &kplus.CpuResources{Request: cpus, Limit: cpus},
			Memory: &kplus.MemoryResources{Request: memory, Limit: memory},
		},
	}
}

func main() {
	app := cdk8s.NewApp(nil)
	NewDeepSeekOnVllm(app, "deepseek-r1-vllm-gb200")
	app.Synth()
}
