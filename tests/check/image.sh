#!/usr/bin/env bash
# The container image: read by another program than the one that wrote it, and run as a cluster runs it: a root that
# cannot be written, the user 64164, no capability. It watches the simulator. Running it needs root.
# usage: image.sh BUILD_FOLDER
set -u
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
require skopeo tar unshare nsenter
clock=real
max_bytes=$((60 * 1024 * 1024))
image=$scratch/image
tree=$scratch/root
archives=("$build"/image/*.oci.tar)
archive=${archives[0]}

of_config() { skopeo inspect --config "oci-archive:$archive" | jq -e "$@" >"$scratch/json"; }
is_small() { [ "$(stat -c %s "$archive")" -le $max_bytes ]; }
unpack() {
	mkdir "$tree" && skopeo --insecure-policy copy -q "oci-archive:$archive" "dir:$image" &&
		tar -xpzf "$image/$(jq -r '.layers[0].digest | ltrimstr("sha256:")' "$image/manifest.json")" -C "$tree"
}
# Everything that the kernel would start: a program with an interpreter, or a script. Libraries have none.
programs() {
	find "$tree" -type f -exec sh -c 'for file; do
		{ [ "$(head -c 2 "$file" | tr -d "\0")" = "#!" ] || readelf -lW "$file" 2>/dev/null | grep -q INTERP; } && echo "$file"
	done' sh {} + | sed "s|^$tree||" | sort
}
has_no_other_program() {
	programs >"$scratch/programs"
	# The C library can be run: it prints its version.
	grep -vE '/libc\.so\.6$' "$scratch/programs" | diff - <(printf '%s\n' /usr/bin/hawatch /usr/bin/hawatchd)
}
has_no_tool() { no_lines find "$tree" \( -name '*sh' -o -name 'busybox*' -o -name 'apt*' -o -name 'dpkg*' -o -name 'perl*' -o -name openssl \) -path '*bin/*'; }
has_certificates() { [ "$(grep -c 'BEGIN CERT' "$tree/etc/ssl/certs/ca-certificates.crt")" -gt 100 ]; }
# Each package of the image with its version: the same in both lists, and each library belongs to one.
lists_packages() {
	diff <(sed -s -n 's/^Package: //p' "$tree"/var/lib/dpkg/status.d/* | sort) \
		<(jq -r '.packages[].name | select(. != "hawatch")' "$tree/usr/share/hawatch/hawatch.spdx.json" | sort) &&
		cat "$tree"/var/lib/dpkg/status.d/*.md5sums | cut -c 35- | sort >"$scratch/owned" &&
		no_lines comm -13 "$scratch/owned" <(cd "$tree" && find . -name '*.so.*' -type f | cut -c 3- | sort)
}
is_beside() { cmp "$tree/usr/share/hawatch/hawatch.spdx.json" "${archive%.oci.tar}.spdx.json"; }
# What the Dockerfile says, as JSON, is what the archive has. No engine here, so its RUN is not tried.
as_dockerfile_says() {
	local word
	for word in User Entrypoint StopSignal; do
		of_config -c ".config.$word" && grep -qxF "${word^^} $(jq -r 'if type == "array" then tojson else . end' "$scratch/json")" config/image/Dockerfile ||
			{ echo "$word"; return 1; }
	done
	of_config '.config.Labels["org.opencontainers.image.version"]' && grep -qF "image.version=$(cat "$scratch/json")" config/image/Dockerfile
}

# run_image ARGUMENT...: as a container, without its own network, so that it reaches the simulator.
run_image() {
	# shellcheck disable=SC2016 # the inner shell's
	exec unshare -m sh -euc '
		tree=$1 etc=$2; shift 2
		mount --bind "$tree" "$tree"
		mount --bind "$etc" "$tree/etc/hawatch"
		for own in run var/lib; do mount -t tmpfs -o uid=64164,gid=64164,mode=750 none "$tree/$own/hawatch"; done
		mount --bind /proc "$tree/proc"
		mount -o remount,bind,ro "$tree/etc/hawatch"
		mount -o remount,bind,ro "$tree"
		exec chroot --userspec=64164:64164 --groups=64164 "$tree" "$@"' \
		sh "$tree" "$scratch/etc" "$@"
}
inside_image() { nsenter -t "$daemon" --mount --root --wd --setgid 64164 --setuid 64164 "$@"; }
configure() {
	mkdir "$scratch/etc" && cp "$sim"/ca.crt "$sim"/kubeconfig "$sim"/*token "$scratch/etc/" &&
		sed "s|$sim|/etc/hawatch|g" "$config" >"$scratch/etc/hawatch.yaml" &&
		echo 'state_directory: /var/lib/hawatch' >>"$scratch/etc/hawatch.yaml" &&
		sed -i "s|$sim|/etc/hawatch|g" "$scratch/etc/kubeconfig" && chown -R 64164:64164 "$scratch/etc"
}
says_active() { [ "$(inside_image /usr/bin/hawatch status -o json | jq -r .ha_status)" = ACTIVE ]; }
is_read_only() { ! touch "/proc/$daemon/root/usr/x" 2>"$scratch/touched" && grep -q 'Read-only' "$scratch/touched"; }
is_the_user() { grep -qE '^Uid:	64164	64164	64164	64164$' "/proc/$daemon/status" && grep -qE '^CapEff:	0+$' "/proc/$daemon/status"; }
has_no_shell() { ! inside_image /bin/sh -c true 2>"$scratch/sh" && grep -q 'No such file' "$scratch/sh"; }
keeps_state() { [ -n "$(ls -A "/proc/$daemon/root/var/lib/hawatch")" ]; }

[ -e "$archive" ] || give_up "no image in $build/image; run make image first"
check "the archive has at most 60 MB ($(stat -c %s "$archive") bytes)" is_small
check "another program reads it" unpack
check "it starts hawatchd" of_config '.config.Entrypoint == ["/usr/bin/hawatchd"]'
check "as the user 64164" of_config '.config.User == "64164:64164"'
check "the title, version and revision are labels" of_config '.config.Labels | [.["org.opencontainers.image." + ("title", "version", "revision")]] | all(. != null and . != "")'
check "the Dockerfile says the same" as_dockerfile_says
check "it has no program but ours" has_no_other_program
check "no shell, no package manager" has_no_tool
check "the certificates of the known authorities" has_certificates
check "the packages are listed, and every library belongs to one" lists_packages
check "the same list stands beside the archive" is_beside

if [ "$(id -u)" -eq 0 ] && unshare -m true 2>"$scratch/unshare"; then
	start_sim
	check "a configuration" configure
	port=$((10000 + RANDOM % 20000))
	run_image /usr/bin/hawatchd --config.file=/etc/hawatch/hawatch.yaml --web.listen-address="127.0.0.1:$port" >"$log" 2>&1 &
	daemon=$!
	servers+=("$daemon")
	url=http://127.0.0.1:$port
	until_true has_begun && ! is_gone "$daemon" || give_up "the image does not start" "$log"
	check "it runs as this user, without capabilities" is_the_user
	check "its root is read-only" is_read_only
	reaches "it watches" ACTIVE
	check "the command inside says ACTIVE" says_active
	check "there is no shell inside" has_no_shell
	check "it keeps its state" eventually keeps_state
	check "a reload" inside_image /usr/bin/hawatch reload
	check "ends" stop_daemon
else
	skip "running it: this needs root and mount namespaces"
fi
finish
