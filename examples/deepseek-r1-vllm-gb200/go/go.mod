module example.com/deepseek-r1-vllm-gb200

go 1.25

require (
	github.com/aws/constructs-go/constructs/v10 v10.3.0
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk8s-grove/cdk8s-grove-go/cdk8sgrove v0.0.0
	github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2 v2.69.0
	github.com/cdk8s-team/cdk8s-plus-go/cdk8splus28/v2 v2.5.6
)
