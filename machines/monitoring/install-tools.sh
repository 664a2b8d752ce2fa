#!/usr/bin/env bash
# Puts Prometheus, Alertmanager and the exporters that the alerts rely on, with their checkers, into the folder given, for
# the tests of monitoring. They are Debian's, unpacked and not installed, so that no daemon starts.
set -euo pipefail
target=${1:?usage: install-tools.sh FOLDER}
mkdir -p "$target"
target=$(cd "$target" && pwd)

[[ -x $target/promtool && -x $target/prometheus-postgres-exporter ]] && exit 0
as_root=()
((EUID == 0)) || as_root=(sudo)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
cd "$scratch"
packages=(prometheus prometheus-alertmanager prometheus-blackbox-exporter prometheus-postgres-exporter)
# On a machine whose lists were never fetched the first attempt finds nothing.
if ! apt-get download -qq "${packages[@]}" 2>/dev/null; then
  "${as_root[@]}" apt-get update -qq
  apt-get download -qq "${packages[@]}"
fi
for package in *.deb; do dpkg-deb -x "$package" unpacked; done
cp unpacked/usr/bin/* "$target/"
# What a program looks for at a fixed place.
templates=usr/share/prometheus/alertmanager
for template in unpacked/"$templates"/*.tmpl; do
  target_file=/$templates/${template##*/}
  [[ -e $target_file ]] || "${as_root[@]}" install -D -m 644 "$template" "$target_file"
done
