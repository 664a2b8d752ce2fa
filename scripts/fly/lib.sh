# shellcheck shell=bash disable=SC2034
# What the scripts beside this file share. Each sources it first. Bash 4.4 or newer, node and flyctl.
set -euo pipefail
shopt -s inherit_errexit

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
FLYCTL=${FLYCTL:-flyctl}
SETTINGS=${DROPMATE_FLY_SETTINGS:-$ROOT/fly.env}
DRY_RUN=
YES=

# Which installation: as the command line says, else the environment (CI), else fly.env, which launch writes.
APP=${DROPMATE_FLY_APP:-} ORG=${DROPMATE_FLY_ORG:-} REGION=${DROPMATE_FLY_REGION:-}
URL=${DROPMATE_PUBLIC_URL:-} DATABASE=${DROPMATE_FLY_DATABASE:-}

# What is not said is in the settings: fly.env, or fly.NAME.env when that one is another installation's.
use_settings() {
  [[ $APP ]] || APP=$(setting DROPMATE_FLY_APP)
  [[ $APP ]] || stop 'Which installation? Say --app, set DROPMATE_FLY_APP, or run launch first.'
  [[ $APP =~ ^[a-z0-9][a-z0-9-]{1,40}$ ]] || stop "$APP cannot be the name of an app: small letters, digits and dashes."
  if [[ -f $SETTINGS && $(setting DROPMATE_FLY_APP) != "$APP" ]]; then SETTINGS=${SETTINGS%.env}.$APP.env; fi
  ORG=${ORG:-$(setting DROPMATE_FLY_ORG)} REGION=${REGION:-$(setting DROPMATE_FLY_REGION)}
  URL=${URL:-$(setting DROPMATE_PUBLIC_URL)} DATABASE=${DATABASE:-$(setting DROPMATE_FLY_DATABASE)}
  DATABASE=${DATABASE:-fly}
}

setting() { if [[ -f $SETTINGS ]]; then sed -n "s/^$1=//p" "$SETTINGS"; fi; }

# --- the command line ---------------------------------------------------------------------------------------------

# Takes an option that every script has; TAKEN says how many words it was. Ends the script at --help and at nonsense.
take_common() {
  TAKEN=1
  case $1 in
    --help | -h) show_help && exit 0 ;;
    --dry-run) DRY_RUN=yes ;;
    --yes | -y) YES=yes ;;
    --app) APP=$(value_of "$@"); TAKEN=2 ;;
    *) usage "There is no $1." ;;
  esac
}

value_of() {
  [[ $# -ge 2 && $2 != --* ]] || usage "$1 needs a value."
  printf '%s' "$2"
}

# The comment at the head of the script is its help.
show_help() {
  awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"
  cat <<'HELP'

Every script of this folder:
  --app NAME   the installation's name, that of its functions app (else DROPMATE_FLY_APP, else fly.env)
  --dry-run    say what would be done, and change nothing
  --yes        do not ask
  --help       this text
HELP
}

usage() {
  echo "${0##*/}: $1 See ${0##*/} --help." >&2
  exit 2
}

stop() {
  echo "${0##*/}: $1" >&2
  exit 1
}

say() { printf '%s\n' "$*" >&2; }

# Before what cannot be taken back. Without a terminal it takes --yes.
confirm() {
  [[ $DRY_RUN || $YES ]] && return
  [[ -t 0 ]] || stop "$1 Say --yes to do that."
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer == [yY]* ]] || stop 'Nothing was done.'
}

# Before what destroys: the installation's name has to be typed.
confirm_by_name() {
  [[ $DRY_RUN || $YES ]] && return
  [[ -t 0 ]] || stop "$1 Say --yes to do that."
  local answer
  read -r -p "$1 Type $APP to go on: " answer
  [[ $answer == "$APP" ]] || stop 'Nothing was done.'
}

# --- flyctl -------------------------------------------------------------------------------------------------------

require_flyctl() {
  command -v "$FLYCTL" >/dev/null || stop "flyctl is not installed (https://fly.io/docs/flyctl/install/)."
  command -v node >/dev/null || stop 'node is not installed (20 or newer).'
  use_settings
}

# Asks flyctl; this changes nothing and is done in a dry run too.
look() { "$FLYCTL" "$@" </dev/null; }

# Changes something by flyctl.
change() {
  if [[ $DRY_RUN ]]; then
    printf 'would run: flyctl' >&2
    printf ' %q' "$@" >&2
    printf '\n' >&2
    return
  fi
  say "flyctl $*"
  "$FLYCTL" "$@" </dev/null
}

# Sets secrets of an app, from NAME=VALUE lines on stdin, which are shown by their names only. Further arguments are for
# `flyctl secrets import`.
set_secrets() {
  local app=$1 lines
  shift
  lines=$(cat)
  [[ $lines ]] || return 0
  say "Secrets of $app: $(cut -d= -f1 <<<"$lines" | paste -sd' ')"
  [[ $DRY_RUN ]] && return
  "$FLYCTL" secrets import --app "$app" "$@" <<<"$lines"
}

# Reads JSON on stdin and prints what a JavaScript expression makes of it (`it` is the JSON): one line an element.
from_json() {
  node -e '
    const it = JSON.parse(require("fs").readFileSync(0, "utf8").trim() || "[]") ?? [];
    const found = eval(process.argv[1]);
    for (const line of [found].flat()) if (line !== undefined && line !== null) console.log(String(line));
  ' "$1"
}

# --- the apps -----------------------------------------------------------------------------------------------------

# What is built from this repository, in the order of a deployment: rooms first, so that they drain into functions that
# still run; functions bring the migrations; the worker comes last.
PROGRAMS=(realtime functions worker)

app_of() { [[ $1 == functions ]] && echo "$APP" || echo "$APP-$1"; }

config_of() { [[ $1 == functions ]] && echo "$ROOT/fly.toml" || echo "$ROOT/machines/fly/$1.toml"; }

# Names of all apps of this installation, those that exist or not; those with data come last.
all_apps() {
  local name
  for name in functions realtime worker autoscaler grafana alertmanager prometheus backup postgres; do app_of "$name"; done
}

existing_apps() { look apps list --json | from_json 'it.map((app) => app.Name ?? app.name)'; }

# What a program must know of the others, as words for flyctl. Names that end in .internal are on the private network.
environment_of() {
  local public=${URL:-https://$APP.fly.dev}
  case $1 in
    functions)
      printf '%s\n' --env "PUBLIC_URL=$public" --env "REALTIME_URL=${DROPMATE_REALTIME_URL:-https://$APP-realtime.fly.dev}" \
        --env "REALTIME_INTERNAL_URL=http://$APP-realtime.internal:8080"
      ;;
    realtime) printf '%s\n' --env "PUBLIC_URL=$public" --env "FUNCTIONS_URL=http://$APP.internal:8080" ;;
    worker) printf '%s\n' --env "PUBLIC_URL=$public" --env "REALTIME_INTERNAL_URL=http://$APP-realtime.internal:8080" ;;
    autoscaler) printf '%s\n' --env "FAS_APP_NAME=$APP" --env "FAS_PROMETHEUS_ADDRESS=http://$APP-prometheus.internal:9090" ;;
    grafana) printf '%s\n' --env "PROMETHEUS_URL=http://$APP-prometheus.internal:9090" ;;
    prometheus | alertmanager) printf '%s\n' --env "DROPMATE_FLY_APP=$APP" --env "PUBLIC_URL=$public" ;;
  esac
}

# The size of a first Machine; later ones keep what `scale` gave.
size_of() {
  case $1 in
    functions) echo --vm-size shared-cpu-1x --vm-memory 512 ;;
    realtime) echo --vm-size shared-cpu-1x --vm-memory 512 ;;
    worker) echo --vm-size shared-cpu-1x --vm-memory 512 ;;
    postgres) echo --vm-size shared-cpu-2x --vm-memory 2048 ;;
    prometheus) echo --vm-size shared-cpu-1x --vm-memory 1024 ;;
    *) echo --vm-size shared-cpu-1x --vm-memory 512 ;;
  esac
}

machines_of() { look machine list --app "$1" --json | from_json 'it.map((machine) => machine.id)'; }

# Deploys an image (or, without one, the image that its file names) to the app of that name.
deploy_app() {
  local name=$1 image=$2 words=()
  shift 2
  local app config present
  app=$(app_of "$name")
  config=$(config_of "$name")
  mapfile -t words < <(environment_of "$name")
  if [[ $image ]]; then
    words+=(--image "$image")
  elif [[ $name =~ ^(prometheus|alertmanager|grafana)$ ]]; then
    words+=(--dockerfile "$ROOT/machines/monitoring/Dockerfile" --build-target "$name"
      --ignorefile "$ROOT/machines/monitoring/Dockerfile.dockerignore")
  fi
  # min_machines_running holds in this region only.
  [[ $REGION ]] && words+=(--primary-region "$REGION")
  # Not within the condition: an answer that did not come would look like an app without Machines.
  present=$(machines_of "$app") || [[ $DRY_RUN ]] || stop "flyctl did not say which Machines $app has."
  if [[ ! $present ]]; then
    # The first time. A second Machine, which the proxy keeps stopped until it is needed, is for functions alone.
    local first_size
    read -r -a first_size <<<"$(size_of "$name")"
    words+=("${first_size[@]}" --ha="$([[ $name == functions ]] && echo true || echo false)")
    [[ $name == functions || $name == realtime ]] || words+=(--no-public-ips)
  fi
  change deploy "$ROOT" --config "$config" --app "$app" "${words[@]}" "$@" --yes
}

# Builds the image of a target on Fly's builder, and keeps it in the registry under a label.
build_image() {
  local target=$1 label=$2 app
  app=$(app_of "$target")
  change deploy "$ROOT" --config "$(config_of "$target")" --app "$app" --build-only --push --image-label "$label" \
    --dockerfile "$ROOT/machines/Dockerfile" --ignorefile "$ROOT/machines/Dockerfile.dockerignore" --build-target "$target"
}

image_of() { echo "registry.fly.io/$(app_of "$1"):$2"; }

# As the database's owner, on the Machine of our own Postgres; what it does comes by stdin.
PSQL='psql --username dropmate --dbname dropmate --quiet --set ON_ERROR_STOP=1'

# Runs a command where functions run, with their environment.
in_functions() { change ssh console --app "$APP" --quiet --command "$1"; }

# The backup Machine: started by the clock, so most of the time it is stopped. There is none before launch made it.
backup_machine() {
  look machine list --app "$APP-backup" --json | from_json 'it.filter((machine) => machine.name === "hourly").map((machine) => machine.id)'
}

BACKUP_COMMAND='node /app/dist/backup.js'

# Prints the backup Machine's id. Ends the script when there is none, or when its clock's run is under way: it would be cut off.
# (A sleep is what a script of ours left that was killed.)
free_backup_machine() {
  local found busy
  found=$(backup_machine)
  [[ $found ]] || stop "There is no backup Machine in $APP-backup; scripts/fly/deploy makes one."
  busy=$(look machine list --app "$APP-backup" --json |
    from_json 'it.filter((machine) => machine.name === "hourly" && machine.state === "started" && machine.config?.init?.cmd?.[0] !== "sleep").length')
  ((busy == 0)) || stop "A run of the clock is under way on the backup Machine. Run this again when it has ended: scripts/fly/logs backup."
  echo "$found"
}

# Runs a command of dist/backup.js on the backup Machine, by the only Machine that may have its volume: it is started on a
# long sleep, so that nothing else runs there meanwhile, and afterwards gets its clock and its command back.
on_backup_machine() {
  # Not local: the trap reads it when this function is over.
  machine=$(free_backup_machine)
  trap 'resume_backups "$machine" || say "The backup Machine did not get its clock back: run scripts/fly/deploy --only backup."' EXIT
  change machine update "$machine" --app "$APP-backup" --command 'sleep 21600' --restart no --yes
  change ssh console --app "$APP-backup" --machine "$machine" --user postgres --quiet --command "$BACKUP_COMMAND $1"
}

resume_backups() {
  trap - EXIT
  change machine update "$1" --app "$APP-backup" --command "$BACKUP_COMMAND backup --then-drill" --schedule hourly \
    --restart no --skip-start --yes
}

# Gives the backup Machine an image, or makes the Machine. It is not started: its clock does that.
deploy_backup_machine() {
  local image=$1 machine first_size
  machine=$(backup_machine)
  if [[ $machine ]]; then
    # With its command: a script that was killed may have left it asleep.
    change machine update "$machine" --app "$APP-backup" --image "$image" --command "$BACKUP_COMMAND backup --then-drill" \
      --schedule hourly --restart no --skip-start --yes
    return
  fi
  read -r -a first_size <<<"$(size_of backup)"
  change machine run "$image" --app "$APP-backup" --name hourly --schedule hourly --restart no --volume backups:/backups \
    --env BACKUP_DIR=/backups "${first_size[@]}" ${REGION:+--region "$REGION"}
}
