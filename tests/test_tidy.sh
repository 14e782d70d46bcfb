#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: the rules of style that a machine can see hold in every file.  Method: text search.
cd "$(dirname "$0")/.." || exit 1
shopt -s nullglob
c_files=({src,coders,models,corpora,bench,tests}/*.[ch] tests/*/*.[ch])
scripts=(tests/*.sh tests/trust/*.sh .ci/*)
library=({src,coders,models,corpora}/*.[ch])

# report NAME FINDINGS: ok when there are none.
report() {
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		head -n 20 <<<"$2" | sed 's/^/# /'
	fi
}

report 'lines of C have at most 100 columns (tab = 8)' "$(
	for file in "${c_files[@]}"; do
		expand -t 8 "$file" | LC_ALL=C.UTF-8 awk -v f="$file" \
			'length($0) > 100 {print f ":" NR ": " length($0) " columns"}'
	done)"

report 'functions have at most 70 lines' "$(
	awk 'FNR == 1 {start = 0}
		/^{/ {start = FNR}
		/^}/ && start {if (FNR - start > 71) print FILENAME ":" start ": " FNR - start - 1 " lines"
			start = 0}' "${c_files[@]}")"

report 'the library neither exits nor prints' "$(
	grep -nE '\b(exit|_exit|printf|puts|putchar|perror)\(' \
		$(printf '%s\n' "${library[@]}" | grep -vE '^src/(main|cmd_[a-z0-9_]*)\.c$'))"

report 'coders and models do not include each other' "$(
	models=$(cd models && printf '%s|' *.h) coders=$(cd coders && printf '%s|' *.h)
	grep -nE "#include \"(${models%|})\"" coders/*
	grep -nE "#include \"(${coders%|})\"" models/*)"

report 'every file names its licence' "$(
	for file in "${c_files[@]}" "${scripts[@]}"; do
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || echo "$file"
	done)"

report 'no trailing blanks' "$(grep -nE '[[:blank:]]+$' "${c_files[@]}" "${scripts[@]}" Makefile)"

report 'headers are guarded' "$(
	for file in {src,coders,models,corpora,bench}/*.h; do
		grep -q '^#ifndef TWOPART_' "$file" || echo "$file"
	done)"

report 'no qsort on the coding path' "$(grep -nE '\bqsort\(' models/* coders/range_coder.*)"

report 'no file above 64 KiB, but for reports' "$(
	git ls-files -z -- . ':!reports' 2>/dev/null | xargs -0 -r -I F find F -maxdepth 0 -size +64k 2>/dev/null)"

report 'no unfinished work' "$(grep -nE '\b(TO''DO|FIX''ME|X''XX)\b' "${c_files[@]}" "${scripts[@]}")"
