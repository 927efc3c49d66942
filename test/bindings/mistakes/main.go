// Makes mistakes, one after another, and prints what is said about each as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/jsii-runtime-go"
	grove "github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
	kplus "github.com/cdk8s-team/cdk8s-plus-go/cdk8splus28/v2"
)

// What every mistake begins with.
type program struct {
	chart    cdk8s.Chart
	topology grove.ClusterTopology
	set      grove.PodCliqueSet
}

func newProgram() program {
	chart := cdk8s.NewChart(cdk8s.Testing_App(nil), jsii.String("chart"), nil)
	topology := grove.NewClusterTopology(chart, jsii.String("dc"), &grove.ClusterTopologyProps{
		Levels:           grove.NodeLabels_NvidiaGpuClique(),
		NvlinkDomainSize: &grove.NvlinkDomainSize{Nodes: jsii.Number(2), GpusPerNode: jsii.Number(4)},
	})
	return program{chart, topology, grove.NewPodCliqueSet(chart, jsii.String("llm"), nil)}
}

func containers() *[]*kplus.ContainerProps {
	return &[]*kplus.ContainerProps{{Image: jsii.String("server:1")}}
}

func (p program) packing(level string) grove.Packing {
	return grove.Packing_Required(p.topology.Level(&level))
}

// The same as in main.py.
var refused = map[string]func(p program){
	"negative replicas": func(p program) {
		p.set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Replicas: jsii.Number(-1), Containers: containers()})
	},
	"a minimum above the replicas": func(p program) {
		p.set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Replicas: jsii.Number(2), MinAvailable: jsii.Number(3), Containers: containers()})
	},
	"a cycle": func(p program) {
		first := p.set.AddClique(jsii.String("first"), &grove.PodCliqueProps{Containers: containers()})
		second := p.set.AddClique(jsii.String("second"), &grove.PodCliqueProps{Containers: containers()}).StartAfter(first)
		first.StartAfter(second)
	},
	"an unknown level":            func(p program) { p.topology.Level(jsii.String("shelf")) },
	"a set without cliques":       func(p program) {},
	"a clique without containers": func(p program) { p.set.AddClique(jsii.String("a"), nil) },
	"a name that is too long": func(p program) {
		p.set.AddClique(jsii.String(strings.Repeat("a", 46)), &grove.PodCliqueProps{Containers: containers()})
	},
	"an NVLink domain larger than a rack": func(p program) {
		big := grove.NewPodCliqueSet(p.chart, jsii.String("big"), &grove.PodCliqueSetProps{
			Packing: p.packing("rack"), NvlinkDomain: grove.NvlinkDomain_Named(jsii.String("model")),
		})
		big.AddClique(jsii.String("worker"), &grove.PodCliqueProps{Replicas: jsii.Number(3), Gpus: jsii.Number(4), Containers: containers()})
	},
	"a group packed more loosely than its set": func(p program) {
		packed := grove.NewPodCliqueSet(p.chart, jsii.String("packed"), &grove.PodCliqueSetProps{Packing: p.packing("rack")})
		group := packed.AddScalingGroup(jsii.String("group"), &grove.ScalingGroupProps{Packing: p.packing("zone")})
		group.AddClique(jsii.String("worker"), &grove.PodCliqueProps{Containers: containers()})
	},
	"an order beside start_after": func(p program) {
		ordered := grove.NewPodCliqueSet(p.chart, jsii.String("ordered"), &grove.PodCliqueSetProps{StartupOrder: grove.StartupOrder_IN_ORDER})
		first := ordered.AddClique(jsii.String("first"), &grove.PodCliqueProps{Containers: containers()})
		ordered.AddClique(jsii.String("second"), &grove.PodCliqueProps{Containers: containers()}).StartAfter(first)
	},
	"KEDA with an empty list of triggers": func(p program) {
		grove.Autoscaling_ByKeda(&grove.KedaAutoscalingProps{MaxReplicas: jsii.Number(4), Triggers: &[]grove.KedaTrigger{}})
	},
	"a maximum below the replicas": func(p program) {
		scaled := grove.Autoscaling_ByController(&grove.ControllerAutoscalingProps{MaxReplicas: jsii.Number(2)})
		p.set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Replicas: jsii.Number(4), Containers: containers(), Autoscaling: scaled})
	},
	"half a GPU": func(p program) {
		p.set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Gpus: jsii.Number(0.5), Containers: containers()})
	},
	"a claim for a container of other pods": func(p program) {
		first := p.set.AddClique(jsii.String("first"), &grove.PodCliqueProps{Containers: containers()})
		second := p.set.AddClique(jsii.String("second"), &grove.PodCliqueProps{Containers: containers()})
		claim := grove.PodResourceClaim_FromClaimName(jsii.String("net"), jsii.String("net"))
		first.AddResourceClaim(claim, &grove.ResourceClaimUse{Containers: first.Containers()})
		second.AddResourceClaim(claim, &grove.ResourceClaimUse{Containers: first.Containers()})
	},
}

// What Go's compiler lets pass and TypeScript's does not: every property may be left out, and nil stands for any object.
var mistyped = map[string]func(p program){
	"a topology without levels": func(p program) {
		grove.NewClusterTopology(p.chart, jsii.String("b"), &grove.ClusterTopologyProps{})
	},
	"autoscaling without an upper bound": func(p program) {
		grove.Autoscaling_ByController(&grove.ControllerAutoscalingProps{MinReplicas: jsii.Number(1)})
	},
	"KEDA without triggers": func(p program) {
		grove.Autoscaling_ByKeda(&grove.KedaAutoscalingProps{MaxReplicas: jsii.Number(4)})
	},
	"a level without its label": func(p program) {
		grove.NewClusterTopology(p.chart, jsii.String("b"), &grove.ClusterTopologyProps{Levels: &[]*grove.TopologyLevelProps{{Domain: jsii.String("rack")}}})
	},
	"half a domain size": func(p program) {
		grove.ClusterTopology_FromName(jsii.String("dc"), &grove.ImportedTopologyProps{NvlinkDomainSize: &grove.NvlinkDomainSize{Nodes: jsii.Number(18)}})
	},
	"a sharing without a scope": func(p program) {
		p.set.ShareClaims(grove.ClaimTemplate_FromName(jsii.String("gpus"), nil), &grove.SetSharingOptions{})
	},
	"a request without a class": func(p program) {
		grove.DeviceRequest_Exactly(jsii.String("gpu"), &grove.ExactDeviceRequestProps{Count: jsii.Number(1)})
	},
	"an alternative without a name": func(p program) {
		grove.DeviceRequest_FirstAvailable(jsii.String("gpu"), &[]*grove.DeviceAlternativeProps{{DeviceClassName: jsii.String("gpu")}})
	},
	"a claim template without requests": func(p program) {
		p.set.AddClaimTemplate(jsii.String("x"), &grove.ClaimTemplateProps{})
	},
	"a controller without an image": func(p program) {
		grove.NewGroveOperator(p.chart, jsii.String("o"), &grove.GroveOperatorProps{})
	},
	"a container without an image": func(p program) {
		p.set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Containers: &[]*kplus.ContainerProps{{Name: jsii.String("main")}}})
	},
	"start-up after nothing": func(p program) {
		p.set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Containers: containers()}).StartAfter(nil)
	},
}

func said(mistake func(p program)) (text string) {
	defer func() {
		if problem := recover(); problem != nil {
			text = fmt.Sprint(problem)
		}
	}()
	p := newProgram()
	mistake(p)
	cdk8s.Testing_Synth(p.chart)
	return "nothing"
}

func main() {
	texts := map[string]map[string]string{}
	for kind, mistakes := range map[string]map[string]func(p program){"refused": refused, "mistyped": mistyped} {
		texts[kind] = map[string]string{}
		for name, mistake := range mistakes {
			texts[kind][name] = said(mistake)
		}
	}
	output, _ := json.Marshal(texts)
	fmt.Println(string(output))
}
