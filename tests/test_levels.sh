#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: levels, the short form `twopart FILE`, stored blocks and `inputs` do and say what the
# help says.  Method: cases.  Environment: $TWOPART.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/lib.sh"

seq 1 3000 | sed 's/.*/line & of a text that has & lines/' >text
head -c 5000 /dev/urandom >noise
cp text bounds # a file with the name of a command

# options FILE: the model and its options in the archive's header.
options() { "$TWOPART" list "$1" | sed -n 's/^  model  *//p'; }

# A level is an option of the model, however it is spelt; the default is 5.
expect 'no level' 0 '' text
report 'no level: default model' "$([ "$(options text.2p)" = mix ] || options text.2p)"
cp text.2p default.2p
for level in 1 5 9; do
	want=mix:level=$level
	[ $level != 5 ] || want=mix
	for spelling in "-$level" "--level $level" "--level=$level" "-m mix -$level" "-fv$level" \
		"-m mix:level=$level" "-m mix:level=3 -$level"; do
		# shellcheck disable=SC2086
		expect "$spelling" 0 '' compress -q -f $spelling text
		report "$spelling: in the header" \
			"$([ "$(options text.2p)" = $want ] || options text.2p)"
	done
	expect "level $level: back" 0 '' decompress -f -o back text.2p
	report "level $level: same" "$(cmp text back 2>&1)"
	expect "short form, level $level" 0 '' -$level -f -o short.2p text
	report "short form, level $level: same archive" "$(cmp text.2p short.2p 2>&1)"
done
for bad in '-0' '--level 0' '--level 10' '--level x' '-m ngram -5' '-M none -3'; do
	# shellcheck disable=SC2086
	expect "bad: $bad" 1 "unknown option '-0'|from 1 to 9|has none" compress -f $bad text
done
expect 'level of another model' 1 '-5 is a level of model mix, and model order0 has none' \
	compress -5 -m order0 text

# The short form: a file that is there, or an option; commands come first.
rm -f text.2p
expect 'short form' 0 '' text
report 'short form: same archive' "$(cmp text.2p default.2p 2>&1)"
expect 'short form of two' 0 '' -f text noise
report 'short form of two: both' "$([ -s noise.2p ] || echo none)"
expect 'short form, there already' 1 'exists' text
expect 'a command wins' 1 'one PREFIX' bounds
expect 'its file, all the same' 0 '' ./bounds
expect 'no such file' 1 "no command and no file 'missing'" missing
"$TWOPART" -1 <text >piped.2p
report 'short form of a pipe' "$("$TWOPART" decompress -c piped.2p | cmp - text 2>&1)"
expect 'help has the short form' 0 'twopart \[-1 \.\. -9\] FILE' --help
expect 'help has the levels' 0 '-1 \.\. -9, --level N' help compress

# Stored blocks are told, and cost nothing but the header.
expect '-v tells' 0 '2 of [0-9]+ blocks stored' compress -f -v -1 --block 2500 noise
expect 'list tells' 0 'blocks +2, 2 of them stored' list noise.2p
expect 'a file does not grow' 0 '' compress -f noise
report 'a file does not grow: by its header' \
	"$([ "$(stat -c %s noise.2p)" -le 5064 ] || stat -c %s noise.2p)"
expect 'one block, stored' 0 'blocks +1, 1 of them stored' list noise.2p
expect 'nothing is stored' 0 '^  blocks        1$' list text.2p
expect 'memory of threads' 0 '' compress -f -1 --block 2500 noise
expect 'memory of threads: told' 0 'one thread, as much again with each further one' list noise.2p

# What inputs are worth: as many rows as inputs, sizes of archives that can be made by hand.
head -n 300 text >part
expect 'inputs' 0 '\(with all\)' inputs -1 part
rows=$(grep -Ec '^ +[0-9]+ ' out)
report 'inputs: some' "$([ "$rows" -ge 5 ] || cat out)"
expect 'inputs --json' 0 '' inputs --json -1 part
cp out json
report 'inputs --json: the same rows' "$([ "$(grep -c '"input"' json)" = "$rows" ] || cat json)"
expect 'inputs: by hand' 0 '' compress -f --json -m mix:level=1,without=2 part
report 'inputs: the second by hand' \
	"$(grep -q "\"payload_bytes\":$(sed -n 's/ *"bytes_without": \([0-9]*\).*/\1/p' json |
		sed -n 2p)," out || cat out)"
head -n 10 text >few
expect 'inputs of two' 0 'total of 2 files' inputs -1 part few
expect 'inputs of none' 1 'one FILE or more' inputs
expect 'inputs of a model without' 1 'model order0 has no inputs' inputs -m order0 part
expect 'inputs: the option is taken' 1 'not for you to say' inputs -m mix:without=1 part
expect 'inputs: a missing file' 1 'No such file' inputs -1 missing
