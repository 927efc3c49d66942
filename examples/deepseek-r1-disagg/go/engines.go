package main

import "fmt"

const (
	// A GB200 node, and so a pod, has four GPUs.
	gpusPerPod = 4
	// Decode pods beside the leader: 32 GPUs together.
	workers = 7
)

// TensorRT-LLM's options for the one prefill pod.
var prefillEngine = fmt.Sprintf(`tensor_parallel_size: %[1]d
moe_expert_parallel_size: %[1]d
enable_attention_dp: true
max_batch_size: 4
max_num_tokens: 4608
disable_overlap_scheduler: true
kv_cache_config:
  free_gpu_memory_fraction: 0.85
  dtype: fp8
cache_transceiver_config:
  backend: DEFAULT
`, gpusPerPod)

// TensorRT-LLM's options for decode: the experts are spread over all GPUs of the group.
var decodeEngine = fmt.Sprintf(`tensor_parallel_size: %[1]d
moe_expert_parallel_size: %[1]d
enable_attention_dp: true
max_batch_size: 32
max_num_tokens: 32
moe_config:
  backend: WIDEEP
kv_cache_config:
  free_gpu_memory_fraction: 0.7
  dtype: fp8
cache_transceiver_config:
  backend: DEFAULT
`, gpusPerPod*(1+workers))
