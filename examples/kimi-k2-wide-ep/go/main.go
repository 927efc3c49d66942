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
	workers    = 7
	sshPort    = 2222
)

var nccl = []string{"NCCL_CUMEM_ENABLE", "NCCL_MNNVL_ENABLE"}

// NewKimi is Kimi K2 in NVFP4 with wide expert parallelism: two prefill pods of which one is enough to begin with, and one decode engine across eight
// pods.
func NewKimi(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)
	mounts := volumeMounts(chart)

	// The cluster's topology, see ../../topology.
	nvl72 := grove.ClusterTopology_FromName(jsii.String("nvl72"), &grove.ImportedTopologyProps{
		Levels:           grove.NodeLabels_NvidiaGpuClique(),
		NvlinkDomainSize: &grove.NvlinkDomainSize{Nodes: jsii.Number(18), GpusPerNode: jsii.Number(gpusPerPod)},
	})
	kimi := grove.NewPodCliqueSet(chart, jsii.String("kimi-k2"), &grove.PodCliqueSetProps{
		Packing:      grove.Packing_Required(nvl72.Level(jsii.String("rack"))),
		NvlinkDomain: grove.NvlinkDomain_Named(jsii.String("model")),
	})
	door := kimi.AddClique(jsii.String("frontend"), &grove.PodCliqueProps{Containers: &[]*kplus.ContainerProps{frontend()}})
	prefill := node(2, engine(mounts, append([]string{"python3"}, dynamo("prefill")...)))
	prefill.MinAvailable = jsii.Number(1)
	kimi.AddClique(jsii.String("prefill"), prefill)

	decode := kimi.AddScalingGroup(jsii.String("decode"), nil)
	worker := decode.AddClique(jsii.String("worker"), node(workers, listener(mounts)))
	decode.AddClique(jsii.String("leader"), node(1, engine(mounts, acrossPods(worker)))).StartAfter(worker)

	kplus.NewService(chart, jsii.String("service"), &kplus.ServiceProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("kimi-k2")},
		Selector: door,
		Ports:    &[]*kplus.ServicePort{{Port: jsii.Number(80), TargetPort: jsii.Number(8000)}},
	})
	return chart
}

func volumeMounts(chart cdk8s.Chart) *[]*kplus.VolumeMount {
	models := kplus.Volume_FromHostPath(chart, jsii.String("models-volume"), jsii.String("models"), &kplus.HostPathVolumeOptions{Path: jsii.String("/models")})
	secret := kplus.Secret_FromSecretName(chart, jsii.String("mpi"), jsii.String("mpi-ssh"))
	mpi := kplus.Volume_FromSecret(chart, jsii.String("mpi-volume"), secret, &kplus.SecretVolumeOptions{Name: jsii.String("mpi"), DefaultMode: jsii.Number(0o400)})
	return &[]*kplus.VolumeMount{
		{Path: jsii.String("/models"), Volume: models, ReadOnly: jsii.Bool(true)},
		{Path: jsii.String("/etc/mpi"), Volume: mpi},
	}
}

// A whole GB200 node for each pod with GPUs.
func node(replicas float64, container *kplus.ContainerProps) *grove.PodCliqueProps {
	return &grove.PodCliqueProps{
		Replicas:     &replicas,
		Gpus:         jsii.Number(gpusPerPod),
		SharedMemory: cdk8s.Size_Gibibytes(jsii.Number(800)),
		Containers:   &[]*kplus.ContainerProps{container},
	}
}

func engine(mounts *[]*kplus.VolumeMount, command []string) *kplus.ContainerProps {
	container := listener(mounts)
	container.Command = jsii.Strings(command...)
	container.PortNumber = jsii.Number(9090)
	container.Readiness = kplus.Probe_FromHttpGet(jsii.String("/health"), &kplus.HttpGetProbeOptions{Port: jsii.Number(9090)})
	// Loading the model may take over an hour and a half.
	container.Startup = kplus.Probe_FromHttpGet(jsii.String("/live"), &kplus.HttpGetProbeOptions{
		Port: jsii.Number(9090), PeriodSeconds: cdk8s.Duration_Seconds(jsii.Number(10)), FailureThreshold: jsii.Number(600),
	})
	return container
}

func listener(mounts *[]*kplus.VolumeMount) *kplus.ContainerProps {
	cpus, memory := kplus.Cpu_Units(jsii.Number(130)), cdk8s.Size_Gibibytes(jsii.Number(850))
	environment := map[string]kplus.EnvValue{}
	for _, name := range nccl {
		environment[name] = kplus.EnvValue_FromValue(jsii.String("1"))
	}
	return &kplus.ContainerProps{
		Image:        jsii.String(image),
		Command:      jsii.Strings("/usr/sbin/sshd", "-D", "-e", "-f", "/etc/mpi/sshd_config", "-p", fmt.Sprint(sshPort)),
		EnvVariables: &environment,
		Readiness:    kplus.Probe_FromTcpSocket(&kplus.TcpSocketProbeOptions{Port: jsii.Number(sshPort)}),
		Resources: &kplus.ContainerResources{
			Cpu:    &kplus.CpuResources{Request: cpus, Limit: cpus},
			Memory: &kplus.MemoryResources{Request: memory, Limit: memory},
		},
		VolumeMounts: mounts,
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

func dynamo(mode string) []string {
	return []string{
		"-m", "dynamo.trtllm",
		"--model-path", "/models/Kimi-K2.5-NVFP4",
		"--served-model-name", "moonshotai/Kimi-K2.5",
		"--disaggregation-mode", mode,
	}
}

// One process for each GPU of the leader and its workers.
func acrossPods(worker grove.PodClique) []string {
	hosts := []string{fmt.Sprintf("localhost:%d", gpusPerPod)}
	for _, address := range *worker.PodAddresses() {
		hosts = append(hosts, fmt.Sprintf("%s:%d", *address, gpusPerPod))
	}
	command := []string{
		"mpirun", "--allow-run-as-root", "-np", fmt.Sprint(gpusPerPod * (1 + workers)), "-H", strings.Join(hosts, ","),
		"--mca", "plm_rsh_args", fmt.Sprintf("-F /etc/mpi/ssh_config -p %d", sshPort),
	}
	for _, name := range nccl {
		command = append(command, "-x", name)
	}
	return append(append(command, "trtllm-llmapi-launch", "python3"), dynamo("decode")...)
}

func main() {
	app := cdk8s.NewApp(nil)
	NewKimi(app, "kimi-k2-wide-ep")
	app.Synth()
}
