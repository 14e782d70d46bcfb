#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: the archives in golden/, of every predictor and many of its options, decode to what they
# were made of, by this version and all later ones; and this version makes them again, with their
# models and corpora, to the last byte: so each binary file there is explained by a script.
# Method: digests in golden/MANIFEST; the commands decode, then golden/make.sh makes everything again.
# Environment: $TWOPART.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$here/lib.sh"
cp "$here"/golden/* .

same() { # NAME FILE DIGEST
	local got
	got=$(sha256sum <"$2" | cut -c1-64)
	report "$1" "$([ "$got" = "$3" ] || echo "$got, not $3")"
}

# Those that need nothing in one go, the others one by one.
alone=$(awk '$1 == "archive" && !/ -[wM] / {print $2}' MANIFEST)
# shellcheck disable=SC2086
"$TWOPART" decompress -q -f $alone 2>&1
while read -r kind name digest content arguments; do
	[ "$kind" = archive ] || continue
	same "$name is the one that was made" "$name" "$digest"
	options=$(sed -E 's/^-m [^ ]*//; s/ --store-model//; s/ --(block|model-bits) [0-9]+//g; s/ --bytes//' \
		<<<"$arguments")
	case $arguments in
	*--store-model*) options= ;;
	esac
	# shellcheck disable=SC2086
	[ -e "${name%.2p}" ] || "$TWOPART" decompress -q $options -c "$name" >"${name%.2p}"
	same "$name decodes" "${name%.2p}" "$content"
done <MANIFEST

mkdir again
report 'make.sh came to its end' "$("$here/golden/make.sh" "$TWOPART" again 2>&1)"
for file in again/*; do
	name=${file#again/}
	# How bits of a world are written may differ between C libraries; its hash is in the archives.
	[ "$name" = world.json ] && continue
	report "$name is made again" "$(cmp "$file" "$here/golden/$name" 2>&1)"
done
report 'nothing else is in golden/' "$(for file in "$here"/golden/*; do
	case ${file##*/} in
	make.sh | check.c | results.jsonl) ;;
	*) [ -e "again/${file##*/}" ] || echo "${file##*/}" ;;
	esac
done)"
