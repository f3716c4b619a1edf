#!/bin/sh
# Is each rule of full collections needed, and does the search of small heaps notice that it is gone? Each mutation takes one
# out by an edit with sed in a copy of gc/, builds what it changes, and searches a world of tests/refcount/sliced_worlds.h.
# That must find something wrong; the shortest way to it goes to the log. An edit that changes nothing fails: the code has
# moved on, and it is to be written anew. ONLY='a pattern' chooses; LONG=1 has those that take more than a few seconds too.

: "${LOAM_SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${ONLY:=*}" "${LONG:=0}"
. "$LOAM_SRCDIR/tests/tap.sh"

has_backend refcount || skip_all "without the refcount back end"
test -z "$LOAM_INSTRUMENT" || skip_all "not with sanitizers"
whole=$LOAM_BUILDDIR/gc/refcount/.libs/libloam-whole.a
test -f "$whole" || skip_all "the library is not built"

make_scratch mutations
source=$scratch/source
mkdir -p "$source" "$scratch/objects" || exit 99
cp -R "$LOAM_SRCDIR/gc" "$LOAM_SRCDIR/lib" "$LOAM_SRCDIR/containers" "$LOAM_SRCDIR/include" "$LOAM_SRCDIR/tests" "$source"
chmod -R u+w "$source"
parts=$(cd "$source" && echo gc/*.c gc/refcount/*.c tests/refcount/sliced_*.c | tr ' ' '\n' | grep -v _test)

# compile FOLDER PART...: objects of these parts.
compile() {
    folder=$1
    shift
    for part in "$@"; do
        $CC -std=gnu11 -g -O1 -iquote "$source" -iquote "$LOAM_BUILDDIR" -I"$source/include" -c "$source/$part" \
            -o "$folder/$(echo "$part" | tr / _).o" || return 1
    done
}

# link FOLDER PROGRAM: with its objects, and the others from before.
link() {
    linked=
    for part in $parts; do
        object=$(echo "$part" | tr / _).o
        test -f "$1/$object" && linked="$linked $1/$object" || linked="$linked $scratch/objects/$object"
    done
    $CC -g $linked "$whole" -lxxhash $UTF8PROC_LIBS -lpthread -o "$2"
}

# build FOLDER FILE: what a change of this file makes necessary.
build() {
    rm -rf "$1"
    mkdir -p "$1"
    case $2 in
    *.h) compile "$1" $parts ;;
    *) compile "$1" "$2" ;;
    esac && link "$1" "$1/sliced"
} >"$scratch/build.log" 2>&1

# search PROGRAM WORLD: 1 if something is wrong.
search() {
    timeout 120 "$1" "$2" >"$scratch/search.log" 2>"$scratch/search.err" </dev/null
}

# rule NAME WORLD FILE EDIT
rule() {
    case $1 in
    $ONLY) ;;
    *) return ;;
    esac
    cp "$source/$3" "$scratch/original"
    sed -E "$4" "$scratch/original" >"$source/$3"
    if cmp -s "$source/$3" "$scratch/original"; then
        ok 1 "$1: no such place in $3"
    elif ! build "$scratch/mutant" "$3"; then
        ok 1 "$1: does not build"
        show "$scratch/build.log"
    else
        search "$scratch/mutant/sliced" "$2"
        test $? -eq 1
        ok $? "without it, $2 is wrong: $1"
        show "$scratch/search.log"
    fi
    cp "$scratch/original" "$source/$3"
}

long_rule() {
    test "$LONG" = 0 || rule "$@"
}

compile "$scratch/objects" $parts >"$scratch/build.log" 2>&1 &&
    link "$scratch/objects" "$scratch/sliced" >>"$scratch/build.log" 2>&1 || {
    ok 1 "the sources build"
    show "$scratch/build.log"
    finish
}

full=gc/refcount/full.c
certify=gc/refcount/certify.c
reclaim=gc/refcount/reclaim.c
counts=gc/refcount/refcount.c

rule "E2: a release is told" any $counts 's/= --head & ~LOAM__FLAG_SUSPECT;/= --head;/'
rule "E3: a move out of a slot is told" any gc/slots.c '/^loam_value loam_slot_take/,/^}/ s/loam__slot_move_out\(owner, /loam__slot_exchange_word(/; s/(loam__slot_exchange_word\(slot)\)/\1, 0)/'
rule "E5: a move between slots is told" any gc/slots.c '/^void loam_slot_move/,/^}/ s/loam__slot_move_out\(from_owner, from\)/loam__slot_exchange_word(from, 0)/'
rule "E6: what comes from nowhere restarts PRUNE" any $full 's/full->must_restart = true;/(void)full;/'
rule "E7: a shift is told, to RECOUNT" cuts gc/object.c '/^void loam__slots_move_along/,/^}/ s/if \(owner\)/if (owner \&\& loam__heap_of(owner)->full.phase != LOAM__RECOUNT)/; s/^#include "gc\/slot.h"/&\n#include "gc\/refcount\/heap.h"/'
rule "E7: a shift is told, to PRUNE" cuts gc/object.c '/^void loam__slots_move_along/,/^}/ s/if \(owner\)/if (owner \&\& loam__heap_of(owner)->full.phase != LOAM__PRUNE)/; s/^#include "gc\/slot.h"/&\n#include "gc\/refcount\/heap.h"/'
rule "E7: PRUNE begins anew in what was shifted" cuts $certify '/^static void go_on_removing/,/^}/ s/full->position = 0;/(void)full;/'
rule "E8: a freed slot's side byte is cleared" any $full '/^void loam__full_freed/,/^}/ s/\*side = 0;/(void)side;/'
rule "H1: a freed member makes another round" any $full '/^void loam__full_freed/,/^}/ s/full->has_changed \|=.*;//'
rule "H1: a queued member makes another round" queue $counts '/^LOAM__COLD static bool is_kept_for_finalizer/,/^}/ s/loam__full_found\(heap, object\);//'
rule "H2: members' slots are not used before all are freed" any $reclaim '/^static void free_member/,/^}/ s/object->head = LOAM__FLAG_DEAD.*;/loam__heap_free(full->heap, object);/'
rule "H3: a condemned object's count does nothing" queue $counts '/^static LOAM__NOINLINE void died_with_care/,/^}/ s/&& loam__full_is_hidden\(&heap->full, object\)/\&\& 0/'
rule "H5: a young collection's finalizer makes another round" finalizers gc/refcount/young.c '/^static bool finalize\(/,/^}/ s/loam__full_found\(.*\);//'
rule "a member has as many references as were counted" any $certify '/^static void check_member/,/^}/ s/\(object->head & LOAM__COUNT_MASK\) != loam__internal_count\(object\) \|\|//'
rule "a member has lost none" any $certify '/^static void check_member/,/^}/ s/!loam__is_flagged\(object, LOAM__FLAG_SUSPECT\)/0/'
rule "what a removed member refers to is removed" any $certify '/^static bool remove_of_page/,/^}/ s/^        remove_children\(full, object\);//'
rule "SELECT before RECOUNT" any $certify '/^static void recount_object/,/^}/ s/    recount_children/    object->head |= LOAM__FLAG_SUSPECT;\n&/'
rule "PRUNE until a round is clean" any $certify '/^static void end_round/,/^}/ s/else if \(is_clean\)/else if (is_clean || 1)/'
rule "members are hidden in WEAK" weak $full '/^bool loam__full_is_hidden/,/^}/ s/full->phase == LOAM__WEAK \|\| //'
rule "members are hidden in FREE" any $full '/^bool loam__full_is_hidden/,/^}/ s/\|\| full->phase == LOAM__FREE //'
rule "members are hidden in SWEEP" candidates $full '/^bool loam__full_is_hidden/,/^}/ s/ \|\| full->phase == LOAM__SWEEP//'
rule "certification after finalizers" finalizers $reclaim '/^void loam__finalize_members/,/^}/ s/loam__enter\(full, LOAM__SELECT\)/begin_free(full)/'
rule "what is attached late is cut off" ephemerons $certify '/^static void check_member/,/^}/ s/note_care\(full, object\);//'
long_rule "a value is told when its key is cut off" "three with a key" $full '/^void loam__full_cut/,/^}/ s/loam__lost\(loam__object\(entry->held\)\)/(void)entry/'
rule "a value is counted at its key" "values end" $certify '/^static void recount_object/,/^}/ s/recount_by_key\(full, object\)/(void)0/'
long_rule "a removed key takes the value along" "three with a key" $certify '/^static bool remove_of_page/,/^}/ s/remove_by_key\(full, object\)/(void)0/'
long_rule "a removed entry takes the value along" "three with a key" $certify '/^static void remove_children/,/^}/ s/remove_held\(full, .*\);/(void)full;/'
rule "an entry lets go of what is garbage like its key" ephemerons $reclaim '/^static bool empty_ephemerons/,/^}/ s/if \(loam__is_member\(full, loam__object\(entry->held\)\)\)/if (0)/'
finish
