package main

import (
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	grove "github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
	kplus "github.com/cdk8s-team/cdk8s-plus-go/cdk8splus28/v2"
)

const (
	image      = "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1"
	gpusPerPod = 4
	sshPort    = 2222
)

var nccl = []string{"NCCL_CUMEM_ENABLE", "NCCL_MNNVL_ENABLE"}

// NewDeepSeekV32 is DeepSeek-V3.2 in NVFP4: two prefill and two decode instances of two pods each, and a frontend that knows which of them has which
// cache.
func NewDeepSeekV32(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)
	secret := kplus.Secret_FromSecretName(chart, jsii.String("mpi"), jsii.String("mpi-ssh"))
	mpi := kplus.Volume_FromSecret(chart, jsii.String("mpi-volume"), secret, &kplus.SecretVolumeOptions{Name: jsii.String("mpi"), DefaultMode: jsii.Number(0o400)})

	// The cluster's topology, see ../../topology.
	nvl72 := grove.ClusterTopology_FromName(jsii.String("nvl72"), &grove.ImportedTopologyProps{
		Levels:           grove.NodeLabels_NvidiaGpuClique(),
		NvlinkDomainSize: &grove.NvlinkDomainSize{Nodes: jsii.Number(18), GpusPerNode: jsii.Number(gpusPerPod)},
	})
	// One rack and one NVLink domain for all instances: the caches travel between them.
	model := grove.NewPodCliqueSet(chart, jsii.String("deepseek-v32"), &grove.PodCliqueSetProps{
		Packing:      grove.Packing_Required(nvl72.Level(jsii.String("rack"))),
		NvlinkDomain: grove.NvlinkDomain_Named(jsii.String("caches")),
	})
	door := model.AddClique(jsii.String("frontend"), &grove.PodCliqueProps{Containers: &[]*kplus.ContainerProps{frontend()}})
	addInstances(model, "prefill", mpi)
	addInstances(model, "decode", mpi)

	kplus.NewService(chart, jsii.String("service"), &kplus.ServiceProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("deepseek-v32")},
		Selector: door,
		Ports:    &[]*kplus.ServicePort{{Port: jsii.Number(80), TargetPort: jsii.Number(8000)}},
	})
	return chart
}

// Two instances: the first is part of the base gang, the second comes whole when there is room. In each, the leader starts after its worker.
func addInstances(model grove.PodCliqueSet, mode string, mpi kplus.Volume) {
	group := model.AddScalingGroup(&mode, &grove.ScalingGroupProps{Replicas: jsii.Number(2), MinAvailable: jsii.Number(1)})
	worker := group.AddClique(jsii.String(mode+"-wkr"), node(listener(mpi)))
	leader := group.AddClique(jsii.String(mode+"-ldr"), node(engine(worker, mode, mpi)))
	leader.StartAfter(worker)
	for _, clique := range []grove.PodClique{worker, leader} {
		arm64 := kplus.NodeLabelQuery_Is(jsii.String("kubernetes.io/arch"), jsii.String("arm64"))
		clique.Scheduling().Attract(kplus.Node_Labeled(arm64), nil)
	}
}

func node(container *kplus.ContainerProps) *grove.PodCliqueProps {
	return &grove.PodCliqueProps{
		Gpus:         jsii.Number(gpusPerPod),
		SharedMemory: cdk8s.Size_Gibibytes(jsii.Number(200)),
		Containers:   &[]*kplus.ContainerProps{container},
	}
}

func engine(worker grove.PodClique, mode string, mpi kplus.Volume) *kplus.ContainerProps {
	container := listener(mpi)
	container.Command = jsii.Strings(acrossPods(worker,
		"--model-path", "nvidia/DeepSeek-V3.2-NVFP4", "--disaggregation-mode", mode, "--publish-events-and-metrics")...)
	container.PortNumber = jsii.Number(9090)
	container.Readiness = kplus.Probe_FromHttpGet(jsii.String("/health"), &kplus.HttpGetProbeOptions{Port: jsii.Number(9090)})
	container.Startup = kplus.Probe_FromHttpGet(jsii.String("/live"), &kplus.HttpGetProbeOptions{
		Port: jsii.Number(9090), PeriodSeconds: cdk8s.Duration_Seconds(jsii.Number(60)), FailureThreshold: jsii.Number(60),
	})
	return container
}

// One process for each GPU of the leader and its worker.
func acrossPods(worker grove.PodClique, options ...string) []string {
	hosts := []string{fmt.Sprintf("localhost:%d", gpusPerPod)}
	for _, address := range *worker.PodAddresses() {
		hosts = append(hosts, fmt.Sprintf("%s:%d", *address, gpusPerPod))
	}
	command := []string{
		"mpirun", "--allow-run-as-root", "-np", fmt.Sprint(2 * gpusPerPod), "-H", strings.Join(hosts, ","),
		"--mca", "plm_rsh_args", fmt.Sprintf("-F /etc/mpi/ssh_config -p %d", sshPort),
	}
	for _, name := range nccl {
		command = append(command, "-x", name)
	}
	return append(append(command, "trtllm-llmapi-launch", "python3", "-m", "dynamo.trtllm"), options...)
}

func listener(mpi kplus.Volume) *kplus.ContainerProps {
	environment := map[string]kplus.EnvValue{}
	for _, name := range nccl {
		environment[name] = kplus.EnvValue_FromValue(jsii.String("1"))
	}
	return &kplus.ContainerProps{
		Image:        jsii.String(image),
		Command:      jsii.Strings("/usr/sbin/sshd", "-D", "-e", "-f", "/etc/mpi/sshd_config", "-p", fmt.Sprint(sshPort)),
		EnvVariables: &environment,
		Readiness:    kplus.Probe_FromTcpSocket(&kplus.TcpSocketProbeOptions{Port: jsii.Number(sshPort)}),
		VolumeMounts: &[]*kplus.VolumeMount{{Path: jsii.String("/etc/mpi"), Volume: mpi}},
	}
}

func frontend() *kplus.ContainerProps {
	return &kplus.ContainerProps{
		Image:      jsii.String(image),
		Command:    jsii.Strings("python3", "-m", "dynamo.frontend", "--http-port", "8000", "--router-mode", "kv"),
		PortNumber: jsii.Number(8000),
		Readiness:  kplus.Probe_FromHttpGet(jsii.String("/health"), nil),
	}
}

func main() {
	app := cdk8s.NewApp(nil)
	NewDeepSeekV32(app, "deepseek-v32-kv-router")
	app.Synth()
}
