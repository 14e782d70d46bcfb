#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# npm - packages of the npm registry at pinned versions, for the page and its test.
#
#   bench/npm.sh LOCK DIRECTORY     each line of LOCK: package, version, SHA-512 of its archive as the
#                                   registry states it, files of it to keep, perhaps under
#                                   another name (FILE=NAME; "." keeps all)
#
# An archive with another digest is refused and nothing is kept of it.  What is already there with the
# same LOCK is not fetched again.  No package is installed: no script of theirs runs, nothing they
# depend on comes along.
set -eu
lock=$(realpath "$1") directory=$2
mkdir -p "$directory"
cmp -s "$lock" "$directory/lock" && exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root='sudo -n'
if ! command -v npm >/dev/null && command -v apt-get >/dev/null; then
	{ $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends nodejs npm ca-certificates; } >&2 || true
fi
if ! command -v npm >/dev/null; then
	echo "missing: npm; on Debian: apt-get install npm" >&2
	exit 5
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
while read -r package version digest files; do
	case $package in '' | '#'*) continue ;; esac
	archive=$scratch/$(cd "$scratch" && npm pack --silent "$package@$version" 2>/dev/null) &&
		[ -f "$archive" ] || {
		echo "$package $version: cannot be fetched" >&2
		exit 1
	}
	wanted=$(base64 -d <<<"${digest#sha512-}" | od -An -v -tx1 | tr -d ' \n')
	found=$(sha512sum "$archive" | cut -d ' ' -f 1)
	if [ "$found" != "$wanted" ]; then
		echo "$package $version: refused, its SHA-512 is $found and not $wanted" >&2
		exit 2
	fi
	mkdir "$scratch/$package"
	tar -xzf "$archive" -C "$scratch/$package" --strip-components=1 --no-same-owner
	for file in $files; do
		if [ "$file" = . ]; then
			rm -rf "${directory:?}/$package"
			mv "$scratch/$package" "$directory/$package"
		else
			from=${file%%=*} to=${file##*=}
			mv "$scratch/$package/$from" "$directory/$(basename "$to")"
		fi
	done
	echo "$package $version: SHA-512 as recorded" >&2
done <"$lock"
cp "$lock" "$directory/lock"
