# Runs when kubelet and containerd are gone: ends what is left of the containers, unmounts, removes what lies
# outside of the folder, and gives the lock of real nodes back.
dir='@DIR@'
tasks="$dir/containerd/state/io.containerd.runtime.v2.task/k8s.io"
containers=$(ls "$tasks")
for id in $containers; do kill -KILL "$(cat "$tasks/$id/init.pid")"; done
for process in /proc/[0-9]*; do
  case "$(tr '\0' ' ' < "$process/cmdline")" in *containerd-shim*"$dir/"*) kill -KILL "${process#/proc/}" ;; esac
done
# Mounts and control groups can be in use for a moment after their processes were killed.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  for mount in $(cut -d' ' -f2 /proc/mounts | grep "^$dir/" | sort -r); do umount "$mount" || umount -l "$mount"; done
  left=$(for id in $containers; do find /sys/fs/cgroup -depth -type d -name "$id" ! -exec rmdir {} \; -print; done)
  if [ -z "$left" ] && ! grep -q " $dir/" /proc/mounts; then break; fi
  sleep 0.1
done
for id in $containers; do rm -f /var/lib/cni/results/*-"$id"-*; done
find /var/log/containers -lname "$dir/*" -delete
if [ "$(cat '@LOCK@')" = '@PID@' ]; then rm -f '@LOCK@'; fi
