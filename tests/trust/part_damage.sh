#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 9
#
# part_damage.sh BUILD - damage to everything that the program reads: archives of every predictor
# (damage.c), once more under sanitizers with the fuzz targets' build, model files, and by the
# command corpora, worlds and weights of other programs.
# Environment: DAMAGE_SECONDS, processor time of the archives' damages.
# shellcheck source=tests/trust/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

seconds=${DAMAGE_SECONDS:-200} commands=200 model_files=20000
if [ -n "$QUICK" ]; then
	seconds=10 commands=20 model_files=2000
fi
san_seconds=$((seconds / 4 + 20))

# tool NAME LIBRARY FLAG...: ./NAME from tests/trust/NAME.c.
tool() {
	local name=$1 library=$2
	shift 2
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -Wall -Wextra -fopenmp -ffp-contract=off -O2 -g "$@" \
		-I"$source/src" -I"$source/coders" -I"$source/models" -I"$source/corpora" \
		-I"$source/bench" "$source/tests/trust/$name.c" "$library" \
		-ljansson -lxxhash -lcrypto -lm -lzstd -llzma -lbrotlienc -lbrotlidec -o "$name" >&2
}

# count FILE NAME: the number of a line "NUMBER NAME".
count() { sed -n "s/^\(-*[0-9.]*\) $2\$/\1/p" "$1"; }

grouped() { sed ':a; s/\B[0-9]\{3\}\>/,&/; ta' <<<"$1"; }

corpora=
for family in 'sk --sentences 20' 'bios --people 5 --biographies 9' 'iid --tokens 200' \
	'markov --tokens 200' 'santafe --tokens 200'; do
	# shellcheck disable=SC2086
	"$TWOPART" generate $family -q -o "${family%% *}" >&2 || exit 1
	corpora+=" ${family%% *}"
done

tool damage "$BUILD/libtwopart.a" || exit 1
# shellcheck disable=SC2086
./damage "$seconds" $corpora >plain
code=$?
for name in bases whole listed 'of the list' refused accepted otherwise slow milliseconds times; do
	declare "${name// /_}=$(count plain "$name")"
done
all=$((refused + accepted + otherwise))
kinds=$(sed -n '/ times$/,$p' plain | tail -n +2 | sed 's/^\([0-9]*\) \(.*\)$/\2 \1/' | paste -sd, |
	sed 's/,/, /g')
row G1 'a damaged archive is refused, whatever the damage' \
	"$(grouped "$refused") of $(grouped "$all") refused, $bases archives of every predictor ($whole with every damage that can be listed, the others with a part of each kind; $(grouped "$of_the_list") of $(grouped "$listed") listed in all): $kinds" \
	'xz 58 bad files, all refused; gzip, zstd not quite all flips' \
	"$(holds test "$code$accepted$otherwise" = 000)"
row G1 '.. without a crash or a hang' "$((code != 0)) in $(grouped "$all")" \
	'zstd 30,000 noise cases by default' "$(holds test "$code" = 0)"
row G1 '.. within twice the time of the undamaged one or 50 ms; 500 ms where a damaged header names a slower model' \
	"$(grouped "$slow") longer of $(grouped "$all"); longest $milliseconds ms" none \
	"$(holds test "$slow" = 0)"

# Under sanitizers: a report ends the process with a code of its own.
if need clang clang libclang-rt-14-dev libomp-dev >/dev/null &&
	"$source/tests/fuzz/build.sh" libfuzzer "$BUILD" @/libtwopart.a &&
	CC=clang tool damage "$BUILD-libfuzzer/libtwopart.a" -O1 -fprofile-instr-generate \
		-fsanitize=address,undefined -fno-sanitize-recover=undefined; then
	# shellcheck disable=SC2086
	LLVM_PROFILE_FILE=/dev/null ./damage "$san_seconds" $corpora >san
	code=$?
	tried=$(($(count san refused) + $(count san accepted) + $(count san otherwise)))
	row G1 '.. and without a report of a sanitizer' \
		"$((code != 0)) in $(grouped "$tried") (AddressSanitizer, UBSan)" \
		'zstd, xz: in continuous integration' \
		"$(holds test "$code$(count san accepted)" = 00)"
else
	row G1 '.. and without a report of a sanitizer' 'no build with sanitizers' \
		'zstd, xz: in continuous integration' 'not here'
fi

# Model files: every one has its digest, and an archive names its SHA-256.
tool models "$BUILD/libtwopart.a" || exit 1
./models "$model_files" >models.out || exit 1
row G17 'a damaged model file is refused, as it is and under the archive that names it' \
	"$(count models.out accepted) of $(grouped "$(count models.out tried)") accepted; with their digests made right $(count models.out known) of $(grouped "$(count models.out repaired)") taken for the one that an archive names" \
	none "$(holds test "$(count models.out accepted)$(count models.out known)" = 00)"

# What the command reads besides.  damage_file FROM TO K: the K-th damage to a file.
seq 300 >text
"$TWOPART" train -q --layers 1 --dim 16 --ctx 8 --steps 1 -o m.tpm text >&2 &&
	"$TWOPART" export -o m.safetensors m.tpm >&2 || exit 1
"$TWOPART" compress -q -m known -w sk.json -o sk.2p sk.bin || exit 1
damage_file() {
	local size at
	size=$(stat -c %s "$1") at=$((($3 * 7919) % size))
	case $(($3 % 4)) in
	0) head -c "$at" "$1" >"$2" ;;
	1) cp "$1" "$2" && printf '\0' | dd of="$2" bs=1 seek="$at" conv=notrunc status=none ;;
	2) cp "$1" "$2" && printf "\\x$(printf %02x $((33 + $3 % 90)))" |
		dd of="$2" bs=1 seek="$at" conv=notrunc status=none ;;
	3) { head -c "$at" "$1" && tail -c +$((at + 1 + $3 % 9)) "$1"; } >"$2" ;;
	esac
	! cmp -s "$1" "$2"
}
# answers NAME FILE COMMAND...: how many damages to FILE, in place, the command survives.
tried=0 died=0 wrong=0
answers() {
	local file=$1 k result
	shift
	cp "$file" whole
	for ((k = 1; k <= commands; k++)); do
		damage_file whole "$file" "$k" || continue
		tried=$((tried + 1))
		timeout 20 "$@" >out 2>err
		result=$?
		if [ "$result" -gt 5 ] || [ "$result" = 3 ]; then
			died=$((died + 1))
			echo "$*: exit code $result with damage $k of $file" >&2
		elif [ "$result" != 0 ] && [ "$(wc -l <err)" != 1 ]; then
			wrong=$((wrong + 1))
			echo "$*: not one line with damage $k of $file" >&2
		fi
	done
	cp whole "$file"
}
answers sk.json "$TWOPART" test -q -w sk.json sk.2p
answers sk.json "$TWOPART" bounds sk
answers sk.bin "$TWOPART" bounds sk
answers sk.bin "$TWOPART" cost -q -f -m order0 -o cost.npy sk
answers sk.roles "$TWOPART" cost -q -f -m order0 -o cost.npy sk
answers bios.json "$TWOPART" bounds bios
answers m.safetensors "$TWOPART" import -f -o other.tpm m.safetensors
row G1 'damaged worlds, corpora, roles and safetensors: no crash, one line (.npy is only written)' \
	"$died crashes, $wrong without their one line, in $(grouped "$tried") runs of the command" none \
	"$(holds test "$died$wrong" = 00)"
