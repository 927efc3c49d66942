#!/bin/sh
# Usage: watchdog.sh FOLDER. Reads process numbers from standard input, a line each. When that ends, which is when the starting
# process has closed it or has died in whatever way, it kills those that still run, runs FOLDER/cleanup.sh if there is
# one, and removes FOLDER unless it holds a file named `keep`.
# A number counts only while its process has FOLDER on its command line: numbers are used again.
trap '' HUP INT TERM
folder=$1
pids=
while read -r pid; do pids="$pids $pid"; done
for pid in $pids; do
  line=$( { tr '\0' ' ' < "/proc/$pid/cmdline" || ps -o args= -p "$pid"; } 2>/dev/null )
  case "$line" in *"$folder"*) kill -KILL "$pid" ;; esac
done
if [ -f "$folder/cleanup.sh" ]; then sh "$folder/cleanup.sh" > "$folder/cleanup.log" 2>&1; fi
[ -e "$folder/keep" ] || rm -rf "$folder"
