# A GB200 node, and so a pod, has four GPUs.
GPUS_PER_POD = 4

# Decode pods beside the leader: 32 GPUs together.
WORKERS = 7

# TensorRT-LLM's options for the one prefill pod.
PREFILL_ENGINE = f"""\
tensor_parallel_size: {GPUS_PER_POD}
moe_expert_parallel_size: {GPUS_PER_POD}
enable_attention_dp: true
max_batch_size: 4
max_num_tokens: 4608
disable_overlap_scheduler: true
kv_cache_config:
  free_gpu_memory_fraction: 0.85
  dtype: fp8
cache_transceiver_config:
  backend: DEFAULT
"""

# TensorRT-LLM's options for decode: the experts are spread over all GPUs of the group.
DECODE_ENGINE = f"""\
tensor_parallel_size: {GPUS_PER_POD * (1 + WORKERS)}
moe_expert_parallel_size: {GPUS_PER_POD * (1 + WORKERS)}
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
"""
