package main

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	grove "github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
	kplus "github.com/cdk8s-team/cdk8s-plus-go/cdk8splus28/v2"
)

const (
	image = "vllm/vllm-openai:v0.11.0"
	serve = "ray start --head && vllm serve meta-llama/Llama-4-Maverick-17B-128E-Instruct" +
		" --tensor-parallel-size 4 --pipeline-parallel-size 4 --distributed-executor-backend ray"
)

// NewAutoscaled is instances of a large model, each whole in a rack and all in one zone; as many of them as the waiting requests ask for.
func NewAutoscaled(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)

	// With its levels here, a level that is not there and a wrong order of levels are refused before they reach the cluster.
	topology := grove.ClusterTopology_FromName(jsii.String("nvl72"), &grove.ImportedTopologyProps{Levels: grove.NodeLabels_NvidiaGpuClique()})
	maverick := grove.NewPodCliqueSet(chart, jsii.String("maverick"), &grove.PodCliqueSetProps{
		Packing: grove.Packing_Required(topology.Level(jsii.String("zone"))),
	})

	instance := maverick.AddScalingGroup(jsii.String("instance"), &grove.ScalingGroupProps{
		Replicas: jsii.Number(2),
		Packing:  grove.Packing_Required(topology.Level(jsii.String("rack"))),
		Autoscaling: upTo(4, kplus.Metric_External(&kplus.MetricOptions{
			Name: jsii.String("vllm_requests_waiting"), Target: kplus.MetricTarget_AverageValue(jsii.Number(10)),
		})),
	})
	leader := instance.AddClique(jsii.String("leader"), &grove.PodCliqueProps{
		Gpus:       jsii.Number(4),
		Containers: &[]*kplus.ContainerProps{{Image: jsii.String(image), Command: jsii.Strings("sh", "-c", serve), PortNumber: jsii.Number(8000)}},
	})
	joinLeader := jsii.Strings("ray", "start", "--block", "--address", *leader.LeaderAddress()+":6379")
	instance.AddClique(jsii.String("worker"), &grove.PodCliqueProps{
		Replicas:   jsii.Number(3),
		Gpus:       jsii.Number(4),
		Containers: &[]*kplus.ContainerProps{{Image: jsii.String(image), Command: joinLeader}},
	}).StartAfter(leader)

	maverick.AddClique(jsii.String("router"), &grove.PodCliqueProps{
		Replicas:     jsii.Number(2),
		MinAvailable: jsii.Number(1),
		Containers: &[]*kplus.ContainerProps{{
			Image:     jsii.String("example.com/router:1.0"),
			Resources: &kplus.ContainerResources{Cpu: &kplus.CpuResources{Request: kplus.Cpu_Units(jsii.Number(1))}},
		}},
		Autoscaling: upTo(6, kplus.Metric_ResourceCpu(kplus.MetricTarget_AverageUtilization(jsii.Number(70)))),
	})
	return chart
}

func upTo(maxReplicas float64, metric kplus.Metric) grove.Autoscaling {
	return grove.Autoscaling_ByController(&grove.ControllerAutoscalingProps{MaxReplicas: &maxReplicas, Metrics: &[]kplus.Metric{metric}})
}

func main() {
	app := cdk8s.NewApp(nil)
	NewAutoscaled(app, "autoscaling")
	app.Synth()
}
