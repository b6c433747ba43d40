#!/usr/bin/env bash
# Runs every fuzz target for TIME (default 2m), one after the other, and stops at the first that
# finds something. What it found lies in the testdata of its package: a test from then on.
set -euo pipefail
cd "$(dirname "$0")/.."

time=${1:-2m}
if [[ ! $time =~ ^([0-9]+(h|m|s|x))+$ ]]; then
	echo "usage: internal/fuzz.sh TIME (such as 20s, 2m or 1000x)" >&2
	exit 2
fi

mapfile -t targets < <(grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*\(' . | sort)
ran=0
for target in "${targets[@]}"; do
	file=${target%%:*}
	name=${target##*func }
	name=${name%(}
	package=$(dirname "$file")
	echo "== $name in $package"
	if ! go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "$package"; then
		echo "fuzz: $name in $package found something or could not run, after $ran targets" >&2
		exit 1
	fi
	ran=$((ran + 1))
done
echo "fuzz: $ran targets, $time each, nothing found"
