#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# test_suites_cli.sh - `twopart suite`, `twopart rank`, and `twopart bench` of a pinned suite: the
# definition is told, and neither command takes a corpus that was altered for the suite's own.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir tmp && export TMPDIR=$work/tmp
expect 'suites are listed' 0 '^tp-1 +Eleven corpora' suite
expect 'a suite is described' 0 '\| sk-0.5 \| 996989 \| 5740783 \| 2.1679 \| 97aa8fe10b26c027 \|' suite tp-1
expect 'the definition as JSON' 0 '"digest": "97aa8fe10b26c027"' suite tp-1 --json
expect 'all definitions as JSON' 0 '"format": "twopart-suites"' suite --json
expect 'no such suite' 1 "no pinned suite 'tp-0'" suite tp-0
expect 'one suite at a time' 1 'one argument too many' suite tp-1 tp-1
expect 'corpora need a suite' 1 'needs a SUITE' suite -o c
expect 'the help of bench has the suite' 0 'tp-1 .*pinned corpora' bench --help

# The first corpus, from another seed and then with a byte of its text altered.
mistake() { # NAME PATTERN: both commands that would use the corpus say the same
	expect "suite: $1" 2 "$2" suite tp-1 -o c
	expect "bench: $1" 2 "$2" bench --suite tp-1 --keep c --external none
}
mkdir c
"$TWOPART" generate sk --alpha 0.3 --seed 2 --quiet -o c/tp-1-sk-0.3
mistake 'another seed' 'c/tp-1-sk-0.3.bin is not of tp-1 sk-0.3: '
"$TWOPART" generate sk --alpha 0.3 --quiet -f -o c/tp-1-sk-0.3
printf '~' | dd of=c/tp-1-sk-0.3.txt bs=1 seek=5000000 conv=notrunc status=none
mistake 'a byte of the text' 'c/tp-1-sk-0.3.txt is not of tp-1 sk-0.3: it has another digest'

# Rankings of nothing, and of what is no result.
: >none.jsonl
echo '{"schema": 0}' >bad.jsonl
expect 'a ranking of nothing' 0 'No method has a result on every corpus' rank tp-1 none.jsonl
expect 'the same as JSON' 0 '"ranking": \[\]' rank --json tp-1 none.jsonl
expect 'results that are none' 2 'bad.jsonl' rank tp-1 bad.jsonl
expect 'results that are not there' 1 'absent' rank tp-1 absent
expect 'results are needed' 1 'SUITE and RESULTS are needed' rank tp-1
expect 'only pinned suites are ranked' 1 "no pinned suite 'quick'" rank quick none.jsonl

report 'nothing is left behind' "$(ls tmp)"
