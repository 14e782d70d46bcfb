#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: the recipes for more than one machine measure what a run here measures.  Under GNU
# parallel on two hosts, one of which dies half-way, the same command goes on with what is missing
# only, and the merged rows - outcomes and sizes, not times - are those of a run without hosts.  A
# Slurm array of any number of tasks does each cell once, and again only what is missing.
# Method: two sshd of our own on 127.0.0.1, with keys made for the occasion; an sbatch that runs
# the tasks one after another.  The hosts take a minute, and need parallel and sshd: that half is
# only run where $PARALLEL_TEST is set (make parallel-test).  Environment: $TWOPART.
bench=$(cd "$(dirname "$0")/../bench" && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
PATH=$PATH:/usr/sbin

# A process and all that it started, which may be in sessions of their own.
kill_tree() {
	local child children
	kill -STOP "$1" 2>/dev/null || return
	children=$(cat "/proc/$1/task/"*/children 2>/dev/null)
	for child in $children; do kill_tree "$child"; done
	kill -KILL "$1" 2>/dev/null
}

host_a='' host_b='' made_run_sshd=
clean_up() {
	[ -z "$host_a" ] || kill_tree "$host_a"
	[ -z "$host_b" ] || kill_tree "$host_b"
	[ -z "$made_run_sshd" ] || rmdir /run/sshd
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# The cells: some methods on some files, each once.
for i in 1 2 3; do seq $((i * 1000)) >"file$i"; done
printf 'nobody packs this\n' >file4
"$TWOPART" bench --list-cells --external none --only 'zstd -19,order0' \
	file1 file2 file3 file4 >cells 2>err
n=$(wc -l <cells)
report 'there are cells' "$([ "$n" = 8 ] || cat cells err)"

# Outcomes and sizes; times are another thing on every run.
rows() {
	"$TWOPART" results list "$1" | awk '{$NF = ""; $(NF - 1) = ""; print}' | sort
}

# ---- Slurm: any number of tasks, one failing, then the rest. ----
mkdir fake slurm
cat >fake/sbatch <<'SH'
#!/bin/bash
# Runs an array here: sbatch --array=LIST [OPTION]... SCRIPT ARGUMENT...
while [[ $1 == -* ]]; do
	case $1 in --array=*) list=${1#*=} ;; esac
	shift
done
echo "$list" >>"$ASKED"
cp "$1" "$ASKED.spooled"
shift
for range in ${list//,/ }; do
	for i in $(seq "${range%-*}" "${range#*-}"); do
		[ "$i" = "$LOST" ] || SLURM_ARRAY_TASK_ID=$i bash "$ASKED.spooled" "$@"
	done
done
SH
chmod +x fake/sbatch
slurm() { ASKED=$work/asked TWOPART=$TWOPART PATH=$work/fake:$PATH REPETITIONS=1 "$@"; }
slurm env LOST=3 TASKS=3 "$bench/slurm.sh" cells slurm --time=1 >out 2>&1
report 'Slurm: a lost task leaves its cells' "$([ "$(ls slurm/*.json | wc -l)" -lt "$n" ] || cat out)"
slurm env LOST= TASKS=3 "$bench/slurm.sh" cells slurm >out 2>&1
report 'Slurm: again, only that task' "$([ "$(tail -n 1 asked)" = 3 ] && [ "$(head -n 1 asked)" = 1-3 ] || cat asked out)"
slurm "$bench/slurm.sh" cells slurm >out 2>&1
report 'Slurm: nothing is missing' "$(grep -q '^all cells are there' out || cat out)"
report 'Slurm: a result for each cell' "$([ "$(ls slurm/*.json | wc -l)" = "$n" ] || ls slurm)"
"$TWOPART" results merge slurm.db slurm/*.json >out 2>&1
report 'Slurm: the results are whole' "$(grep -q "^$n new" out || cat out)"
head -n 3 cells >fewer
slurm "$bench/slurm.sh" fewer slurm >out 2>&1
report 'Slurm: not into the results of another list' "$(grep -q '^slurm.sh: .*another list' out || cat out)"

# ---- GNU parallel. ----
[ -n "$PARALLEL_TEST" ] || exit 0
if ! { command -v parallel && command -v sshd && command -v ssh-keygen; } >/dev/null; then
	report 'GNU parallel on two hosts' 'parallel or sshd is missing'
	exit
fi
export PARALLEL_HOME=$work/parallel
mkdir "$PARALLEL_HOME"

"$bench/parallel.sh" -t "$TWOPART" -n 1 cells here.db >out 2>&1
report 'here: every cell' "$(grep -q "^$n new" out || cat out)"
rows here.db >here.rows
report 'here: the rows of the Slurm array' "$(diff <(rows slurm.db) here.rows)"

if [ "$(id -u)" = 0 ] && [ ! -d /run/sshd ]; then
	mkdir /run/sshd && made_run_sshd=yes
fi
ssh-keygen -q -t ed25519 -N '' -f key && ssh-keygen -q -t ed25519 -N '' -f host_key
chmod 700 "$work"

start_host() { # PORT: sshd in the foreground of a process of its own; its number in $started
	cat >"sshd.$1" <<-END
		Port $1
		ListenAddress 127.0.0.1
		HostKey $work/host_key
		AuthorizedKeysFile $work/key.pub
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		PermitRootLogin prohibit-password
		MaxStartups 100
	END
	"$(command -v sshd)" -D -e -f "$work/sshd.$1" 2>"sshd.$1.log" &
	started=$!
	disown $started # its end is ours to know, not to read about
}
login() { # PORT
	echo "ssh -p $1 -i $work/key -o IdentitiesOnly=yes -o UserKnownHostsFile=$work/known" \
		"-o StrictHostKeyChecking=no -o LogLevel=ERROR -o ConnectTimeout=5 $(id -un)@127.0.0.1"
}
answers() { # PORT: within some seconds
	for _ in $(seq 50); do
		$(login "$1") true </dev/null 2>/dev/null && return
		sleep 0.1
	done
	return 1
}

port_a=$((20000 + $$ % 20000)) port_b=$((20001 + $$ % 20000))
start_host $port_a; host_a=$started
start_host $port_b; host_b=$started
if ! answers $port_a || ! answers $port_b; then
	report 'two hosts' "$(cat sshd.*.log)"
	exit
fi
# One try a cell: otherwise the other host would do what the dead one cannot.
run_there() {
	"$bench/parallel.sh" -t "$TWOPART" -n 1 -r 1 -d there \
		-S "$(login $port_a)" -S "$(login $port_b)" cells there.db >out 2>&1
}
run_there &
run=$!
while kill -0 $run 2>/dev/null && [ "$(cat there/joblog 2>/dev/null | wc -l)" -lt 4 ]; do sleep 0.02; done
kill_tree "$host_b"
host_b=
wait $run
report 'a host dies: cells are missing, and this is said' "$(
	[ $? = 1 ] && grep -q "^parallel.sh: [0-9]* of $n cells are missing" out || cat out)"
n_there=$("$TWOPART" results list there.db | tail -n +2 | wc -l)
n_tried=$(wc -l <there/joblog)
report 'but not all, and the others are merged' "$([ "$n_there" -ge 2 ] && [ "$n_there" -lt "$n" ] || cat out)"
cp there.db before.db

start_host $port_b; host_b=$started
answers $port_b
run_there
report 'again: the rest' "$([ $? = 0 ] || cat out)"
report 'again: only the rest' "$(
	[ $(($(wc -l <there/joblog) - n_tried)) = $((n - n_there)) ] || cut -c1-300 there/joblog)"
report 'again: what was there is as it was' "$(
	comm -23 <("$TWOPART" results export before.db | sort) <("$TWOPART" results export there.db | sort) | cut -c1-200)"
report 'both hosts measured' "$([ "$(tail -n +2 there/joblog | awk -F '\t' '$7 == 0 {print $2}' | sort -u | wc -l)" = 2 ] || cut -c1-300 there/joblog)"
report 'the rows are those of a run here' "$(diff here.rows <(rows there.db))"
run_there
report 'once more: nothing to do' "$(grep -q "^0 new, $n known" out || cat out)"
echo >>cells
run_there
report 'another list is refused' "$(grep -q '^parallel.sh: .*another list' out || cat out)"
