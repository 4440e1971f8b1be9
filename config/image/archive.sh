#!/usr/bin/env bash
# Makes an OCI archive of one layer from the root that rootfs.sh has made: a tar file that podman and skopeo load. The
# same root gives the same bytes.
# usage: archive.sh ROOT OWN ARCHIVE VERSION REVISION    (OWN: see rootfs.sh)
set -eu
export LC_ALL=C
root=${1:?} own=${2:?} archive=${3:?} version=${4:?} revision=${5:?}
readonly id=64164
time=${SOURCE_DATE_EPOCH:?}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
blobs=$scratch/image/blobs/sha256
mkdir -p "$blobs"

# Every file has the time of the source.
as_tar() { tar --sort=name --format=gnu --numeric-owner --mtime="@$time" --mode=go-w "$@"; }
# keep TYPE FILE: moves it among the blobs, and prints its descriptor.
keep() {
	local digest size
	digest=$(sha256sum <"$2") digest=${digest%% *} size=$(stat -c %s "$2")
	mv "$2" "$blobs/$digest"
	jq -n --arg type "application/vnd.oci.image.$1" --arg digest "sha256:$digest" --argjson size "$size" '{mediaType: $type, digest: $digest, size: $size}'
}
platform=$(jq -n --arg architecture "$(dpkg --print-architecture)" '{architecture: $architecture, os: "linux"}')

as_tar -cf "$scratch/layer" --owner=0 --group=0 -C "$root" .
as_tar -rf "$scratch/layer" --owner=$id --group=$id -C "$own" ./run/hawatch ./var/lib/hawatch
diff_id=sha256:$(sha256sum <"$scratch/layer" | cut -d' ' -f1)
gzip -n -9 "$scratch/layer"
layer=$(keep layer.v1.tar+gzip "$scratch/layer.gz")

jq -n --argjson platform "$platform" --arg diff_id "$diff_id" --argjson created "$time" --arg user $id:$id \
	--arg version "$version" --arg revision "$revision" '$platform + {
		created: ($created | todate),
		config: {
			User: $user, WorkingDir: "/", Entrypoint: ["/usr/bin/hawatchd"], StopSignal: "SIGTERM",
			Env: ["PATH=/usr/bin"], ExposedPorts: {"29164/tcp": {}},
			Labels: {
				"org.opencontainers.image.title": "hawatch",
				"org.opencontainers.image.description": "Watches pairs of Rackspace Spot cloudspaces and serves their HA status to Prometheus",
				"org.opencontainers.image.version": $version,
				"org.opencontainers.image.revision": $revision
			}
		},
		rootfs: {type: "layers", diff_ids: [$diff_id]}
	}' >"$scratch/config"
config=$(keep config.v1+json "$scratch/config")
jq -n --argjson config "$config" --argjson layer "$layer" \
	'{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: [$layer]}' >"$scratch/manifest"
manifest=$(keep manifest.v1+json "$scratch/manifest")
jq -n --argjson manifest "$manifest" --argjson platform "$platform" --arg name "hawatch:$version" '{
		schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
		manifests: [$manifest + {platform: $platform, annotations: {"org.opencontainers.image.ref.name": $name}}]
	}' >"$scratch/image/index.json"
echo '{"imageLayoutVersion": "1.0.0"}' >"$scratch/image/oci-layout"
as_tar -cf "$archive" --owner=0 --group=0 -C "$scratch/image" oci-layout index.json blobs
jq -r '"digest \(.digest)"' <<<"$manifest"
echo "archive $(stat -c %s "$archive") bytes, unpacked $(du -sb "$root" | cut -f1) bytes"
