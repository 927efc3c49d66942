# Runs when kubelet and containerd are gone: ends what is left of the containers, unmounts, and removes what lies outside of the folder.
dir='@DIR@'
tasks="$dir/containerd/state/io.containerd.runtime.v2.task/k8s.io"
for pid in $(cat "$tasks"/*/init.pid 2>/dev/null); do kill -KILL "$pid"; done
for process in /proc/[0-9]*; do
  case "$(tr '\0' ' ' < "$process/cmdline")" in containerd-shim*"$dir"* | *"/containerd-shim"*"$dir"*) kill -KILL "${process#/proc/}" ;; esac
done 2>/dev/null
for id in $(ls "$tasks" 2>/dev/null); do
  find /sys/fs/cgroup -depth -type d -name "$id" -exec rmdir {} + 2>/dev/null
done
# A mount can be in use for a moment after its process was killed.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  mounts=$(cut -d' ' -f2 /proc/mounts | grep "^$dir/" | sort -r)
  [ -n "$mounts" ] || break
  for mount in $mounts; do umount "$mount" || umount -l "$mount"; done
  sleep 0.1
done
find /var/log/containers -lname "$dir/*" -delete
rm -f "/var/lib/cni/results/@NAME@-"*
