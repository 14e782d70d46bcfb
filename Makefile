# make           build build/twopart and build/libtwopart.a
# make test      install what is missing, build, run every test    make SAN=1 test   under sanitizers
# make bench     the main job: generate, compress, verify, print the table
# make report    tables, drawings and the README's part again, from reports/bench.jsonl
# make experiments   the paper's claims, into the same reports (TEXT=FILE: also those of a text)
# make theory    bounds, structure function, scaling laws, biographies: reports/theory.md
# make learning all that learns beside the Bayes code: reports/learning.md (bench/learning.sh)
# make tokens   mix beside the Bayes bound: reports/tokens.md (SEEDS="5 1 5": bench/tokens.sh)
# make vega     fetch the scripts that make the charts of bench.html alive (npm)
# make page-test   bench.html in a browser (installs Chromium, Node.js); screenshots
# make trust     every promise tried, 50 minutes: reports/trust.md (QUICK=1: seconds; PARTS=...)
# make fuzz      libFuzzer, FUZZ_SECONDS a target; make fuzz-afl: AFL++ (tests/fuzz/fuzz.sh)
# make portability   one set of archives from every compiler, form of instructions, processor
# make train-speed   training beside PyTorch, where that is installed
# make parallel-test   the benchmark on two hosts of our own, one of which dies
# make install   PREFIX=/usr/local DESTDIR=                        make uninstall, make clean
# make deps      install the packages that are needed (Debian)     make CC=clang ...
CC       ?= cc
CFLAGS   ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
             -fopenmp -ffp-contract=off $(SAN_FLAGS) $(CFLAGS)
# No name of a folder gets into a program: built elsewhere, it is the same.
ALL_CPPFLAGS = -Isrc -Icoders -Imodels -Icorpora -Ibench -MMD -MP \
               -ffile-prefix-map=$(abspath $B)=build -ffile-prefix-map=$(CURDIR)=. $(CPPFLAGS)
LDLIBS   = -lzstd -llzma -lbrotlienc -lbrotlidec -lbrotlicommon -ljansson -lxxhash -lsqlite3 -lcrypto -lm
ifdef SAN
SAN_FLAGS = -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=undefined
endif
B      ?= build$(if $(SAN),-san)
PREFIX ?= /usr/local

# Every .c file is picked up by its folder: a new one needs no edit here.
LIB   := $(patsubst %.c,$B/%.o,$(filter-out src/main.c src/cmd_%.c,$(wildcard src/*.c coders/*.c models/*.c corpora/*.c)))
PROG  := $(patsubst %.c,$B/%.o,$(wildcard src/main.c src/cmd_*.c))
BENCH := $(patsubst %.c,$B/%.o,$(wildcard bench/*.c))
TESTS := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/test_*.c))
FUZZ  := $(patsubst tests/fuzz/target_%.c,%,$(wildcard tests/fuzz/target_*.c))
UNSEALED := decode model_file# targets that digests would hide things from: once more without
HEADER := $(wildcard src/twopart.h)

COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)$(shell \
            [ -z "$$(git status --porcelain -- src coders models corpora bench Makefile \
                     2>/dev/null)" ] || echo -dirty)

# As many jobs as processors, unless the caller says otherwise.
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

all: $B/twopart $B/libtwopart.a

$B/libtwopart.a: $(LIB)
	@rm -f $@
	ar rcsD $@ $^
$B/bench.a: $(BENCH)
	@rm -f $@
	ar rcsD $@ $^
$B/twopart: $(PROG) $B/bench.a $B/libtwopart.a
	$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) $(LDLIBS) -o $@
$B/tests/%: $B/tests/%.o $B/bench.a $B/libtwopart.a
	$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) -lcmocka $(LDLIBS) -lgmp -o $@
# Fuzz targets: with a main() of our own in fuzz/, for whichever engine the compiler brings in
# fuzz-engine/.  NAME-unsealed reads on where a digest is wrong (src/digest.h).
COMMANDS := $(filter-out $B/src/main.o,$(PROG))
$B/fuzz/seeds: $B/tests/fuzz/seeds.o $B/bench.a $B/libtwopart.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) -lcmocka $(LDLIBS) -o $@
$B/fuzz/%-unsealed: $B/tests/fuzz/target_%.o $B/tests/fuzz/standalone.o $B/tests/fuzz/digest.o $(COMMANDS) $B/bench.a $B/libtwopart.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) $(LDLIBS) -o $@
$B/fuzz/%: $B/tests/fuzz/target_%.o $B/tests/fuzz/standalone.o $(COMMANDS) $B/bench.a $B/libtwopart.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) $(LDLIBS) -o $@
$B/fuzz-engine/%-unsealed: $B/tests/fuzz/target_%.o $B/tests/fuzz/digest.o $(COMMANDS) $B/bench.a $B/libtwopart.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $^ $(LDFLAGS) $(LDLIBS) -o $@
$B/fuzz-engine/%: $B/tests/fuzz/target_%.o $(COMMANDS) $B/bench.a $B/libtwopart.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $^ $(LDFLAGS) $(LDLIBS) -o $@
$B/tests/fuzz/%.o: private ALL_CPPFLAGS += -Itests
# What is kept in tests/golden, done once more: the library alone, as on foreign processors.
$B/tests/golden/check: $B/tests/golden/check.o $B/libtwopart.a
	$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) -ljansson -lxxhash -lcrypto -lm -o $@
# Test and bench look for missing packages before anything is compiled.
$B/%.o: %.c $B/flags Makefile | $(if $(filter test bench experiments theory tokens learning train-speed trust fuzz fuzz-afl,$(MAKECMDGOALS)),deps)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c $< -o $@
# What was built, for reports: only this object is told, so only it is compiled again.
$B/src/cmd_version.o: $B/commit
$B/src/cmd_version.o: private ALL_CPPFLAGS += -DTWOPART_COMMIT='"$(COMMIT)"'
$B/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' > $@
# Files of their own kind as strings of C.
$B/%.inc: %
	@mkdir -p $(@D)
	sed 's,[\\"?],\\&,g; s,.*,"&\\n",' $< > $@
$B/bench/chart_specifications.o: $(patsubst %,$B/%.inc,$(wildcard bench/charts/*.json))
$B/bench/page.o: $B/bench/page.css.inc $B/bench/page.js.inc
$B/bench/chart_specifications.o $B/bench/page.o: private ALL_CPPFLAGS += -I$B/bench
# With which flags, for the description of the machine; $B/flags changes with them.
$B/bench/machine.o: private ALL_CPPFLAGS += -DTWOPART_CFLAGS='"$(subst ",\",$(ALL_CFLAGS))"'
# What decodes: the library's sources, their digest and their size packed by xz, where that is there.
SOURCES := $(sort $(wildcard src/*.h coders/*.[ch] models/*.[ch] corpora/*.[ch]) $(filter src/%,$(LIB:$B/%.o=%.c)))
$B/sources.h: $(SOURCES)
	@mkdir -p $(@D)
	@echo "#define TWOPART_SOURCES \"$$(cat $(SOURCES) | sha256sum | cut -c 1-12)\"" > $@
	@echo "#define TWOPART_SOURCE_BYTES $$(cat $(SOURCES) | xz -9e 2>/dev/null | wc -c)" >> $@
$B/src/cmd_version.o: $B/sources.h
$B/src/cmd_version.o: private ALL_CPPFLAGS += -include $B/sources.h
# Arithmetic as IEEE says, step by step, where a target's habit is another: x87 keeps more digits,
# and gcc's C11 for s390x computes float in double.
TARGET := $(shell $(CC) -dumpmachine)
ifneq ($(filter i386-% i486-% i586-% i686-%,$(TARGET)),)
ALL_CFLAGS += -msse2 -mfpmath=sse
endif
ifneq ($(filter s390x-%,$(TARGET)),)
ALL_CFLAGS += -fexcess-precision=fast
endif
# Loops over lanes become the vectors of the target only so (and -O0 remains -O0).  gcc takes minutes
# to optimise what its sanitizers add to them.
$B/models/kernels_plain.o $(patsubst %,$B/models/mix_%.o,plain avx2 avx512): private ALL_CFLAGS := $(ALL_CFLAGS:-O2=$(if $(SAN),-O0,-O3))
# The same of loops over contexts.
$B/models/mix_tokens_decide.o $B/models/mix_tokens_spell.o: private ALL_CFLAGS := \
    $(ALL_CFLAGS:-O2=$(if $(SAN),-O2,-O3))
# The kernels' forms: each object gets the instructions it is named for, and no other does.
ifneq ($(filter x86_64-%,$(TARGET)),)
$B/models/kernels_avx2.o $B/models/mix_avx2.o $B/tests/test_mixing_avx2.o: private ALL_CFLAGS += -mavx2 -mfma
$B/models/kernels_avx512.o $B/models/mix_avx512.o: private ALL_CFLAGS += \
    -mavx2 -mfma -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni
endif
# Changes only when compiler or flags do.
$B/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' | cmp -s - $@ || \
		echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' > $@

deps:
	@CC='$(CC)' SAN='$(SAN)' TESTING='$(filter test,$(MAKECMDGOALS))' .ci/deps
fuzz-standalone: $(patsubst %,$B/fuzz/%,seeds $(FUZZ) $(UNSEALED:%=%-unsealed))
fuzz-engine: $(patsubst %,$B/fuzz-engine/%,$(FUZZ) $(UNSEALED:%=%-unsealed))
test: $B/twopart $(TESTS) fuzz-standalone
	@CC='$(CC)' tests/run.sh $B
bench: $B/twopart
	@.ci/gnuplot
	$B/twopart bench --store $B/bench.db
	$(report-of-store)
# Beside what the reports show already.
experiments: $B/twopart
	@.ci/gnuplot
	$B/twopart results merge $B/bench.db reports/bench.jsonl
	$B/twopart experiment all --store $B/bench.db $(TEXT)
	$(report-of-store)
define report-of-store
@! command -v npm >/dev/null || bench/npm.sh bench/vega.lock $B/vega || echo "no scripts for the page's charts"
$B/twopart report $B/bench.db -o reports
bench/readme.sh $B/twopart reports/bench.jsonl README.md
@echo "reports:" reports/bench*
endef
report: $B/twopart
	@.ci/gnuplot
	$B/twopart report -o reports reports/bench.jsonl
	bench/readme.sh $B/twopart reports/bench.jsonl README.md
theory: $B/twopart
	bench/theory.sh $B reports
tokens: $B/twopart
	bench/tokens.sh $B reports $(SEEDS)
learning: $B/twopart
	bench/learning.sh $B reports $(SEEDS)
train-speed: $B/twopart
	bench/train_speed.sh $B reports
parallel-test: $B/twopart
	PATH="$$PATH:/usr/sbin"; command -v parallel && command -v sshd && command -v ssh || \
	    $$([ "$$(id -u)" = 0 ] || echo sudo -n) \
		apt-get install -y -q --no-install-recommends parallel openssh-server openssh-client
	PATH="$$PATH:/usr/sbin" TWOPART="$$PWD/$B/twopart" PARALLEL_TEST=1 tests/test_parallel.sh | \
		{ ! grep -v "^ok"; }
vega:
	bench/npm.sh bench/vega.lock $B/vega
page-test: $B/twopart $B/tests/test_page
	tests/page.sh $B
fuzz: $B/twopart fuzz-standalone
	@tests/fuzz/fuzz.sh libfuzzer $B
fuzz-afl: $B/twopart fuzz-standalone
	@-command -v afl-fuzz >/dev/null || $$([ "$$(id -u)" = 0 ] || echo sudo -n) \
		apt-get install -y -q --no-install-recommends afl++ clang libomp-dev
	@if command -v afl-fuzz >/dev/null; then tests/fuzz/fuzz.sh afl $B; else echo "AFL++ is not here"; fi
portability:
	tests/portability.sh build-portability
trust: $B/twopart
	@CC='$(CC)' tests/trust.sh $B reports

install: all
	install -D -m 755 $B/twopart $(DESTDIR)$(PREFIX)/bin/twopart
	install -D -m 644 $B/libtwopart.a $(DESTDIR)$(PREFIX)/lib/libtwopart.a
	$(if $(wildcard $B/vega/lock),install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/twopart/vega $B/vega/*)
	$(if $(HEADER),install -D -m 644 $(HEADER) $(DESTDIR)$(PREFIX)/include/$(notdir $(HEADER)))
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/twopart/schema reports/schema/*.schema.json
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/twopart $(DESTDIR)$(PREFIX)/lib/libtwopart.a
	rm -rf $(DESTDIR)$(PREFIX)/share/twopart
	$(if $(HEADER),rm -f $(DESTDIR)$(PREFIX)/include/$(notdir $(HEADER)))
clean:
	rm -rf build build-*

FORCE:
.PHONY: all deps test bench experiments report theory tokens learning train-speed parallel-test vega page-test trust
.PHONY: fuzz fuzz-afl fuzz-standalone fuzz-engine portability install uninstall clean FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $B -name '*.d' 2>/dev/null)
