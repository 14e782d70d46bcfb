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
rows() { # the CSV of the store into out
	"$TWOPART" results export --csv "${1-s.db}" >out
}
column() { # NAME: of the CSV in out, the table, corpus, name and that column of each row
	awk -F, -v want="$1" 'NR == 1 {for (i = 1; i <= NF; i++) c[$i] = i; next}
		{sub(/-[0-9]*$/, "", $c["table"]); print $c["table"] "/" $c["corpus"] "/" $c["name"] "=" $c[want]}' out
}

mkdir -p tmp set/deeper && export TMPDIR=$work/tmp
seq 20000 >set/numbers
printf 'a cat sat on a mat\n%.0s' $(seq 500) >set/cats
: >set/empty
cp set/cats set/deeper/unseen
ln -s cats set/link
copy='cp=cp {in} {out};cp {in} {out}'
zip='zip=gzip -9 < {in} > {out};gzip -d < {in} > {out}'
brief=(--external none --repetitions 1 --only 'cp,zip,wrong,xz -6,ngram')

# Every regular file of a directory, and the total as the sum.
expect 'files' 0 '' bench files --store s.db "${brief[@]}" --external "$copy" --external "$zip" set
rows
check 'files: the regular ones' test "$(awk -F, 'NR > 1 {print $2}' out | sort -u | tr '\n' ' ')" = \
	'Total of 3 files cats empty numbers '
check 'files: rows' test "$(grep -c . out)" = $((1 + 4 * 4))
for name in total_bytes input_bytes compress_process_seconds decompress_process_seconds; do
	check "files: total of $name" test "$(column $name | awk -F= '
		function near(x, y) {return x - y < 1e-9 + 1e-6 * y && y - x < 1e-9 + 1e-6 * y}
		{split($1, k, "/"); v[k[1] k[3]] += $2}
		END {for (n in v) if (sub(/^file/, "", n) && near(v["file" n], v["total" n])) good++; print good}')" = 4
done
check 'files: the archive of cp' grep -q '^file/cats/cp=9500$' <(column archive_bytes)
check 'files: sizes of zip' test "$(column archive_bytes | sed -n 's|^file/numbers/zip=||p')" = "$(gzip -9 <set/numbers | wc -c)"
check 'files: on the front' grep -Eq '^total/.*/xz -6=(enc\+dec|enc|dec)$' <(column pareto)
check 'files: time of whole processes' test "$(column compress_process_seconds | grep -c '=[0-9]*\.*[0-9]*[1-9]')" = 16
check 'files: what decodes' test "$(column decoder_bytes | grep -c '^file.*=[1-9][0-9]*$')" = 12

# The tables of this run alone, whatever else is in the store; the same as lines.
expect 'files: tables' 0 '' bench files --store s.db "${brief[@]}" --external "$copy" set/numbers set/cats
check 'bold' test "$(grep -c '^| \*\*' out)" -gt 2
check 'total is a table' grep -q '^## Total of 2 files$' out
check 'the store is named' grep -q 'results are in s.db' err
expect 'one file has no total' 0 '' bench files --store s.db "${brief[@]}" set/cats
check 'one file has no total: no table' test "$(grep -c '^## ' out)" = 1
expect 'lines' 0 '' bench files --store s.db "${brief[@]}" --json set/cats
check 'lines: results' test "$(grep -c '"runs":\[{' out)" = 2
expect 'two files of one name' 0 '## set/deeper/cats' bench files --store none "${brief[@]}" set/numbers set/cats "$(echo mat >>set/deeper/unseen && mv set/deeper/unseen set/deeper/cats && echo set/deeper/cats)"
cp set/cats twin
expect 'two files of one content' 0 'twin has the contents of cats' bench files --store none "${brief[@]}" set/cats twin
expect 'no more names' 1 'there twice' bench files --store none "${brief[@]}" set/cats set/cats set/cats

# A program on a generated corpus has rows on tokens and on text.
"$TWOPART" generate sk --sentences 100 --quiet -o corpus
expect 'a corpus' 0 '' bench --store c.db --only 'cp,xz -6' --external "$copy" corpus
rows c.db
check 'a corpus: tokens and text' test "$(awk -F, '/^corpus/ {print $5, $6}' out | grep -c '^cp \(tokens\|text\)$')" = 2

# Cells without figures: code 1, the reason, the other rows, and no total of what is not everywhere.
wrong() { # COMMANDS [OPTION]...: measured on set/cats
	local commands=$1
	shift
	"$TWOPART" bench --store w.db --only wrong --external "wrong=$commands" "$@" set/cats >out 2>err
}
"$TWOPART" bench files --store s.db "${brief[@]}" --external 'wrong=cp {in} {out};tr a b < {in} > {out}' set >out 2>err
check 'wrong bytes: code 1' test $? = 1
check 'wrong bytes: said' grep -q 'cats, wrong on bytes: the decoded file differs' err
check 'wrong bytes: a row without figures' grep -q '^| wrong .* wrong: the decoded file differs' out
check 'wrong bytes: the others are there' grep -q '^| .*xz -6' out
rows
check 'wrong bytes: no total' test "$(column outcome | grep -c '^total.*wrong')" = 0
wrong 'sleep 9 && cp {in} {out};cp {in} {out}' --limit-seconds 1
check 'over the time' grep -q 'compress: over the time limit of 1 s' err
wrong 'dd if=/dev/zero of=/dev/null bs=200M count=1 && cp {in} {out};cp {in} {out}' --limit-memory 50M
check 'over the memory' grep -q 'compress: failed with exit code 1: .*memory' err
wrong 'yes > {out} && true {in};cp {in} {out}'
check 'over the size' grep -q 'compress: wrote a file of more than 1067576 bytes' err

# What cannot work is refused before anything runs.
expect 'no placeholder' 1 "compresses by 'x' has no {out}" bench --store none --external 'x=cp {in} y;cp {in} {out}' set/cats
expect 'no such program' 1 "no program 'no-such'" bench --store none --external 'x=no-such {in} {out};cp {in} {out}' set/cats
expect 'no such entry' 1 'nor a ready-made program' bench --store none --external nonsense set/cats
expect 'files without files' 1 "suite 'files' needs files" bench files
expect 'no such directory' 1 'no-such-directory' bench files --store none no-such-directory
expect 'no such row' 1 'no row to measure' bench --store none --only nonsense set/cats
expect 'no file in a directory' 1 'no row to measure' bench files --store none tmp
expect 'a file for a directory' 1 'is no directory' bench --store none --keep set/cats set/cats
expect 'no such limit' 1 'limit-seconds' bench --limit-seconds 0 set/cats
check 'nothing is left behind' test -z "$(ls tmp)"

# Interrupted while a shell waits for a program: both end, and nothing is left.
"$TWOPART" bench --store i.db --only cp --external "cp=sleep 30 & echo \$! > $work/pid && wait && cp {in} {out};cp {in} {out}" set/cats >out 2>err &
for _ in $(seq 100); do
	[ -s pid ] && break
	sleep 0.05
done
kill -TERM $!
wait $!
check 'interrupted: of that signal' test $? = 143
check 'interrupted: the program too' test "$(ps -o stat= -p "$(cat pid)" | grep -cv Z)" = 0
check 'interrupted: nothing is left' test -z "$(ls tmp)"
check 'interrupted: the store is named' grep -q 'is in i.db' err
