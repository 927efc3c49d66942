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
	image = "lmsysorg/sglang:v0.5.5"
	port  = 30000
)

// NewChatbot is a disaggregated chatbot: prefill pods read the prompt, decode pods write the answer, a router sends every request through one of
// each. 48 GPUs on 12 nodes of 4, which one NVL72 rack of 18 nodes holds.
func NewChatbot(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)

	// The prompt's key-value cache goes from prefill to decode: over NVLink if both are in one rack, over the network if none has room.
	rack := grove.ClusterTopology_FromName(jsii.String("nvl72"), nil).Level(jsii.String("rack"))
	chatbot := grove.NewPodCliqueSet(chart, jsii.String("chatbot"), &grove.PodCliqueSetProps{Packing: grove.Packing_Preferred(rack)})

	memory := cdk8s.Size_Gibibytes(jsii.Number(64))
	prefill := chatbot.AddClique(jsii.String("prefill"), &grove.PodCliqueProps{
		Gpus: jsii.Number(4), SharedMemory: memory, Replicas: jsii.Number(4), MinAvailable: jsii.Number(2), Containers: engine("prefill"),
	})
	decode := chatbot.AddClique(jsii.String("decode"), &grove.PodCliqueProps{
		Gpus: jsii.Number(4), SharedMemory: memory, Replicas: jsii.Number(8), MinAvailable: jsii.Number(4), Containers: engine("decode"),
	})
	router := chatbot.AddClique(jsii.String("router"), &grove.PodCliqueProps{
		Replicas: jsii.Number(2), MinAvailable: jsii.Number(1), Containers: routerOf(prefill, decode),
	})
	router.StartAfter(prefill, decode)

	kplus.NewService(chart, jsii.String("service"), &kplus.ServiceProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("chatbot")},
		Selector: router,
		Ports:    &[]*kplus.ServicePort{{Port: jsii.Number(80), TargetPort: jsii.Number(port)}},
	})
	return chart
}

func engine(mode string) *[]*kplus.ContainerProps {
	return &[]*kplus.ContainerProps{{
		Image:   jsii.String(image),
		Command: jsii.Strings("python3", "-m", "sglang.launch_server"),
		Args: jsii.Strings(
			"--model-path", "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8",
			"--tp", "4",
			"--disaggregation-mode", mode,
			"--disaggregation-transfer-backend", "nixl",
			"--host", "0.0.0.0",
			"--port", fmt.Sprint(port),
		),
		PortNumber: jsii.Number(port),
		// Loading the model may take an hour.
		Startup: kplus.Probe_FromHttpGet(jsii.String("/health"), &kplus.HttpGetProbeOptions{
			PeriodSeconds: cdk8s.Duration_Seconds(jsii.Number(10)), FailureThreshold: jsii.Number(360),
		}),
		Readiness: kplus.Probe_FromHttpGet(jsii.String("/health"), nil),
	}}
}

// Every pod has a name in DNS that is known before it starts.
func routerOf(prefill, decode grove.PodClique) *[]*kplus.ContainerProps {
	args := []string{"--pd-disaggregation"}
	for _, address := range *prefill.PodAddresses() {
		args = append(args, "--prefill", fmt.Sprintf("http://%s:%d", *address, port))
	}
	for _, address := range *decode.PodAddresses() {
		args = append(args, "--decode", fmt.Sprintf("http://%s:%d", *address, port))
	}
	args = append(args, "--host", "0.0.0.0", "--port", fmt.Sprint(port))
	return &[]*kplus.ContainerProps{{
		Image:      jsii.String(image),
		Command:    jsii.Strings("python3", "-m", "sglang_router.launch_router"),
		Args:       jsii.Strings(args...),
		PortNumber: jsii.Number(port),
		Readiness:  kplus.Probe_FromHttpGet(jsii.String("/health"), nil),
	}}
}

func main() {
	app := cdk8s.NewApp(nil)
	NewChatbot(app, "chatbot")
	app.Synth()
}
