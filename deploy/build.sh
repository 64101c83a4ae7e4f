#!/bin/sh
# The steps of deploy/Dockerfile: an environment with Relais installed in it, from the locked dependencies alone.
#   deploy/build.sh SOURCE DESTINATION
set -eu
source=$(cd "$1" && pwd)
mkdir -p "$2"
destination=$(cd "$2" && pwd)

python3 -m venv "$destination"
"$destination/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
  --require-hashes -r "$source/requirements/run.txt"

# A copy of the packages alone: the build leaves nothing in the source, and no stray file enters the image.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/requirements"
cp "$source/pyproject.toml" "$copy/"
cp "$source/requirements/run.in" "$copy/requirements/"
cp -R "$source/kit" "$source/rules" "$source/services" "$source/gateway" "$source/relais" "$source/deploy" "$copy/"
"$destination/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
  --no-deps --no-build-isolation "$copy"

# What is installed must be complete by itself: every component's code and migrations, the rules, the command.
cd /
"$destination/bin/python" -m relais.installed
