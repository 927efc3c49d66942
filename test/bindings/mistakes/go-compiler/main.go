// Does not compile: every line of main is a mistake, the one of the type tests whose name stands behind it.
package main

import (
	"github.com/aws/jsii-runtime-go"
	grove "github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
	kplus "github.com/cdk8s-team/cdk8s-plus-go/cdk8splus28/v2"
)

type (
	clique     = grove.PodCliqueProps
	properties = grove.PodCliqueSetProps
	scaling    = grove.ScalingGroupProps
)

var (
	text     = jsii.String("text")
	chart    cdk8s.Chart
	topology grove.ClusterTopology
	rack     grove.TopologyLevel
	set      grove.PodCliqueSet
	router   grove.PodClique
	worker   grove.PodClique
	group    grove.ScalingGroup
	template grove.ClaimTemplate
	trigger  grove.KedaTrigger
)

func main() {
	set.AddClique(text, &clique{Gpus: text})                                                                                             // GPUs as text
	set.AddClique(text, &clique{Gpu: jsii.Number(4)})                                                                                    // GPUs misspelt
	set.AddClique(text, &clique{Replicas: text})                                                                                         // replicas as text
	set.AddClique(text, &clique{MinReplicas: jsii.Number(1)})                                                                            // minimum misspelt
	set.AddClique(text, &clique{ExtendedResources: &map[string]*string{"rdma/ib": text}})                                                // an extended resource as text
	set.AddClique(text, &clique{SharedMemory: text})                                                                                     // shared memory as text
	set.AddClique()                                                                                                                      // a clique without a name
	set.AddClique(text, &clique{Containers: &kplus.ContainerProps{}})                                                                    // one container in place of a list
	set.AddClique(text, &clique{StartsAfter: jsii.Strings("router")})                                                                    // a wire name in place of a prop
	grove.NewPodClique(chart, text, &clique{})                                                                                           // a clique made without its set
	grove.NewScalingGroup(chart, text, &scaling{})                                                                                       // a group made without its set
	worker.StartAfter(text)                                                                                                              // start-up after a name
	router.StartAfter(group)                                                                                                             // start-up after a group
	worker.StartAfter([]grove.PodClique{router})                                                                                         // start-up after a list
	grove.NewPodCliqueSet(chart, text, &properties{StartupOrder: text})                                                                  // a start-up order as text
	grove.NewPodCliqueSet(chart, text, &properties{StartupOrder: grove.StartupOrder_REVERSE})                                            // a start-up order that is none
	grove.NewPodCliqueSet(chart, text, &properties{UpdateStrategy: text})                                                                // an update strategy as text
	grove.NewPodCliqueSet(chart, text, &properties{UpdateStrategy: grove.UpdateStrategy_BLUE_GREEN})                                     // an update strategy that is none
	grove.NewPodCliqueSet(chart, text, &properties{TerminationDelay: text})                                                              // a delay as text
	grove.NewPodCliqueSet(chart, text, &properties{TerminationDelay: jsii.Number(4)})                                                    // a delay as a number
	grove.NewPodCliqueSet(chart, text, &properties{PriorityClassName: &map[string]*string{"name": text}})                                // a priority class as an object
	grove.NewPodCliqueSet(chart, text, &properties{PublishNotReadyAddresses: text})                                                      // whether to publish as text
	grove.NewPodCliqueSet(chart, text, &properties{Packing: text})                                                                       // a packing as text
	grove.Packing_Required(text)                                                                                                         // a packing in a name
	grove.Packing_Preferred(topology)                                                                                                    // a packing in a topology
	grove.Packing_Required(&map[string]*string{"domain": text})                                                                          // a packing in a level that was made by hand
	grove.NewPacking(rack)                                                                                                               // a packing made by hand
	grove.NewClusterTopology(chart, text, &grove.ClusterTopologyProps{Levels: jsii.Strings("rack")})                                     // levels as names
	set.AddClique(text, &clique{NvlinkDomain: text})                                                                                     // an NVLink domain as text
	set.AddClique(text, &clique{Autoscaling: &grove.ControllerAutoscalingProps{MaxReplicas: jsii.Number(4)}})                            // autoscaling as bounds
	grove.Autoscaling_ByController(&grove.ControllerAutoscalingProps{Metrics: &[]map[string]*string{{"type": text}}})                    // a metric as it is on the wire
	grove.Autoscaling_ByKeda(&grove.KedaAutoscalingProps{Triggers: &[]grove.KedaTrigger{map[string]*string{}}})                          // a trigger as it is on the wire
	grove.Autoscaling_ByKeda(&grove.KedaAutoscalingProps{Triggers: &[]grove.KedaTrigger{trigger}, Metrics: nil})                         // metrics for KEDA
	grove.NewPodCliqueSet(chart, text, &properties{ReplicasOwner: text})                                                                 // an owner of replicas as text
	set.AddScalingGroup(text, &scaling{Cliques: jsii.Strings("router")})                                                                 // a group of names
	group.AttachClique(set)                                                                                                              // a set in a group
	set.AddScalingGroup(text, &scaling{Labels: &map[string]*string{"a": text}})                                                          // labels of a group, which has none
	set.AddClique(text, &clique{Labels: &map[string]*float64{"tier": jsii.Number(1)}})                                                   // a label that is a number
	set.ShareClaims(text, &grove.SetSharingOptions{})                                                                                    // a sharing of a name
	router.ShareClaims(template, &grove.CliqueSharingOptions{Scope: text})                                                               // a scope as text
	set.ShareClaims(template, &grove.SetSharingOptions{Cliques: jsii.Strings("router")})                                                 // a filter of names
	group.ShareClaims(template, &grove.GroupSharingOptions{ScalingGroups: &[]grove.ScalingGroup{group}})                                 // a filter of groups in a group
	router.ShareClaims(template, &grove.CliqueSharingOptions{Cliques: &[]grove.PodClique{worker}})                                       // a filter in a clique
	grove.DeviceRequest_FirstAvailable(text, &[]*grove.DeviceAlternativeProps{{AdminAccess: jsii.Bool(true)}})                           // administration of alternatives
	router.AddResourceClaim(text, nil)                                                                                                   // a claim as its name
	router.AddResourceClaim(grove.PodResourceClaim_FromClaimName(text, text), &grove.ResourceClaimUse{Containers: jsii.Strings("main")}) // a claim of a container’s name
	grove.PodVariable_WORLD_SIZE()                                                                                                       // a variable that Grove does not set
	router.PodAddress(text)                                                                                                              // a pod by its name
	worker.PodAddressInCopy(text, jsii.Number(0))                                                                                        // a copy by its name
	set.AddClique(text, &clique{RollingUpdate: jsii.Number(2)})                                                                          // a pace of updates as a number
	grove.DeviceRequest_Exactly(text, &grove.ExactDeviceRequestProps{Count: text})                                                       // a number of devices as text
	router.AddContainer(&kplus.ContainerProps{EnvVariables: &map[string]kplus.EnvValue{"RANK": grove.PodVariable_POD_INDEX()}})          // a variable as a value
	router.SetReplicas(jsii.Number(3))                                                                                                   // an assignment to what is read-only
	grove.NewGroveOperator(chart, text, &grove.GroveOperatorProps{LogLevel: text})                                                       // a log level as text
	grove.NewCrds(chart, text, &grove.CrdsProps{Size: text})                                                                             // a size of definitions as text
}
