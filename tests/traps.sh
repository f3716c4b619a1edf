#!/bin/sh
# Traps of conservative collectors that need a program or a build of their own; the others are in traps_test.c.

. "$(dirname "$0")/tap.sh"
has_backend boehm || skip_all "boehm is not built"
make_scratch traps
needs_shared

# AddressSanitizer's fake stack: what only a variable on it refers to would be lost. A program says so and ends; this one
# looks to the library as if it were built with it.
cat >"$scratch/fake_stack.c" <<'PROGRAM'
#include <loam.h>

extern int __asan_option_detect_stack_use_after_return;
int __asan_option_detect_stack_use_after_return = 1;

int main(void)
{
    loam_auto loam_list *list = loam_list_of(1, __asan_option_detect_stack_use_after_return);
    return !list;
}
PROGRAM
case $LOAM_INSTRUMENT in
*address*)
    ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=0 "$LOAM_BUILDDIR/tests/threads-boehm" \
        >"$scratch/out" 2>"$scratch/err"
    ;;
*)
    try "a program with a fake stack builds" c_program "$scratch/fake_stack.c" "$scratch/fake_stack" \
        -rdynamic
    (on boehm "$scratch/fake_stack") >"$scratch/out" 2>"$scratch/err"
    ;;
esac
test $? -ne 0 && grep -q 'set ASAN_OPTIONS=detect_stack_use_after_return=0' "$scratch/err"
ok $? "AddressSanitizer's fake stack is named"
show "$scratch/err"
case $LOAM_INSTRUMENT in
*address*) skip "a program without a fake stack runs" "not with AddressSanitizer" ;;
*)
    sed 's/ = 1;/ = 0;/' "$scratch/fake_stack.c" >"$scratch/real_stack.c"
    try "a program without one builds" c_program "$scratch/real_stack.c" "$scratch/real_stack" -rdynamic
    try "and runs" on boehm "$scratch/real_stack"
    ;;
esac

# ThreadSanitizer holds back the signals by which libgc stops threads. This one looks to the library as if it were built with
# it.
cat >"$scratch/tsan.c" <<'PROGRAM'
#include <loam.h>

void __tsan_init(void);
void __tsan_init(void)
{
}

int main(void)
{
    loam_auto loam_list *list = loam_list_of(1);
    return !list;
}
PROGRAM
try "a program with ThreadSanitizer builds" c_program "$scratch/tsan.c" "$scratch/with_tsan" -rdynamic
(on boehm "$scratch/with_tsan") >"$scratch/out" 2>"$scratch/err"
test $? -eq 0 && grep -q 'ThreadSanitizer holds back the signals' "$scratch/err"
ok $? "ThreadSanitizer is named"
show "$scratch/err"
mkdir "$scratch/tsan"
(cd "$scratch/tsan" && "$LOAM_SRCDIR/configure" --with-gc=refcount,boehm --enable-sanitizers=thread) >"$scratch/out" 2>&1
test $? -ne 0 && grep -q 'ThreadSanitizer holds back: leave boehm out' "$scratch/out"
ok $? "configure refuses ThreadSanitizer with boehm"

# Static data of a library that is loaded later, and of the program itself.
cat >"$scratch/plugin.c" <<'PROGRAM'
#include <loam.h>

static loam_list *kept[1000];

loam_list **places(void);
loam_list **places(void)
{
    return kept;
}
PROGRAM
cat >"$scratch/loads.c" <<'PROGRAM'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <loam.h>

static int fill(loam_list **places)
{
    for (int i = 0; i < 1000; i++)
        if (!(places[i] = loam_list_of(i)))
            return 1;
    return 0;
}

static int check(loam_list **places)
{
    for (int64_t i = 0; i < 1000; i++) {
        int64_t number = -1;
        if (loam_list_len(places[i]) != 1 || loam_list_get_int(places[i], 0, &number) < 0 || number != i)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static loam_list *own[1000];
    void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    loam_list **(*places)(void) = NULL;

    if (!plugin)
        return 2;
    *(void **)&places = dlsym(plugin, "places");
    if (!places || fill(places()) || fill(own))
        return 3;
    loam_gc_collect(2);
    for (int i = 0; i < 100000; i++)
        loam_release(loam_list_of(-1));
    return check(places()) || check(own) ? 4 : 0;
}
PROGRAM
try "a library to be loaded builds" $CC -std=c11 -shared -fPIC $LOAM_INSTRUMENT -I"$LOAM_SRCDIR/include" \
    "$scratch/plugin.c" -o "$scratch/plugin.so"
try "a program that loads it builds" c_program "$scratch/loads.c" "$scratch/loads" -ldl
for backend in $LOAM_BACKENDS; do
    try "static data of a loaded library keeps what it refers to, $backend" on "$backend" "$scratch/loads" \
        "$scratch/plugin.so"
done

# A program that has started libgc itself, with interior pointers: constructors of a preloaded library run first.
suite=$LOAM_BUILDDIR/tests/suite-boehm
case $LOAM_INSTRUMENT in
*address*) skip "loam works in a program that has started libgc itself" "not with AddressSanitizer" ;;
*)
    if test -f "$suite"; then
        # host NAME TESTS [FLAGS...]
        host() {
            host_name=$1
            host_tests=$2
            shift 2
            try "a library that starts libgc builds, $host_name" $CC -shared -fPIC $($PKG_CONFIG --cflags bdw-gc) "$@" \
                "$LOAM_SRCDIR/tests/boehm/host.c" -o "$scratch/host.so" $($PKG_CONFIG --libs bdw-gc)
            try "loam works in a program that has started libgc itself, $host_name" env LD_PRELOAD="$scratch/host.so" \
                CRITERION_JOBS=2 "$suite" --filter "$host_tests"
        }
        host "finalizers on demand" '@(weakref|finalize|thread|fork|contract|libgc)/*'
        host "finalizers by libgc" '@(weakref|finalize|ephemerons|libgc)/*' -DLIBGC_RUNS_FINALIZERS=1
    else
        skip "loam works in a program that has started libgc itself" "the suite is not built"
    fi
    ;;
esac

finish
