#!/bin/bash
# --config.watch: the configuration is loaded when its file has changed, however it is changed, and never half a file.
# usage: config_watch.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

start_sim
# As the kubelet mounts a ConfigMap: the name is a symlink into ..data, which is a symlink to the folder of this version.
mount=$scratch/mount
config=$mount/hawatch.yaml
mkdir -p "$mount"
version=0
text() { # [LINE]: the simulator's configuration, with the paths of its files, and a line more
	cat "$sim/hawatch.yaml"
	echo "links: {grafana_url: 'https://grafana.example.com/$((version += 1))'}"
	echo "${1-}"
}
swap() { # mounts a new version
	mkdir "$mount/..version"
	text >"$mount/..version/hawatch.yaml"
	mv "$mount/..version" "$mount/..version-$version"
	ln -s "..version-$version" "$mount/..data_tmp"
	mv -T "$mount/..data_tmp" "$mount/..data"
}
swap
ln -s ..data/hawatch.yaml "$config"

loads() { grep -c 'msg="configuration reloaded"' "$log"; }
refusals() { grep -c 'msg="configuration not reloaded' "$log"; }
has_loaded() { [ "$(loads)" -ge "$1" ] || { echo "$(loads) loads, expected $1"; false; }; }
are() { [ "$(loads) $(refusals)" = "$1 $2" ] || { echo "$(loads) loads, $(refusals) refusals; expected $1, $2"; false; }; }
shows() { "$asker" get "$url/" | grep -q "grafana.example.com/$version" || { echo "not version $version"; false; }; }
fires() { is "$1" ha_config_last_reload_successful; }

start_daemon --config.watch
reaches 'The daemon watches its configuration' ACTIVE
let_pass 5000
check 'A file that stays as it is is not loaded again' are 0 0

swap
check 'A ConfigMap is swapped: loaded' eventually has_loaded 1
check 'once' are 1 0
check 'and it is what the daemon uses' eventually shows

text >"$mount/new"
mv "$mount/new" "$config"
check 'The file is renamed over the other: loaded' eventually has_loaded 2

text >"$scratch/whole"
head -c 300 "$scratch/whole" >"$config"
for part in {1..8}; do
	let_pass 700
	echo "# part $part" >>"$config"
done
check 'While the file is being written, nothing is loaded or refused' are 2 0
cat "$scratch/whole" >"$config"
check 'When it is whole and still: loaded' eventually has_loaded 3
check 'once, and nothing was refused' are 3 0

text 'polls: {interval: 3s}' >"$config"
check 'A mistake: refused' eventually fires 0
check 'the log has the place and what is meant' logged 'hawatch.yaml:[0-9]+:1: unknown key `polls`; did you mean `poll`'
let_pass 10000
check 'it is said once, and not tried again' are 3 1
text >"$config"
check 'The mistake is corrected: loaded' eventually has_loaded 4
check 'and the metric is good' eventually fires 1

mv "$config" "$mount/away"
check 'The file is deleted: refused' eventually fires 0
let_pass 5000
check 'it is said once' are 4 2
mv "$mount/away" "$config"
check 'It is back: loaded' eventually has_loaded 5

rm "$config"
mkdir "$config"
check 'A folder in its place cannot be read: refused' eventually fires 0
rmdir "$config"
text >"$config"
check 'A file again: loaded' eventually has_loaded 6

text >"$config"
reload
check 'A signal and a change: loaded' eventually has_loaded 7
let_pass 5000
check 'once' has_loaded 7
check 'and not twice' test "$(loads)" -eq 7
check 'The daemon ends well' stop_daemon

start_daemon
text >"$config"
let_pass 10000
check 'Without --config.watch a change is not loaded' are 0 0
finish
