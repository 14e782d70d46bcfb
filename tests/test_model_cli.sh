#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: archives of model transformer come back with the model file that they name, or with the
# one that they hold, and with nothing else; list tells which that is; whatever is wrong with a model
# file, or is missing, is one line with the documented exit code, and nothing is written.
# Method: nets of a few steps of training, as the commands make them.  Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

same() { report "$1" "$(cmp "$2" "$3" 2>&1)"; }
absent() { report "$1" "$(ls -d "${@:2}" 2>/dev/null)"; }
sha256() { sha256sum "$1" | cut -c "1-${2:-64}"; }

seq 1 3000 >text
"$TWOPART" generate sk -q -o world --sentences 300
"$TWOPART" generate iid -q -o other --symbols 5000 --tokens 3000
train() { # NAME OPTION... CORPUS
	"$TWOPART" train -q --steps 4 --layers 1 --dim 16 --ctx 16 -f -o "$1" "${@:2}" >/dev/null
}
train bytes.tpm text
train seed2.tpm --seed 2 text
train tokens.tpm --bits 4 world

# Named.
expect 'a named model' 0 '' compress -M bytes.tpm text
expect 'decompress' 0 '' decompress -M bytes.tpm -o back text.2p
same 'decompress: same' text back
expect 'test' 0 '' test -M bytes.tpm text.2p
expect '-m transformer' 0 '' compress -m transformer:streams=3 -M bytes.tpm -f -o streams.2p text
expect '-m transformer back' 0 '' decompress -M bytes.tpm -f -o back streams.2p
same 'three streams: same' text back
expect 'list names the hash' 0 "needs +the model file with SHA-256 $(sha256 bytes.tpm 16)\$" list text.2p
expect 'list --json' 0 "\"model_sha256\": \"$(sha256 bytes.tpm 16)\"" list --json text.2p
expect 'tokens' 0 '' compress -M tokens.tpm -f -o tokens.2p world.bin
expect 'tokens back' 0 '' decompress -M tokens.tpm -f -o back tokens.2p
same 'tokens: same' world.bin back
expect 'cost' 0 'under transformer' cost -q -M tokens.tpm -f -o cost.npy world
expect 'threads do not matter' 0 '' compress -T 3 --block 1000 -M bytes.tpm -f -o three.2p text
"$TWOPART" compress -T 1 --block 1000 -M bytes.tpm -c text >one.2p
same 'threads do not matter: same' one.2p three.2p

# Stored.
expect 'a stored model' 0 '' compress --store-model -M bytes.tpm -f -o stored.2p text
expect 'stored: no model needed' 0 '' decompress -f -o back stored.2p
same 'stored: same' text back
expect 'stored: another model does not matter' 0 '' test -M seed2.tpm stored.2p
expect 'stored: listed' 0 "model file +stored, SHA-256 $(sha256 bytes.tpm)\$" list stored.2p
report 'stored: costs its bytes' "$(
	more=$(($(stat -c %s stored.2p) - $(stat -c %s text.2p) - $(stat -c %s bytes.tpm)))
	[ $more -le 2 ] && [ $more -ge -8 ] || echo "$more bytes more")"
expect 'stored: a limit of memory' 4 'bytes of memory, the limit is 1024 ' test --memory 1K stored.2p

# Fitted.
expect 'a fitted model' 0 '' compress --fit-file --time 1 -T 1 -f -o fitted.2p text
expect 'fitted back' 0 '' decompress -f -o back fitted.2p
same 'fitted: same' text back
expect 'fitted: listed' 0 'model file +stored' list fitted.2p
cp world.bin with.bin && cp world.json with.json && echo other >with
expect 'a fitted corpus' 0 '' compress --fit-file --time 1 --bits 8 -T 1 with with.bin
expect 'a fitted corpus back' 0 '' decompress -f -o back with.bin.2p
same 'a fitted corpus: same' world.bin back
expect 'a file beside a corpus' 0 '' decompress -f -o back with.2p
same 'a file beside a corpus: same' with back
{ head -c 1020 world.bin && printf '\1\0\0\0' && tail -c +1025 world.bin; } >unusual.bin
expect 'a fitted token file of an unusual header' 0 '' compress --fit-file --time 1 -T 1 unusual.bin
expect 'an unusual header back' 0 '' decompress -f -o back unusual.bin.2p
same 'an unusual header: same' unusual.bin back
mkfifo pipe
cat text >pipe &
expect 'a fitted pipe' 0 '' compress --fit-file --time 1 -T 1 -f -o piped.2p pipe
wait
expect 'a fitted pipe back' 0 '' decompress -f -o back piped.2p
same 'a fitted pipe: same' text back
: >empty
expect 'nothing to fit' 1 'empty: there is nothing to learn from' compress --fit-file empty
absent 'nothing to fit: nothing written' empty.2p

# The model file itself.
expect 'list a model' 0 "SHA-256 +$(sha256 bytes.tpm)\$" list bytes.tpm
expect 'list a model: shape' 0 '1 layers, dim 16, 1 heads, context 16$' list bytes.tpm
expect 'list a model: L\(M\)' 0 "L\(M\) = $((8 * $(stat -c %s bytes.tpm))) bits" list bytes.tpm
expect 'list a model: training' 0 '"steps": *4' list bytes.tpm
expect 'list a model, json' 0 "\"sha256\": \"$(sha256 tokens.tpm)\"" list --json tokens.tpm

# What is missing, or is another one.
rm -f back new
expect 'compress without a model' 5 'model transformer needs -M MODEL.tpm$' compress -m transformer -o new text
expect 'decompress without a model' 5 "needs -M MODEL.tpm, .* $(sha256 bytes.tpm 16)\.\." \
	decompress -o new text.2p
expect 'decompress with another one' 5 \
	"$(sha256 bytes.tpm 16)\.\.; the given one has $(sha256 seed2.tpm 16)\.\." \
	decompress -M seed2.tpm -o new text.2p
expect 'decompress with one of tokens' 5 'the given one has' decompress -M tokens.tpm -o new text.2p
expect 'cost without a model' 5 'needs -M MODEL.tpm' cost -q -m transformer -f -o new world
expect 'bytes for a model of tokens' 2 'model file is one of tokens, .* bytes$' compress -M tokens.tpm -o new text
expect 'tokens for a model of bytes' 2 'model file is one of bytes, .* tokens$' compress -M bytes.tpm -o new world.bin
expect 'tokens as bytes' 0 '' compress --bytes -M bytes.tpm world.bin
expect 'another vocabulary' 2 'token [0-9]+ at position [0-9]+ is outside the model.s alphabet of' \
	compress -M tokens.tpm -o new other.bin
expect 'no such model file' 1 'model file none.tpm: .*No such file' compress -M none.tpm -o new text
expect 'a directory as model' 1 'is a directory' compress -M . -o new text
for bad in text text.2p empty; do
	expect "no model file: $bad" 2 "model file $bad: not a model file\$" compress -M $bad -o new text
done

# Damage.
size=$(stat -c %s bytes.tpm)
for bytes in 1 2 9 100 $((size / 2)) $((size - 1)); do
	head -c $bytes bytes.tpm >cut.tpm
	expect "a model cut to $bytes bytes" 2 'model file cut.tpm: ' compress -M cut.tpm -o new text
	expect "a model cut to $bytes bytes: list" 2 'cut.tpm: ' list cut.tpm
done
{ cat bytes.tpm && echo; } >longer.tpm
expect 'a longer model' 2 'digest is wrong' compress -M longer.tpm -o new text
{ head -c 1000 bytes.tpm && printf '\0\1\2\3' && tail -c +1005 bytes.tpm; } >altered.tpm
expect 'an altered model' 2 'digest is wrong' compress -M altered.tpm -o new text
{ printf '\262\137' && tail -c +3 bytes.tpm; } >future.tpm
expect 'a model of the future' 5 'model file version 15; this program reads 1' compress -M future.tpm -o new text
{ head -c 1000 stored.2p && printf '\0\1\2\3' && tail -c +1005 stored.2p; } >altered.2p
expect 'an altered stored model' 2 'altered.2p: .*digest is wrong' decompress -o new altered.2p
head -c 1000 stored.2p >cut.2p
expect 'a stored model cut short' 2 'cut.2p: ' decompress -o new cut.2p
head -c 12 text.2p >cut.2p
expect 'a hash cut short' 2 'cut.2p: ' decompress -o new -M bytes.tpm cut.2p
absent 'nothing was written' new new.tmp*

# Usage.
expect '-M for ngram' 1 'ngram has no use for -M' compress -m ngram -M bytes.tpm text
expect '--store-model for ngram' 1 'no use for --store-model' compress -m ngram --store-model text
expect '--fit-file for ngram' 1 'no use for --fit-file' compress -m ngram --fit-file text
expect '--fit-file and -M' 1 'fit-file excludes -M' compress --fit-file -M bytes.tpm text
expect '--fit-file and --bytes' 1 'fit-file excludes' compress --fit-file --bytes world.bin
expect '--time alone' 1 'are for --fit-file' compress --time 3 text
expect '--time 0' 1 "time '0' is not a number" compress --fit-file --time 0 text
expect '--bits 9' 1 "bits '9' is not a number from 2 to 8" compress --fit-file --bits 9 text
expect 'streams=0' 1 "streams = '0'" compress -m transformer:streams=0 -M bytes.tpm text
cp bytes.tpm kept.tpm
for command in "compress -f -o kept.tpm -M kept.tpm text" "decompress -f -o kept.tpm -M kept.tpm text.2p" \
	"cost -q -f -o kept.tpm -M kept.tpm world"; do
	# shellcheck disable=SC2086
	expect "${command%% *}: the output is the model" 1 'kept.tpm is an input' $command
done
same 'the model is kept' kept.tpm bytes.tpm

# Out and in again.
expect 'export' 0 '' export tokens.tpm
expect 'import' 0 '' import --bits 4 -o again.tpm tokens.safetensors
same 'export and import: same' tokens.tpm again.tpm
expect 'import of 8 bits' 0 '' import -f -o again.tpm tokens.safetensors
expect 'import of 8 bits: list' 0 'weights of 8 bits' list again.tpm
expect 'export: there already' 1 'tokens.safetensors exists already' export tokens.tpm
expect 'import: over the input' 1 'is an input' import -f -o tokens.safetensors tokens.safetensors
expect 'export of what is no model' 2 'text: not a model file' export text
expect 'import of a model' 2 'not a safetensors file' import -o new bytes.tpm
expect 'import of text' 2 'not a safetensors file' import -o new text
expect 'import of 9 bits' 1 "bits '9'" import --bits 9 -o new tokens.safetensors
head -c -1 tokens.safetensors >cut.safetensors
expect 'import of a truncated file' 2 'wrong place in the data' import -o new cut.safetensors
head -c 200 tokens.safetensors >cut.safetensors
expect 'import of a truncated header' 2 'not a safetensors file, truncated' import -o new cut.safetensors
expect 'export without a file' 1 'one file, please' export
absent 'import and export left nothing' new new.tmp*

# A reader and a writer of the format of another kin: tensors in reverse order, as BF16.
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
	echo 'ok - # SKIP no python3'
	exit 0
fi
"$TWOPART" list --json tokens.tpm >list.json
report 'another program reads the export' "$(python3 - 2>&1 <<-'PYTHON'
	import json, struct
	data = open("tokens.safetensors", "rb").read()
	model = json.load(open("list.json"))["files"][0]
	length, = struct.unpack("<Q", data[:8])
	header = json.loads(data[8:8 + length])
	about, body = header.pop("__metadata__"), data[8 + length:]
	assert all(isinstance(x, str) for x in about.values()), about
	assert about["symbols"] == "tokens" and int(about["context"]) == model["context"], about
	at = 0
	for name, t in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
	    begin, end = t["data_offsets"]
	    n = 1
	    for size in t["shape"]:
	        n *= size
	    assert t["dtype"] == "F32" and begin == at and end == begin + 4 * n, (name, t)
	    at = end
	    weights = struct.unpack("<%df" % n, body[begin:end])
	    for row in range(0, n, t["shape"][-1]) if len(t["shape"]) == 2 else ():
	        sizes = {abs(w) for w in weights[row:row + t["shape"][-1]]}
	        assert len(sizes | {0.0}) <= 8, (name, row, sizes)
	assert at == len(body) == 4 * model["parameters"]
	out, entries = b"", {"__metadata__": about}
	for name in reversed(list(header)):
	    begin, end = header[name]["data_offsets"]
	    numbers = b"".join(body[i + 2:i + 4] for i in range(begin, end, 4))
	    entries[name] = {"dtype": "BF16", "shape": header[name]["shape"],
	                     "data_offsets": [len(out), len(out) + len(numbers)]}
	    out += numbers
	text = json.dumps(entries).encode()
	open("brain.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + out)
PYTHON
)"
expect 'import what another program wrote' 0 '' import --bits 4 brain.safetensors
expect 'import what another program wrote: list' 0 'weights of 4 bits' list brain.tpm
expect 'import what another program wrote: use' 0 '' compress -M brain.tpm -f -o new world.bin
