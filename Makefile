# make         build build/twopart
# make test    build and run every test        make SAN=1 test   the same under sanitizers
# make bench   the main job: generate, compress, verify, print the table
CC       ?= cc
CFLAGS   ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
             -fopenmp -ffp-contract=off $(SAN_FLAGS) $(CFLAGS)
ALL_CPPFLAGS = -Isrc -Icoders -Imodels -Icorpora -Ibench -MMD -MP $(CPPFLAGS)
LDLIBS   = -lzstd -llzma -lbrotlienc -lbrotlidec -lbrotlicommon -ljansson -lxxhash -lm
ifdef SAN
SAN_FLAGS = -fsanitize=address,undefined -fno-sanitize-recover=undefined
endif
B     ?= build$(if $(SAN),-san)
LIB   := $(patsubst %.c,$B/%.o,$(filter-out src/main.c src/cmd_%.c,$(wildcard src/*.c coders/*.c models/*.c corpora/*.c)))
PROG  := $(patsubst %.c,$B/%.o,$(wildcard src/main.c src/cmd_*.c bench/*.c))
TESTS := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/test_*.c))

all: $B/twopart
$B/libtwopart.a: $(LIB)
	@rm -f $@
	ar rcs $@ $^
$B/twopart: $(PROG) $B/libtwopart.a
	$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) $(LDLIBS) -o $@
$B/tests/%: $B/tests/%.o $B/libtwopart.a
	$(CC) $(ALL_CFLAGS) $^ $(LDFLAGS) -lcmocka $(LDLIBS) -lgmp -o $@
# The benchmark's cells are tested with the benchmark's own objects and with the whole program.
$B/tests/test_bench: $B/bench/cell.o $B/bench/child.o | $B/twopart
$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c $< -o $@
clean:
	rm -rf build build-*
.PHONY: all test bench clean
.SECONDARY:
-include $(shell find $B -name '*.d' 2>/dev/null)
