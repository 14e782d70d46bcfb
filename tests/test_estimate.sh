#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: --estimate says time, memory and what was coded, in words and in JSON, and writes
# nothing; a file that is coded within its time gives the archive's very size; a larger one is not
# coded to its end; memory grows with threads and level; what is wrong is said in one line.  A
# terminal sees progress with bits a symbol, and nobody else does.
# Method: files of random words, the larger one of a size that takes seconds at any speed; script(1)
# makes a terminal, where it is there.  No time is compared with anything.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

equal() { # NAME GOT EXPECTED
	report "$1" "$([ "$2" = "$3" ] || echo "'$2' instead of '$3'")"
}

# member NAME: of the object in the file out, on one line.
member() { sed -n "s/.*\"$1\":\([^,}]*\)[,}].*/\1/p" out; }

awk 'BEGIN {srand(1); for (i = 0; i < 1000000; i++) print int(rand() * rand() * 50000)}' >large
head -c 20000 large >small
"$TWOPART" generate sk -q -o c --sentences 300
tokens=$(stat -c %s c.roles)
ls >before

time='[0-9.]+ (s|min|h|h [0-9]+ min|days|days [0-9]+ h)'
size='[0-9.]+ [KMGT]iB'
expect 'a small file' 0 "^small: about $time, at most $size; all 20000 symbols were coded: [0-9]+ bytes\$" \
	compress --estimate small
bytes=$(sed 's/.*: \([0-9]*\) bytes$/\1/' out)
"$TWOPART" compress -q -o small.2p small
equal 'its very size' "$bytes" "$(stat -c %s small.2p)"
rm small.2p
expect 'the short way' 0 "^small: about $time, " --estimate -1 small
expect 'a large file' 0 "^large: about $time, at most $size; [0-9]+ of [0-9]+ symbols took $time, [0-9.]+ bits/symbol\$" \
	compress --estimate -7 large
expect 'json' 0 '^\{"format":"twopart-compress-estimate","schema":1,"file":"large"' compress --estimate --json -9 large
equal 'json: symbols' "$(member symbols) $(member symbol_bytes)" "$(stat -c %s large) 1"
report 'json: a part was coded' "$(if [ "$(member coded_symbols)" -ge "$(member symbols)" ] ||
	[ "$(member archive_bytes)" != null ]; then cat out; fi)"
report 'json: more time than was measured' "$(awk -v all="$(member seconds)" \
	-v some="$(member coded_seconds)" 'BEGIN {if (!(all > some && some >= 1)) print all, some}')"
memory_9=$(member memory_bytes)
expect 'tokens' 0 '"symbol_bytes":2' compress --estimate --json c.bin
equal 'tokens: their number' "$(member symbols)" "$tokens"
expect 'an oracle' 0 "all $tokens symbols" compress --estimate -m bayes -w c.json c.bin
expect 'two blocks, one thread' 0 '"threads":1' \
	compress --estimate --json -1 -T 1 --block 10000 small
memory_1=$(member memory_bytes)
expect 'two blocks, two threads' 0 '"threads":2' \
	compress --estimate --json -1 -T 2 --block 10000 small
memory_2=$(member memory_bytes)
report 'memory: level 9, two threads, one' "$(if [ "$memory_9" -le "$memory_2" ] ||
	[ "$memory_2" -le "$memory_1" ] || [ "$memory_1" -le 20000 ]; then
	echo "$memory_9 $memory_2 $memory_1"; fi)"
: | "$TWOPART" compress --estimate >out 2>err
equal 'nothing, from standard input' "$? $(grep -c '^standard input: .*all 0 symbols' out)" '0 1'
rm -f out err
equal 'nothing is written' "$(ls)" "$(cat before)"

expect 'not with -o' 1 '--estimate writes and trains nothing' compress --estimate -o x small
expect 'not with -c' 1 '--estimate writes and trains nothing' compress --estimate -c small
expect 'not with --fit-file' 1 '--estimate writes and trains nothing' \
	compress --estimate --fit-file small
expect 'no file' 1 'none: cannot open' compress --estimate none
expect 'what the run refuses' 5 'needs -w' compress --estimate -m bayes c.bin
head -c 1500 c.bin >short.bin
expect 'a damaged token file' 2 'short.bin: ' compress --estimate short.bin

# Progress.
expect 'quiet where nobody looks' 0 '' compress -7 -o x.2p small
equal 'quiet where nobody looks: nothing' "$(cat out err)" ''
if command -v script >/dev/null; then
	head -c 500000 large >slow
	script -qec "'$TWOPART' compress -9 -f -o x.2p '$work/slow'" log >/dev/null </dev/null
	report 'a terminal sees progress' "$(tr '\r' '\n' <log |
		grep -Eq '^ *[0-9.]+%  [0-9.]+ bits/symbol  [0-9.]+ k?/s' || cat log)"
	script -qec "'$TWOPART' compress -q -f -o x.2p '$work/slow'" log >/dev/null </dev/null
	equal 'unless it is quiet' "$(grep -c '%' log)" 0
fi
