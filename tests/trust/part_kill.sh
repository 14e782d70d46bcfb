#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 7
#
# part_kill.sh BUILD - end every command that writes a file at every system call it makes, by KILL
# and by the signals that ask, and look at what is there: an output is the old one or the new one,
# whole.  Where a command writes several files, which of them a reader can see; what a store of
# results has lost; whether a training goes on.
# shellcheck source=tests/trust/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/trust/durability.sh
. "$source/tests/trust/durability.sh"

if ! durability_begin || ! durability_inputs || ! durability_small ||
	! "$inject" -t -n 1 "$TWOPART" models >/dev/null; then
	row G7 'SIGKILL at every system call' 'not tried: no compiler, or no ptrace' 'none of 5' 'not here'
	exit
fi
durability_cases >cases
most=3000
if [ -n "$QUICK" ]; then
	grep -E 'm ngram|iid|export|report' cases >few
	mv few cases
	most=8
fi

# ---- The commands whose outputs are the same every time. ----

while IFS='|' read -r outputs arguments; do
	for before in '' -a; do
		# shellcheck disable=SC2086
		durability_case "$outputs" "$arguments" -t -n $most $before >>killed.counts
	done
	for signal in 1 2 15; do
		durability_case "$outputs" "$arguments" -t -n $((most / 60 + 4)) -s $signal >>asked.counts
	done
done <cases

figures() { # FILE
	echo "$(sum runs <"$1") kills of $(wc -l <"$1") runs' $(sum calls <"$1") system calls: $(
		sum old <"$1") old, $(sum new <"$1") new, $(sum mixed <"$1") some files old and some new, $(
		sum strays <"$1") temporary files PATH.tmp.PID left; partial or otherwise wrong: $(
		sum problems <"$1")"
}
row G7 'SIGKILL at every system call, over a file and without one: the old file or the new one' \
	"$(wc -l <cases) commands, $(figures killed.counts)" 'none of 5: partial file left' \
	"$(holds [ "$(sum problems <killed.counts)" = 0 ])"
row G7 'HUP, INT and TERM, at system calls all over the run, leave nothing behind' \
	"$(figures asked.counts)" 'xz, gzip, bzip2; zstd INT only; brotli none' \
	"$(holds [ "$(sum problems <asked.counts)" = 0 ])"

# ---- Several files. ----

# Each is renamed as it is listed, a corpus's PREFIX.json last: none is new behind an old one.  Who
# reads a corpus that is half of each sees that the world is not its own.
# shellcheck disable=SC2016
reader='cmp -s out.bin old.bin; bin=$?; cmp -s out.json old.json; json=$?
"$TWOPART" cost -q -f -m order0 -o cost.npy out >/dev/null 2>&1; code=$?
[ $code = $([ $bin = $json ] && echo 0 || echo 2) ]'
for prefix in old out; do
	# shellcheck disable=SC2086
	"$TWOPART" generate sk $tiny --sentences 20 --seed 9 -q -o $prefix
done
touch cost.npy
# shellcheck disable=SC2046,SC2086
"$inject" $(printf -- '-o %s ' $(files_of out)) -t -n $most -c "$reader" "$TWOPART" \
	generate sk $tiny --sentences 20 -T1 -q -f -o out </dev/null >corpus.counts
rm -f out.* old.* cost.npy
# An input that goes is one more "output": it is new, not there, only behind a new archive.
durability_case 'out.2p out' 'compress -q -f -T1 --rm out' -t -n $most >rm.counts
cp text.2p rm.2p
"$inject" -o rm -o rm.2p -t -n $most "$TWOPART" decompress -q -f -T1 --rm rm.2p </dev/null >>rm.counts
states=$(cat killed.counts corpus.counts rm.counts | sed -n 's/.*states=//p' | tr ',' '\n' | sort -u | grep '..')
disorder=$(grep 'o=*n' <<<"$states")
mixtures() { [ -z "$disorder" ] && [ "$(cat corpus.counts rm.counts | sum problems)" = 0 ]; }
row G7 'Files that belong together: new ones stand in front of old ones, and a mixture is refused' \
	"$(wc -w <<<"$states") states of files seen, ${disorder:-none} out of order; $(
		sum runs <corpus.counts) kills while a corpus was replaced, $(
		sum mixed <corpus.counts) mixtures, $(sum problems <corpus.counts) not refused; $(
		sum runs <rm.counts) kills of compress and decompress --rm, no input gone before its output was there" \
	'not applicable' "$(holds mixtures)"

# ---- A store of results, and a training. ----

# Halves of the repetitions run as processes of their own: of two cells with two repetitions each,
# after one that is not counted, the fifth process ends the first repetition, the ninth the second,
# the eleventh the third.  In some runs one process more is counted than there was, and one
# repetition may be lost.
cp text ./few
bench="bench --store s.db --external none --jobs 1 --repetitions 2 --only copy,order0 ./few"
export bench TMPDIR=$work/tmp
mkdir tmp
# shellcheck disable=SC2016
bench_check='n=0
if [ -s s.db ]; then
	"$TWOPART" results list --json s.db >list || exit
	n=$(sed -n "s/.*\"n_runs\": \([0-9]*\).*/\1/p" list | awk "{n += \$1} END {print n + 0}")
fi
f=$INJECT_FORKS
[ "$n" -ge $(((f >= 8) + (f >= 12) + (f >= 14))) ] || exit
if [ $((INJECT_K % 8)) = 0 ]; then
	"$TWOPART" $bench >/dev/null 2>&1 && "$TWOPART" results list --json s.db >list &&
		[ "$(grep -c "\"n_runs\": 2" list)" = 2 ] || exit
fi
rm -rf tmp/*'
# shellcheck disable=SC2086
"$inject" -t -n $((most / 2)) -r 'rm -f s.db*' -c "$bench_check" "$TWOPART" $bench >bench.counts
row G7 'bench: SIGKILL at every system call; the store is sound, has every repetition but one, goes on' \
	"$(sum runs <bench.counts) kills, $(sum problems <bench.counts) wrong; every eighth went on to the end" \
	'no peer has a store' "$(holds [ "$(sum problems <bench.counts)" = 0 ])"

head -n 2 lines >two
rm -f store.db
"$TWOPART" results merge store.db two >/dev/null && cp store.db before.db
# shellcheck disable=SC2016
merge_check='n=$("$TWOPART" results list store.db | wc -l); [ "$n" = 3 ] || [ "$n" = 6 ]'
"$inject" -t -n $most -r 'rm -f store.db-*; cp before.db store.db' -c "$merge_check" \
	"$TWOPART" results merge store.db lines >merge.counts
row G7 'results merge: all of a file or nothing of it' \
	"$(sum runs <merge.counts) kills, $(sum problems <merge.counts) wrong" \
	'SQLite' "$(holds [ "$(sum problems <merge.counts)" = 0 ])"

# shellcheck disable=SC2086
"$TWOPART" train $net --steps 30 -o whole.tpm c >/dev/null
train="train $net --steps 30 --checkpoint ck -f"
export train
# shellcheck disable=SC2016
train_check='[ ! -e ck ] && [ ! -e out ] || { rm -f ck.tmp.*; "$TWOPART" $train -o on.tpm c >/dev/null &&
	cmp whole.tpm on.tpm; }; code=$?; rm -f on.tpm; [ $code = 0 ]'
# shellcheck disable=SC2086
"$inject" -o out -a -t -n $most -r 'rm -f ck' -c "$train_check" \
	"$TWOPART" $train -o out c >train.counts
row G7 'train --checkpoint: what was killed goes on, to the same model' \
	"$(sum runs <train.counts) kills, $(sum problems <train.counts) wrong" 'not applicable' \
	"$(holds [ "$(sum problems <train.counts)" = 0 ])"
