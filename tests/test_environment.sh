#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: an archive depends on the input and the options only; not on the last bits of libm, the
# rounding mode, flushing to zero, locale, time zone, threads or the size of the environment.
# Method: a preloaded library that shifts every result of libm by one unit in the last place, and
# one that changes the floating-point environment before main(); the archives' bytes are compared.
# Environment: $TWOPART, $CC.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@"; then echo "ok - $name"; else echo "not ok - $name"; fi
}

# shellcheck source=tests/preload.sh
. "$here/preload.sh"
preload_make "$work"
for library in libm modes; do
	check "$library.so was built" test -e $library.so
done

"$TWOPART" generate sk -o world --sentences 600 >/dev/null 2>&1
for i in $(seq 600); do echo "line $i of $((i * i % 97))"; done >text

with_libm() { LD_PRELOAD=$work/libm.so "$@"; }
with_modes() { LD_PRELOAD=$work/modes.so "$@"; }
with_place() {
	env -i LC_ALL=tr_TR.UTF-8 TZ=Pacific/Chatham OMP_NUM_THREADS=3 PADDING="$(seq 5000)" "$@"
}

# Few symbols, so that the sum does not swallow a last bit, and few bits, so that none is stored.
printf '%024d' 0 >few
ideal() { "$@" compress -f --json -m order0 -o ideal.2p few | sed 's/.*ideal_bits":\([^,]*\).*/\1/'; }
plain=$(ideal "$TWOPART")
check 'the shifted libm is in use' test "$plain" != "$(ideal with_libm "$TWOPART")"

models=$("$TWOPART" models | awk '/^coders/ {exit} /^  [a-z]/ {print $1}')
for model in $models; do
	options=()
	case $model in
	known | bayes | twopart) options=(-w world.json) ;;
	transformer) continue ;; # test_portability.sh
	esac
	for input in text world.bin; do
		[ ${#options[@]} = 0 ] || [ $input = world.bin ] || continue
		"$TWOPART" compress --no-verify -m "$model" "${options[@]}" -c $input >plain.2p
		for way in libm modes place; do
			with_$way "$TWOPART" compress --no-verify -m "$model" "${options[@]}" -c $input >way.2p
			check "$model, $input, $way: same archive" cmp -s plain.2p way.2p
			with_$way "$TWOPART" decompress "${options[@]}" -c plain.2p >back
			check "$model, $input, $way: decodes" cmp -s back $input
		done
	done
done

# The corpus itself: same seed, same bytes, same world.
"$TWOPART" compress -m known -w world.json -c world.bin >plain.2p
for way in libm modes place; do
	with_$way "$TWOPART" generate sk -o $way --sentences 600 >/dev/null 2>&1
	check "generated tokens, $way: the same" cmp -s world.bin $way.bin
	"$TWOPART" compress -m known -w $way.json -c world.bin >way.2p
	check "their world, $way: the same" cmp -s plain.2p way.2p
done

# Everything in golden/ once more, in one hostile place: a process that has asked for its locale, with
# a decimal comma where the machine can make one; a small stack for all threads, no permissions for
# others, a far time zone.
locale=C.UTF-8
preload_locale "$work" && locale=de_DE.UTF-8
cat >strange <<END
#!/bin/bash
ulimit -s 256
umask 077
exec env LOCPATH=$work LC_ALL=$locale TZ=Pacific/Chatham OMP_NUM_THREADS=3 \\
	LD_PRELOAD=$work/locale.so "$TWOPART" "\$@"
END
chmod +x strange
check "golden files, $locale, small stack: made" "$here/golden/make.sh" ./strange "$work/golden"
for file in "$here"/golden/*; do
	case $file in
	*.2p | *.tpm | */MANIFEST) cmp -s "$file" "golden/${file##*/}" || echo "not ok - $file differs" ;;
	esac
done
comma=$(LOCPATH=$work LC_ALL=$locale bash -c 'printf "%.1f" 1')
[ $locale = C.UTF-8 ] && echo 'ok - decimal comma (skipped: no locale to make one of)' ||
	check 'the comma is in force' test "$comma" = 1,0
./strange compress -m uniform -o private.2p text
check 'umask 077: for nobody else' test "$(stat -c %a private.2p)" = 600
(umask 022 && "$TWOPART" compress -m uniform -o public.2p text)
check 'umask 022: as any file' test "$(stat -c %a public.2p)" = 644
chmod 600 text && (umask 022 && "$TWOPART" compress -f -m uniform -o private.2p text)
check 'what was private remains so' test "$(stat -c %a private.2p)" = 600
