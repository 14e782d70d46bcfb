#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# test_bench_cli.sh - `twopart bench` on files and with other people's programs: directories, totals
# that are sums, fronts in bold, rows that are missing with the reason, and nothing left behind.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >/dev/null 2>&1; then report "$name" ''; else report "$name" "$*"; fi
}
column() { # NAME: of the CSV in out, the section, corpus, name and that column of each row
	awk -F, -v want="$1" 'NR == 1 {for (i = 1; i <= NF; i++) c[$i] = i; next}
		{print $c["section"] "/" $c["corpus"] "/" $c["name"] "=" $c[want]}' out
}

mkdir -p tmp set/deeper && export TMPDIR=$work/tmp
seq 20000 >set/numbers
printf 'a cat sat on a mat\n%.0s' $(seq 500) >set/cats
: >set/empty
cp set/cats set/deeper/unseen
ln -s cats set/link
copy='cp=cp {in} {out};cp {in} {out}'
zip='zip=gzip -9 < {in} > {out};gzip -d < {in} > {out}'
brief=(--external none --only 'cp,zip,wrong,xz -6,ngram')

# Every regular file of a directory in the order of names, and the total as the sum.
expect 'files: CSV' 0 '' bench files "${brief[@]}" --external "$copy" --external "$zip" --csv set
check 'files: the regular ones' test "$(awk -F, 'NR > 1 {print $2}' out | uniq | tr '\n' ' ')" = \
	'cats empty numbers Total of 3 files '
check 'files: rows' test "$(grep -c . out)" = $((1 + 4 * 4))
for name in total_bytes input_bytes compress_process_seconds decompress_process_seconds; do
	check "files: total of $name" test "$(column $name | awk -F= '
		function near(x, y) {return x - y < 1e-9 + 1e-6 * y && y - x < 1e-9 + 1e-6 * y}
		{split($1, k, "/"); v[k[1] k[3]] += $2}
		END {for (n in v) if (sub(/^file/, "", n) && near(v["file" n], v["total" n])) good++; print good}')" = 4
done
check 'files: peak of the total' test "$(column compress_peak_mib | grep '/cp=' | sort -t= -k2 -g | tail -n 2 | sed 's/.*=//' | uniq | wc -l)" = 1
check 'files: the archive of cp' grep -q '^file/cats/cp=9500$' <(column archive_bytes)
check 'files: sizes of zip' test "$(column archive_bytes | sed -n 's|^file/numbers/zip=||p')" = "$(gzip -9 <set/numbers | wc -c)"
check 'files: on the front' grep -Eq '^total/.*/xz -6=(enc\+dec|enc|dec)$' <(column pareto)
check 'files: time of whole processes' test "$(column compress_process_seconds | grep -c '=[0-9]*\.*[0-9]*[1-9]')" = 16

# Markdown has bold names and times where JSON says so, and the commands.
expect 'files: Markdown' 0 '' bench files "${brief[@]}" --external "$copy" --out report set/numbers set/cats
check 'bold' test "$(grep -c '^| \*\*' out)" -gt 2
check 'bold as in JSON' test "$(grep -c '^| \*\*' out)" = "$(grep -c '"pareto": "' report/bench.json)"
check 'bold time to compress' test "$(grep -o '\*\*[0-9.]*\*\*' out | wc -l)" = "$(grep -o '"pareto": ".*"' report/bench.json | grep -Eo 'enc|dec' | wc -l)"
# shellcheck disable=SC2016
check 'commands are told' grep -qF -- '- cp: `cp {in} {out}`; `cp {in} {out}`' out
check 'commands in JSON' grep -q '"compress": "cp {in} {out}"' report/bench.json
check 'total is a table' grep -q '^## Total of 2 files$' out
expect 'one file has no total' 0 '' bench files "${brief[@]}" set/cats
check 'one file has no total: no table' test "$(grep -c '^## ' out)" = 1
expect 'two files of one name' 0 '## set/deeper/cats' bench files "${brief[@]}" set/cats set/numbers "$(mv set/deeper/unseen set/deeper/cats && echo set/deeper/cats)"
expect 'no more names' 1 'there twice' bench files "${brief[@]}" set/cats set/cats set/cats

# A program on a generated corpus has rows on tokens and on text.
"$TWOPART" generate sk --sentences 100 --quiet -o corpus
expect 'a corpus' 0 '' bench --only 'cp,xz -6' --external "$copy" --csv corpus
check 'a corpus: tokens and text' test "$(awk -F, '/^table/ {print $5, $7}' out | grep -c '^cp \(tokens\|text\)$')" = 2

# Rows that are missing: code 1, the reason, the other rows, and no total of what is not everywhere.
"$TWOPART" bench files "${brief[@]}" --csv --external 'wrong=cp {in} {out};tr a b < {in} > {out}' set >out 2>err
check 'wrong bytes: code 1' test $? = 1
check 'wrong bytes: said' grep -q 'cats, wrong on bytes: the decoded file differs' err
check 'wrong bytes: the others are there' grep -q '^file,cats,.*xz -6' out
check 'wrong bytes: no total' test "$(grep -c '^total.*wrong' out)" = 0
"$TWOPART" bench --only wrong --limit-seconds 1 --external 'wrong=sleep 9 && cp {in} {out};cp {in} {out}' set/cats >out 2>err
check 'over the time' grep -q 'compress: over the time limit of 1 s' err
"$TWOPART" bench --only wrong --limit-memory 50M \
	--external 'wrong=dd if=/dev/zero of=/dev/null bs=200M count=1 && cp {in} {out};cp {in} {out}' set/cats >out 2>err
check 'over the memory' grep -q 'compress: failed with exit code 1: .*memory' err

# What cannot work is refused before anything runs.
expect 'no placeholder' 1 "compresses by 'x' has no {out}" bench --external 'x=cp {in} y;cp {in} {out}' set/cats
expect 'no such program' 1 "no program 'no-such'" bench --external 'x=no-such {in} {out};cp {in} {out}' set/cats
expect 'no such entry' 1 'nor a ready-made program' bench --external nonsense set/cats
expect 'files without files' 1 "suite 'files' needs files" bench files
expect 'no such directory' 1 'no-such-directory' bench files no-such-directory
expect 'no such row' 1 'no row to measure' bench --only nonsense set/cats
expect 'no file in a directory' 1 'no row to measure' bench files tmp
expect 'no such limit' 1 'limit-seconds' bench --limit-seconds 0 set/cats
check 'nothing is left behind' test -z "$(ls tmp)"

# Interrupted while a shell waits for a program: both end, and nothing is left.
"$TWOPART" bench --only cp --external "cp=sleep 30 & echo \$! > $work/pid && wait && cp {in} {out};cp {in} {out}" set/cats >out 2>err &
for _ in $(seq 100); do
	[ -s pid ] && break
	sleep 0.05
done
kill -TERM $!
wait $!
check 'interrupted: of that signal' test $? = 143
check 'interrupted: the program too' test "$(ps -o stat= -p "$(cat pid)" | grep -cv Z)" = 0
check 'interrupted: nothing is left' test -z "$(ls tmp)"
