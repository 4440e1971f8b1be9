#!/usr/bin/env bash
# Makes the root of the container image: hawatchd, hawatch, the libraries that they load with what these depend on, and
# the certificates of the known authorities. No shell, no package manager. The packages come from where apt on this
# machine has them from, which must be the Debian that the programs were built on. Needs no root.
# usage: rootfs.sh BUILD_FOLDER ROOT OWN VERSION REVISION
#   OWN: here go the folders that belong to the daemon's user, of the control socket and of the state
set -eu
umask 022
export LC_ALL=C
build=$(realpath "${1:?}") root=$(realpath -m "${2:?}") own=${3:?} version=${4:?} revision=${5:?}
here=$(realpath "$(dirname "$0")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/archives/partial" "$scratch/parts"

# The packages of the libraries that the programs name. apt adds what they depend on, as on a machine that has nothing.
# dpkg knows some libraries under /lib and others under /usr/lib.
needed() {
	local library path
	for library in $(objdump -p "$build/hawatchd" "$build/hawatch" | awk '$1 == "NEEDED" { print $2 }' | sort -u); do
		path=$(ldd "$build/hawatchd" | awk -v name="$library" '$1 == name { print $3 }')
		dpkg-query -S "$path" "${path#/usr}" "/usr$path" 2>/dev/null | head -n 1 | cut -d: -f1
	done | sort -u
}
as_apt() { apt-get -qq -o APT::Sandbox::User=root -o Debug::NoLocking=1 "$@"; }
: >"$scratch/status"
mapfile -t packages < <(needed)
as_apt -y install --download-only --no-install-recommends -o Dir::State::status="$scratch/status" \
	-o Dir::Cache::archives="$scratch/archives" "${packages[@]}"
# Of these only files are used. What they depend on (perl, openssl, awk) is for their scripts.
(cd "$scratch/parts" && as_apt download ca-certificates base-files)

rm -rf "$root" "$own"
mkdir -p "$root" "$own"/{run,var/lib}/hawatch "$scratch/from"
chmod 750 "$own"/{run,var/lib}/hawatch
for package in "$scratch"/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
for package in "$scratch"/parts/*.deb; do dpkg-deb -x "$package" "$scratch/from"; done
find "$root/usr/share" -mindepth 1 -maxdepth 1 ! -name doc -exec rm -rf {} +
find "$root/usr/share/doc" ! -type d ! -name copyright -delete
find "$root/usr/share/doc" -type d -empty -delete

mkdir -p "$root"/{etc/ssl/certs,etc/hawatch,run,tmp,usr/bin,usr/share/hawatch,var/lib/dpkg/status.d,proc,sys,dev}
chmod 1777 "$root/tmp"
cd "$scratch/from"
find usr/share/ca-certificates -name '*.crt' | sort | xargs cat >"$root/etc/ssl/certs/ca-certificates.crt"
cp usr/lib/os-release "$root/usr/lib/"
ln -s ../usr/lib/os-release "$root/etc/os-release"
for package in ca-certificates base-files; do
	install -D -m 644 "usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done
cd "$root"

for program in hawatchd hawatch; do install -s -m 755 "$build/$program" "$root/usr/bin/"; done
cat >"$root/etc/passwd" <<-END
	root:x:0:0:root:/:/nonexistent
	hawatch:x:64164:64164:hawatch daemon:/:/nonexistent
END
printf 'root:x:0:\nhawatch:x:64164:\n' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

# What scanners read, in the place where images without dpkg have it; and the same as SPDX.
for package in "$scratch"/archives/*.deb "$scratch"/parts/*.deb; do
	name=$(dpkg-deb -f "$package" Package)
	dpkg-deb -f "$package" >"$root/var/lib/dpkg/status.d/$name"
	dpkg-deb -I "$package" md5sums >"$root/var/lib/dpkg/status.d/$name.md5sums"
	# shellcheck disable=SC2016 # these are dpkg's, not the shell's
	dpkg-deb -W --showformat '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n' "$package"
done >"$scratch/packages"
sed -i '/^$/d' "$scratch/packages"
number=$(cat "$scratch/packages" "$root"/usr/bin/* | sha256sum)
jq -R -s -S --arg version "$version" --arg revision "$revision" --arg number "$number" \
	--argjson created "${SOURCE_DATE_EPOCH:?}" -f "$here/spdx.jq" "$scratch/packages" >"$root/usr/share/hawatch/hawatch.spdx.json"
