// Does not compile: every line of main is a mistake.
package main

import (
	"github.com/aws/jsii-runtime-go"
	grove "github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove"
)

func main() {
	var set grove.PodCliqueSet
	var clique grove.PodClique
	set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Gpus: jsii.String("4")})
	set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Gpu: jsii.Number(4)})
	clique.StartAfter(jsii.String("router"))
	grove.Packing_Required(jsii.String("rack"))
	set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Packing: jsii.String("rack")})
	set.AddScalingGroup(jsii.String("g"), &grove.ScalingGroupProps{Cliques: jsii.Strings("router")})
	set.AddClique(jsii.String("a"), &grove.PodCliqueProps{NvlinkDomain: jsii.String("model")})
	set.AddClique(jsii.String("a"), &grove.PodCliqueProps{Autoscaling: jsii.String("fast")})
	grove.Autoscaling_ByKeda(&grove.KedaAutoscalingProps{Triggers: &[]grove.KedaTrigger{jsii.String("cron")}})
	set.AddClaimTemplate(jsii.String("gpus"), &grove.ClaimTemplateProps{Requests: &[]grove.DeviceRequest{jsii.String("gpu")}})
	set.AddClique()
}
