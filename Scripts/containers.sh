#!/bin/bash
# A container engine of its own, with a small production on it, for the demo and the tests.
#
#   containers.sh check                whether an engine can run here, and if not, why
#   containers.sh engine DIR           start dockerd on DIR/docker.sock, with the image shop/base:1
#   containers.sh up DIR               the same, and the containers of the demo
#   containers.sh hold DIR             up; print "ready SOCKET"; wait for the end of standard input
#                                      or SIGTERM; down
#   containers.sh fault DIR NAME on|off   NAME: crash (worker), sick (web), busy (worker), leak (store)
#   containers.sh harden DIR on|off    store, worker and scheduler as an ordinary user on a read-only
#                                      file system, with limits and health checks, or as they begin
#   containers.sh status DIR           one line per container
#   containers.sh down DIR             stop and remove what was started there, and only that
#
# DIR is made if it is missing; keep its path short, sockets below it have a bound of 107 bytes.
# DOGWATCH_SOCKET_GROUP: a group id that may use the socket (0).
# Every command may be repeated. Exit 3: an engine cannot run here; 4: a package is missing; standard
# error says why, or which.
#
# The engine has a network and a mount namespace of its own, without a way out: its bridges, rules
# and mounts never touch the machine's, and what containers publish is reached only inside. Only the
# socket crosses over. Nothing is installed, pulled or built from a network.
set -euo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C

say() { printf 'containers: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { say "no engine can run here: $*"; exit 3; }
missing() { say "$1 is missing: apt-get install $2"; exit 4; }

command=${1:-}
dir=${2:-}
[ -n "$dir" ] || [ "$command" = check ] || { sed -n '2,23p' "$0"; exit 2; }
case $command in
    check) dir=/ ;;
    engine | up | hold) [ "$(id -u)" = 0 ] || cannot "it needs root"; mkdir -p "$dir" ;;
    down) [ -d "$dir" ] || exit 0 ;;
    fault | harden | status) [ -d "$dir" ] || die "no engine in $dir" ;;
    *) die "unknown command $command" ;;
esac
dir=$(cd "$dir" && pwd -P)
[ ${#dir} -le 60 ] || die "$dir: too long for the sockets below it, at most 60 bytes"

socket=$dir/docker.sock
group=dogwatch-$(printf %s "$dir" | cksum | cut -d' ' -f1)   # the parent of our control groups
containers="web store worker scheduler migrate"

docker() { /usr/bin/docker --host "unix://$socket" "$@"; }
answers() { curl -fsS --max-time 2 --unix-socket "$socket" http://engine/_ping; }
await() {   # await SECONDS COMMAND...
    local tries=$(($1 * 20)); shift
    while [ $tries -gt 0 ]; do "$@" > /dev/null 2>&1 && return 0; sleep 0.05; tries=$((tries - 1)); done
    return 1
}

# A process is ours only with the start time that was written down with its id: ids are used again.
started() { [ -r "/proc/$1/stat" ] && sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -d' ' -f20; }
running() { [ -r "/proc/$1/stat" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2> /dev/null; }
engine_pid() {
    local pid since
    read -r pid since 2> /dev/null < "$dir/engine.pid" || return 1
    [ "$(started "$pid")" = "$since" ] && running "$pid" && echo "$pid"
}

check_machine() {
    [ "$(id -u)" = 0 ] || cannot "it needs root"
    unshare --net --mount true 2> /dev/null || cannot "namespaces are not allowed"
    [ -d /sys/fs/cgroup/memory ] || grep -qw memory /sys/fs/cgroup/cgroup.controllers 2> /dev/null ||
        cannot "there is no memory controller in /sys/fs/cgroup"
    local program package
    while read -r program package; do
        [ -x "$(command -v "$program")" ] || missing "$program" "$package"
    done <<< $'dockerd docker.io\ncontainerd containerd\nrunc runc\niptables iptables\nbusybox busybox-static\ncurl curl\nip iproute2'
    [ -x /usr/bin/docker ] || missing /usr/bin/docker docker.io
    ! ldd "$(command -v busybox)" > /dev/null 2>&1 || missing "a static busybox" busybox-static
}

start_engine() {
    if engine_pid > /dev/null && answers > /dev/null 2>&1; then return; fi
    check_machine
    stop_rest
    rm -f "$socket"
    mkdir -p "$dir/state" "$dir/control"
    echo '{}' > "$dir/daemon.json"   # and not the machine's /etc/docker/daemon.json
    # --oom-score-adjust 0: lowering it takes a capability that sandboxes lack.
    # --dns: the machine's resolver is of no use inside.
    local flags=(--config-file "$dir/daemon.json" --host "unix://$socket"
        --group "${DOGWATCH_SOCKET_GROUP:-0}"
        --data-root "$dir/state/data" --exec-root "$dir/state/exec" --pidfile "$dir/state/dockerd.pid"
        --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$group" --userland-proxy=false
        --oom-score-adjust 0 --dns 127.0.0.1 --log-opt max-size=1m --log-level warn)
    # unshare and sh give way to dockerd, so the id written down is dockerd's own.
    setsid unshare --net --mount --propagation private sh -c '
        ip link set lo up
        printf "%s %s\n" $$ "$(sed "s/.*) //" /proc/$$/stat | cut -d" " -f20)" > "$1/engine.pid.new"
        stat -Lc %i /proc/$$/ns/mnt > "$1/engine.ns"
        mv "$1/engine.pid.new" "$1/engine.pid"
        shift; exec dockerd "$@"' sh "$dir" "${flags[@]}" > "$dir/engine.log" 2>&1 < /dev/null &
    # Ready, or gone; which of the two shows afterwards.
    await 30 eval 'answers || { [ -e "$dir/engine.pid" ] && ! engine_pid; }' || :
    answers > /dev/null 2>&1 || { tail -n 5 "$dir/engine.log" >&2; stop_rest; cannot "dockerd did not answer"; }
}

# One static program and a few files.
make_image() {
    docker image inspect shop/base:1 > /dev/null 2>&1 && return
    local root=$dir/root name
    rm -rf "$root"; mkdir -p "$root"/{bin,etc,tmp,proc,sys,dev,data,control,www}
    chmod 1777 "$root/tmp" "$root/data"
    cp "$(command -v busybox)" "$root/bin/busybox"
    for name in $("$root/bin/busybox" --list); do [ "$name" = busybox ] || ln -sf busybox "$root/bin/$name"; done
    printf 'root:x:0:0::/:/bin/sh\napp:x:1000:1000::/tmp:/bin/sh\n' > "$root/etc/passwd"
    printf 'root:x:0:\napp:x:1000:\n' > "$root/etc/group"
    echo ok > "$root/www/health"
    head -c 65536 /dev/zero > "$root/www/page"
    tar -C "$root" --owner=0 --group=0 -cf - . |
        docker import --change 'ENV PATH=/bin' --change 'CMD ["sh"]' - shop/base:1 > /dev/null
    for name in web:1.4.2 store:15 store:15.8.1 worker:1.4.2 scheduler:1.4.2; do docker tag shop/base:1 "shop/$name"; done
    rm -rf "$root"
}

# make NAME ARGUMENTS...   runs a container unless there is one of that name
make() {
    local name=$1; shift
    docker container inspect "$name" > /dev/null 2>&1 && return
    docker run --detach --name "$name" --label com.docker.compose.project=shop \
        --label "com.docker.compose.service=$name" "$@" > /dev/null
}

make_shop() {
    docker network inspect shop > /dev/null 2>&1 || docker network create shop > /dev/null
    # Version 1 of control groups counts block I/O only of devices with a rule: a high one.
    local disk device
    device=$(findmnt -no SOURCE -T "$dir/state" || :)
    disk=(); [ ! -b "$device" ] || disk=(--device-read-bps "$device:2gb" --device-write-bps "$device:2gb")
    # The faults are files in /control: whatever a fault breaks, it breaks for real.
    local shared=(--network shop --init --volume "$dir/control:/control:ro")

    make web "${shared[@]}" --restart unless-stopped --user 1000:1000 --read-only --tmpfs /tmp:size=8m \
        --cap-drop ALL --security-opt no-new-privileges --memory 48m --cpus 0.5 --pids-limit 64 \
        --health-interval 2s --health-timeout 2s --health-retries 2 --health-start-period 1s \
        --health-cmd 'test ! -e /control/sick || { echo "upstream answered 503"; exit 1; }; wget -q -O /dev/null http://127.0.0.1:8080/health' \
        shop/web:1.4.2 httpd -f -p 8080 -h /www
    local hard=() alive=() store=15
    if [ -e "$dir/hardened" ]; then
        hard=(--user 1000:1000 --read-only --tmpfs /tmp:size=8m --tmpfs /data:size=8m --cap-drop ALL
            --security-opt no-new-privileges)
        alive=(--health-interval 2s --health-timeout 2s --health-cmd 'test -d /proc/1')
        store=15.8.1
    fi
    make store "${shared[@]}" "${disk[@]}" "${hard[@]}" ${hard:+--cpus 0.5} --restart always \
        --memory 64m --memory-swap 64m --pids-limit 64 \
        --health-interval 2s --health-timeout 2s --health-cmd 'test -f /tmp/ready' \
        "shop/store:$store" sh -c 'touch /tmp/ready
            while :; do
                dd if=/dev/zero of=/data/log bs=256k count=4 oflag=direct 2> /dev/null
                if [ -e /control/leak ]; then dd if=/dev/zero of=/dev/null bs=128M count=1; fi
                sleep 1
            done & exec awk "BEGIN { t = sprintf(\"%1048576s\", \"x\"); for (i = 0; i < 16; i++) a[i] = t i; while (1) system(\"sleep 5\") }"'
    make worker "${shared[@]}" "${hard[@]}" "${alive[@]}" --restart always --memory 64m --cpus 0.25 --pids-limit 64 \
        shop/worker:1.4.2 sh -c 'while :; do
                if [ -e /control/crash ]; then echo "FATAL: lost the queue" >&2; exit 1; fi
                wget -q -O /dev/null http://web:8080/page || echo "fetch failed" >&2
                n=0; while [ $n -lt 4000 ]; do n=$((n + 1)); done
                [ -e /control/busy ] || sleep 0.5
            done'
    make scheduler "${shared[@]}" "${hard[@]}" "${alive[@]}" --restart always --memory 32m --cpus 0.1 --pids-limit 32 \
        shop/scheduler:1.4.2 sh -c 'while :; do echo tick; sleep 5; done'
    make migrate --network none --memory 32m shop/base:1 sh -c 'echo migrated 3 tables'
}

fault() {
    case $1 in crash | sick | busy | leak) ;; *) die "unknown fault $1: crash, sick, busy or leak" ;; esac
    engine_pid > /dev/null || die "no engine in $dir"
    case $2 in
        on) touch "$dir/control/$1" ;;
        off) rm -f "$dir/control/$1" ;;
        *) die "on or off, not $2" ;;
    esac
}

harden() {
    engine_pid > /dev/null || die "no engine in $dir"
    case $1 in
        on) touch "$dir/hardened" ;;
        off) rm -f "$dir/hardened" ;;
        *) die "on or off, not $1" ;;
    esac
    docker rm --force store worker scheduler > /dev/null 2>&1 || :
    make_shop
}

status() {
    engine_pid > /dev/null || { say "no engine in $dir"; return 1; }
    docker ps --all --format 'table {{.Names}}\t{{.Image}}\t{{.Status}}'
}

# What is left of an engine that ended badly: processes in our control groups, and the engine's
# helpers in the mount namespace that it had.
stop_rest() {
    local root file round space process
    for root in /sys/fs/cgroup/pids "/sys/fs/cgroup"; do
        [ -d "$root/$group" ] || continue
        # What is frozen does not die.
        for file in "/sys/fs/cgroup/freezer/$group"/*/freezer.state; do [ ! -e "$file" ] || echo THAWED > "$file" || :; done
        for file in "$root/$group"/*/cgroup.freeze; do [ ! -e "$file" ] || echo 0 > "$file" || :; done
        for round in 1 2 3; do
            find "$root/$group" -name cgroup.procs -exec cat {} + 2> /dev/null |
                while read -r process; do kill -KILL "$process" 2> /dev/null || :; done
            [ -z "$(find "$root/$group" -name cgroup.procs -exec cat {} + 2> /dev/null)" ] || sleep 0.1
        done
    done
    space=$(cat "$dir/engine.ns" 2> /dev/null || :)
    if [ -n "$space" ] && [ "$space" != "$(stat -Lc %i /proc/self/ns/mnt)" ]; then
        for process in /proc/[0-9]*; do
            [ "$(stat -Lc %i "$process/ns/mnt" 2> /dev/null)" = "$space" ] || continue
            case $(cat "$process/comm" 2> /dev/null) in
                dockerd | containerd | containerd-shim*) kill -KILL "${process#/proc/}" 2> /dev/null || : ;;
            esac
        done
    fi
    find /sys/fs/cgroup -maxdepth 2 -type d -name "$group" 2> /dev/null |
        while read -r root; do find "$root" -depth -type d -exec rmdir {} \; 2> /dev/null || :; done
    rm -f "$dir/engine.pid" "$dir/engine.ns" "$dir/state/dockerd.pid" "$dir/state/exec/containerd/containerd.pid"
}

stop() {
    local pid all
    if pid=$(engine_pid); then
        kill -CONT "$pid"
        if answers > /dev/null 2>&1; then
            docker ps --quiet --filter status=paused | xargs -r /usr/bin/docker --host "unix://$socket" unpause > /dev/null || :
            all=$(docker ps --all --quiet)
            [ -z "$all" ] || docker rm --force --volumes $all > /dev/null 2>&1 || :
        fi
        kill "$pid" 2> /dev/null || :
        await 10 eval "! running $pid" || kill -KILL "$pid" 2> /dev/null || :
    fi
    stop_rest
    rm -f "$socket" "$dir/daemon.json" "$dir/engine.log" "$dir/hardened"
    rm -rf "$dir/state" "$dir/root" "$dir/control" || say "some of $dir is still in use"
    rmdir "$dir" 2> /dev/null || :
}

hold() {
    trap '' INT HUP   # the terminal's signals are for whoever owns us; the end of our input is ours
    trap 'stop; exit 0' TERM
    start_engine; make_image; make_shop
    printf 'ready %s\n' "$socket"
    while read -r _; do :; done
    stop
}

case $command in
    check) check_machine ;;
    engine) start_engine; make_image; echo "$socket" ;;
    up) start_engine; make_image; make_shop; echo "$socket" ;;
    hold) hold ;;
    fault) fault "${3:-}" "${4:-on}" ;;
    harden) harden "${3:-on}" ;;
    status) status ;;
    down) stop ;;
esac
