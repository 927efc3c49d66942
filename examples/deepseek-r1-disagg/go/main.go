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
	image   = "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1"
	sshPort = 2222
)

// Lets NCCL use NVLink between nodes.
var nccl = []string{"NCCL_CUMEM_ENABLE", "NCCL_MNNVL_ENABLE"}

// NewDeepSeekR1 is DeepSeek-R1 in FP4 with wide expert parallelism: one prefill pod, and one decode engine across eight pods, all in one NVLink
// domain.
func NewDeepSeekR1(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, &id, nil)
	mounts := volumeMounts(chart)

	// With the topology's levels and sizes here, a set that no rack can hold is refused before it gets there.
	nvl72 := grove.ClusterTopology_FromName(jsii.String("nvl72"), &grove.ImportedTopologyProps{
		Levels:           grove.NodeLabels_NvidiaGpuClique(),
		NvlinkDomainSize: &grove.NvlinkDomainSize{Nodes: jsii.Number(18), GpusPerNode: jsii.Number(gpusPerPod)},
	})
	model := grove.NewPodCliqueSet(chart, jsii.String("deepseek-r1"), &grove.PodCliqueSetProps{
		Packing:      grove.Packing_Required(nvl72.Level(jsii.String("rack"))),
		NvlinkDomain: grove.NvlinkDomain_Named(jsii.String("model")),
	})
	frontend := model.AddClique(jsii.String("frontend"), &grove.PodCliqueProps{Containers: &[]*kplus.ContainerProps{dynamoFrontend()}})
	model.AddClique(jsii.String("prefill"), node(1, engine(mounts, append([]string{"python3"}, dynamo("prefill")...))))

	// The leader starts the engine on its workers over SSH, so it starts when they listen.
	decode := model.AddScalingGroup(jsii.String("decode"), nil)
	worker := decode.AddClique(jsii.String("worker"), node(workers, listener(mounts)))
	decode.AddClique(jsii.String("leader"), node(1, engine(mounts, acrossPods(worker, dynamo("decode"))))).StartAfter(worker)

	kplus.NewService(chart, jsii.String("service"), &kplus.ServiceProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("deepseek-r1")},
		Selector: frontend,
		Ports:    &[]*kplus.ServicePort{{Port: jsii.Number(80), TargetPort: jsii.Number(8000)}},
	})
	return chart
}

func volumeMounts(chart cdk8s.Chart) *[]*kplus.VolumeMount {
	engines := kplus.NewConfigMap(chart, jsii.String("engines"), &kplus.ConfigMapProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("deepseek-r1-engines")},
		Data:     &map[string]*string{"prefill.yaml": &prefillEngine, "decode.yaml": &decodeEngine},
	})
	mpi := kplus.Secret_FromSecretName(chart, jsii.String("mpi"), jsii.String("mpi-ssh"))
	modelsVolume := kplus.Volume_FromHostPath(chart, jsii.String("models-volume"), jsii.String("models"), &kplus.HostPathVolumeOptions{Path: jsii.String("/models")})
	enginesVolume := kplus.Volume_FromConfigMap(chart, jsii.String("engines-volume"), engines, &kplus.ConfigMapVolumeOptions{Name: jsii.String("engines")})
	mpiVolume := kplus.Volume_FromSecret(chart, jsii.String("mpi-volume"), mpi, &kplus.SecretVolumeOptions{Name: jsii.String("mpi"), DefaultMode: jsii.Number(0o400)})
	return &[]*kplus.VolumeMount{
		{Path: jsii.String("/models"), Volume: modelsVolume, ReadOnly: jsii.Bool(true)},
		{Path: jsii.String("/engines"), Volume: enginesVolume},
		{Path: jsii.String("/etc/mpi"), Volume: mpiVolume},
	}
}

// What all pods with GPUs have in common: a whole GB200 node each.
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
		Port:                jsii.Number(9090),
		InitialDelaySeconds: cdk8s.Duration_Seconds(jsii.Number(30)),
		PeriodSeconds:       cdk8s.Duration_Seconds(jsii.Number(10)),
		TimeoutSeconds:      cdk8s.Duration_Seconds(jsii.Number(5)),
		FailureThreshold:    jsii.Number(600),
	})
	return container
}

func listener(mounts *[]*kplus.VolumeMount) *kplus.ContainerProps {
	cpus, memory := kplus.Cpu_Units(jsii.Number(130)), cdk8s.Size_Gibibytes(jsii.Number(850))
	environment := dynamoVariables()
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

func dynamoFrontend() *kplus.ContainerProps {
	environment := dynamoVariables()
	return &kplus.ContainerProps{
		Image:        jsii.String(image),
		Command:      jsii.Strings("python3", "-m", "dynamo.frontend", "--http-port", "8000"),
		EnvVariables: &environment,
		PortNumber:   jsii.Number(8000),
		Readiness:    kplus.Probe_FromHttpGet(jsii.String("/health"), nil),
	}
}

// Where the parts of Dynamo find one another.
func dynamoVariables() map[string]kplus.EnvValue {
	return map[string]kplus.EnvValue{
		"ETCD_ENDPOINTS": kplus.EnvValue_FromValue(jsii.String("http://etcd:2379")),
		"NATS_SERVER":    kplus.EnvValue_FromValue(jsii.String("nats://nats:4222")),
	}
}

func dynamo(mode string) []string {
	return []string{
		"-m", "dynamo.trtllm",
		"--model-path", "/models/DeepSeek-R1-FP4",
		"--served-model-name", "deepseek-ai/DeepSeek-R1",
		"--extra-engine-args", "/engines/" + mode + ".yaml",
		"--disaggregation-mode", mode,
	}
}

// One process for each GPU of the leader and its workers.
func acrossPods(worker grove.PodClique, python []string) []string {
	hosts := []string{fmt.Sprintf("localhost:%d", gpusPerPod)}
	for _, address := range *worker.PodAddresses() {
		hosts = append(hosts, fmt.Sprintf("%s:%d", *address, gpusPerPod))
	}
	command := []string{
		"mpirun", "--allow-run-as-root",
		"-np", fmt.Sprint(gpusPerPod * (1 + workers)),
		"-H", strings.Join(hosts, ","),
		"--mca", "plm_rsh_args", fmt.Sprintf("-F /etc/mpi/ssh_config -p %d", sshPort),
	}
	for _, name := range nccl {
		command = append(command, "-x", name)
	}
	return append(append(command, "trtllm-llmapi-launch", "python3"), python...)
}

func main() {
	app := cdk8s.NewApp(nil)
	NewDeepSeekR1(app, "deepseek-r1-disagg")
	app.Synth()
}
