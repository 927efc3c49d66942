package main

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	grove "github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
)

// NewTopology is what the administrator of an NVL72 cluster tells Grove: how its levels are called, and the node labels that carry them.
func NewTopology(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)

	grove.NewClusterTopology(chart, jsii.String("nvl72"), &grove.ClusterTopologyProps{Levels: grove.NodeLabels_NvidiaGpuClique()})
	return chart
}

func main() {
	app := cdk8s.NewApp(nil)
	NewTopology(app, "topology")
	app.Synth()
}
