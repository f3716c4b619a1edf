/*
 * Where in the program a call comes from, and what of the process is no heap.
 *
 * A place is the first return address outside of the library. To follow the stack by the tables of the unwinder takes a
 * microsecond, and there is one for each object; so how far it is from a return address in the library to the next one
 * is remembered, once the unwinder has found it. It is always the same, for no function of the library has a frame of
 * variable size; where one had, a place would be wrong, and nothing else.
 */
#include "gc/check/check.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unwind.h>

#ifdef HAVE_ELFUTILS_LIBDWFL_H
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>
#endif

/* The library's code. In a program that contains it nobody knows where it ends. */
static struct {
    uintptr_t first, end;
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static int look_for_library(struct dl_phdr_info *info, size_t size, void *is_first)
{
    uintptr_t here = (uintptr_t)loam__check_place;

    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t first = info->dlpi_addr + part->p_vaddr;
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || here < first || here >= first + part->p_memsz)
            continue;
        if (!*(bool *)is_first) {
            library.first = first;
            library.end = first + part->p_memsz;
        }
        return 1;
    }
    *(bool *)is_first = false;
    return 0;
}

static void find_library(void)
{
    bool is_first = true; /* that is the program */
    dl_iterate_phdr(look_for_library, &is_first);
}

static bool is_inside(uintptr_t pc)
{
    return pc - library.first < library.end - library.first;
}

/* Frames. What the unwinder calls the CFA of a frame is, in its context, that of the one which it has called: where the
 * stack stands after the return. */

typedef struct frame {
    uintptr_t pc, cfa; /* the first one in the program */
    uintptr_t registers[6];
    uintptr_t last_pc, last_cfa;
} frame;

#ifdef __x86_64__

/* rbx, rbp, r12 to r15: whoever is called leaves them as they are. */
static const int kept_registers[] = {3, 6, 12, 13, 14, 15};

/* A return address in the lower 48 bits, how many words it is to the next one in the upper 16. */
static uint64_t sizes[1024];

static uint64_t *size_of(uintptr_t pc)
{
    return &sizes[pc * UINT64_C(0x9e3779b97f4a7c15) >> 54];
}

static void remember(uintptr_t pc, size_t bytes)
{
    if (pc && pc >> 48 == 0 && bytes < (size_t)8 << 16)
        __atomic_store_n(size_of(pc), (uint64_t)pc | (uint64_t)(bytes / 8) << 48, __ATOMIC_RELAXED);
}

/* Of a frame that others have guarded. */
__attribute__((no_sanitize_address)) static uintptr_t word_on_stack(uintptr_t address)
{
    return *(const uintptr_t *)address;
}

/* NULL: not all of them are remembered. */
LOAM__INLINE const void *remembered(uintptr_t cfa)
{
    for (;;) {
        uintptr_t pc = word_on_stack(cfa - 8);
        uint64_t size;
        if (!is_inside(pc))
            return (const void *)pc;
        size = __atomic_load_n(size_of(pc), __ATOMIC_RELAXED);
        if ((size ^ pc) << 16)
            return NULL;
        cfa += size >> 48 << 3;
    }
}

#endif

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *data)
{
    frame *f = data;
    uintptr_t pc = _Unwind_GetIP(context);
    uintptr_t cfa = _Unwind_GetCFA(context);

#ifdef __x86_64__
    if (is_inside(f->last_pc))
        remember(f->last_pc, cfa - f->last_cfa);
#endif
    f->last_pc = pc;
    f->last_cfa = cfa;
    if (is_inside(pc))
        return _URC_NO_REASON;
    f->pc = pc;
    f->cfa = cfa;
#ifdef __x86_64__
    for (size_t i = 0; i < sizeof kept_registers / sizeof *kept_registers; i++)
        f->registers[i] = _Unwind_GetGR(context, kept_registers[i]);
#endif
    return _URC_END_OF_STACK;
}

static bool find_frame(frame *f)
{
    *f = (frame){0};
    if (!library.end)
        return false;
    _Unwind_Backtrace(look_at_frame, f);
    return f->pc != 0;
}

__attribute__((noinline)) const void *loam__check_place(void)
{
    const void *place = NULL;
    frame f;

    pthread_once(&once, find_library);
    if (!library.end)
        return NULL;
#ifdef __x86_64__
    place = remembered((uintptr_t)__builtin_frame_address(0) + 16);
#endif
    if (!place && find_frame(&f))
        place = (const void *)f.pc;
    return place;
}

/* What is no heap. */

__attribute__((no_sanitize_address, no_sanitize_thread)) static void scan(uintptr_t from, uintptr_t to,
                                                                          loam__hold *hold)
{
    for (from = (from + 7) & ~(uintptr_t)7; from + 8 <= to; from += 8) {
        uintptr_t word = *(const uintptr_t *)from;
        if (LOAM__UNLIKELY(word) && word >> 47 == 0 && loam__is_in_heap((const void *)word)) /* most are zero */
            hold(word);
    }
}

/* Where the thread's stack ends, if it is the one that is in use; else 0. The system reads a file to find out. */
static uintptr_t end_of_stack(uintptr_t inside)
{
    static LOAM__THREAD_LOCAL void *first;
    static LOAM__THREAD_LOCAL size_t bytes;
    pthread_attr_t attributes;

    if (!first && !pthread_getattr_np(pthread_self(), &attributes)) {
        pthread_attr_getstack(&attributes, &first, &bytes);
        pthread_attr_destroy(&attributes);
    }
    return inside - (uintptr_t)first < bytes ? (uintptr_t)first + bytes : 0;
}

/* AddressSanitizer may keep the variables of a function in memory of its own, to which a word on the stack refers. */
extern void *__asan_get_current_fake_stack(void) __attribute__((weak));
extern void *__asan_addr_is_in_fake_stack(void *stack, void *address, void **first, void **end) __attribute__((weak));

static void *fake_stack(void)
{
    return __asan_get_current_fake_stack && __asan_addr_is_in_fake_stack ? __asan_get_current_fake_stack() : NULL;
}

__attribute__((no_sanitize_address, no_sanitize_thread)) static void scan_stack(uintptr_t from, uintptr_t to,
                                                                                loam__hold *hold)
{
    void *fake = fake_stack();

    scan(from, to, hold);
    for (from = (from + 7) & ~(uintptr_t)7; fake && from + 8 <= to; from += 8) {
        void *first;
        void *end;
        if (__asan_addr_is_in_fake_stack(fake, *(void *const *)from, &first, &end))
            scan((uintptr_t)first, (uintptr_t)end, hold);
    }
}

/* What the library's own functions have on the stack is left out, where it is known which those are: what they have
 * left there from earlier calls would hide what is looked for. */
bool loam__check_stack(loam__hold *hold)
{
    frame f;
    uintptr_t end = end_of_stack((uintptr_t)__builtin_frame_address(0));

    pthread_once(&once, find_library);
    if (!end)
        return false;
#ifdef __x86_64__
    if (find_frame(&f)) {
        scan_stack((uintptr_t)f.registers, (uintptr_t)f.registers + sizeof f.registers, hold);
        scan_stack(f.cfa, end, hold);
        return true;
    }
#else
    (void)f;
#endif
    __builtin_unwind_init();
    scan_stack((uintptr_t)__builtin_frame_address(0) - 256, end, hold);
    return true;
}

/* Words of static data in which there was a reference. They are there for as long as nothing is unloaded. */
enum { MOST_KNOWN = 256 };

static struct {
    const uintptr_t *words[MOST_KNOWN];
    size_t count;
    unsigned long long unloaded;
} known;

__attribute__((no_sanitize_address)) static void scan_known(uintptr_t from, uintptr_t to, loam__hold *hold)
{
    for (from = (from + 7) & ~(uintptr_t)7; from + 8 <= to; from += 8) {
        const uintptr_t *word = (const uintptr_t *)from;
        if (LOAM__LIKELY(!*word) || *word >> 47 || !loam__is_in_heap((const void *)*word))
            continue;
        hold(*word);
        if (known.count < MOST_KNOWN)
            known.words[known.count++] = word;
    }
}

__attribute__((no_sanitize_address, no_sanitize_thread)) static void scan_all(uintptr_t from, uintptr_t to,
                                                                              loam__hold *hold)
{
    for (from = (from + 7) & ~(uintptr_t)7; from + 8 <= to; from += 8)
        if (*(const uintptr_t *)from)
            hold(*(const uintptr_t *)from);
}

typedef void scan_part(uintptr_t from, uintptr_t to, loam__hold *hold);

typedef struct scanning {
    scan_part *scan;
    loam__hold *hold;
} scanning;

static int scan_data(struct dl_phdr_info *info, size_t size, void *data)
{
    const scanning *s = data;
    uintptr_t map = (uintptr_t)loam__arena_map;

    (void)size;
    known.unloaded = info->dlpi_subs;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t first = info->dlpi_addr + part->p_vaddr;
        uintptr_t end = first + part->p_memsz;
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_W))
            continue;
        if (map >= first && map < end) {
            s->scan(first, map, s->hold);
            first = map + sizeof loam__arena_map;
        }
        s->scan(first, end, s->hold);
    }
    return 0;
}

void loam__check_static_data(loam__hold *hold)
{
    scanning s = {scan_known, hold};

    known.count = 0;
    dl_iterate_phdr(scan_data, &s);
}

void loam__check_all_static_data(loam__hold *hold)
{
    scanning s = {scan_all, hold};

    dl_iterate_phdr(scan_data, &s);
}

static int look_at_known(struct dl_phdr_info *info, size_t size, void *data)
{
    loam__hold *hold = *(loam__hold **)data;

    (void)size;
    if (info->dlpi_subs != known.unloaded)
        known.count = 0;
    for (size_t i = 0; i < known.count; i++)
        scan((uintptr_t)known.words[i], (uintptr_t)(known.words[i] + 1), hold);
    return 1;
}

void loam__check_known_data(loam__hold *hold)
{
    dl_iterate_phdr(look_at_known, &hold);
}

/* Places as text. */

LOAM_PRINTF(1, 2) static char *text_of(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return loam__check_must_have(text);
}

#ifdef HAVE_ELFUTILS_LIBDWFL_H

/* libdw is used if it is there when a mistake is to be told; nobody links it. */
#define FUNCTIONS(each)                                                                                                \
    each(dwfl_begin) each(dwfl_linux_proc_report) each(dwfl_report_end) each(dwfl_addrmodule)                          \
        each(dwfl_module_addrname) each(dwfl_linux_proc_find_elf) each(dwfl_standard_find_debuginfo)                   \
            each(dwfl_module_addrdie) each(dwfl_module_nextcu) each(dwarf_haspc) each(dwarf_getsrc_die)                \
                each(dwarf_linesrc) each(dwarf_lineno) each(dwarf_getscopes) each(dwarf_tag) each(dwarf_diename)

static struct {
#define MEMBER(name) __typeof__(name) *name;
    FUNCTIONS(MEMBER)
#undef MEMBER
} libdw;

static Dwfl_Callbacks callbacks;

static bool load_libdw(void)
{
    void *library_of_it = dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);

    if (!library_of_it)
        return false;
#define LOAD(name)                                                                                                     \
    *(void **)&libdw.name = dlsym(library_of_it, #name);                                                               \
    if (!libdw.name)                                                                                                   \
        return false;
    FUNCTIONS(LOAD)
#undef LOAD
    callbacks.find_elf = libdw.dwfl_linux_proc_find_elf;
    callbacks.find_debuginfo = libdw.dwfl_standard_find_debuginfo;
    return true;
}

/* The process, as libdw sees it; NULL: it is not there. What is loaded later is not seen. */
static Dwfl *this_process(void)
{
    static Dwfl *process;
    static bool was_tried;

    if (was_tried)
        return process;
    was_tried = true;
    if (!load_libdw())
        return NULL;
    process = libdw.dwfl_begin(&callbacks);
    if (process && (libdw.dwfl_linux_proc_report(process, getpid()) || libdw.dwfl_report_end(process, NULL, NULL)))
        process = NULL;
    return process;
}

/* The compilation unit; clang makes no table in which it could be looked up. */
static Dwarf_Die *unit_at(Dwfl_Module *module, uintptr_t pc, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = libdw.dwfl_module_addrdie(module, pc, bias);

    if (!unit)
        do
            unit = libdw.dwfl_module_nextcu(module, unit, bias);
        while (unit && libdw.dwarf_haspc(unit, pc - *bias) <= 0);
    return unit;
}

/* The function in whose text the place stands, which a compiler may have put into another one. */
static const char *function_at(Dwarf_Die *unit, Dwarf_Addr address)
{
    Dwarf_Die *scopes = NULL;
    int count = libdw.dwarf_getscopes(unit, address, &scopes);
    const char *name = NULL;

    for (int i = 0; i < count && !name; i++)
        if (libdw.dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine ||
            libdw.dwarf_tag(&scopes[i]) == DW_TAG_subprogram)
            name = libdw.dwarf_diename(&scopes[i]);
    free(scopes);
    return name;
}

/* Function, file and line; NULL: they are not known. */
static char *line_at(uintptr_t pc)
{
    Dwfl *process = this_process();
    Dwfl_Module *module = process ? libdw.dwfl_addrmodule(process, pc) : NULL;
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = module ? unit_at(module, pc, &bias) : NULL;
    Dwarf_Line *line = unit ? libdw.dwarf_getsrc_die(unit, pc - bias) : NULL;
    const char *file = line ? libdw.dwarf_linesrc(line, NULL, NULL) : NULL;
    const char *function = file ? function_at(unit, pc - bias) : NULL;
    int number = 0;

    if (!file || libdw.dwarf_lineno(line, &number))
        return NULL;
    if (!function)
        function = libdw.dwfl_module_addrname(module, pc);
    return text_of("%s (%s:%d)", function ? function : "?", file, number);
}

#else

static char *line_at(uintptr_t pc)
{
    (void)pc;
    return NULL;
}

#endif

static char *address_of(const char *place)
{
    Dl_info info;
    size_t offset;

    if (!dladdr(place, &info) || !info.dli_fname)
        return text_of("%p", (const void *)place);
    offset = (size_t)(place - (const char *)info.dli_fbase) - 1;
    if (!info.dli_sname)
        return text_of("(%s+0x%zx)", info.dli_fname, offset);
    return text_of("%s+0x%zx (%s+0x%zx)", info.dli_sname, (size_t)(place - (const char *)info.dli_saddr),
                   info.dli_fname, offset);
}

char *loam__check_place_text(const void *place)
{
    char *line;

    if (!place)
        return text_of("a place that is not known");
    line = line_at((uintptr_t)place - 1);
    return line ? line : address_of(place);
}

void loam__check_say_place(const void *place)
{
    char *text = loam__check_place_text(place);

    loam__check_say("%s", text);
    free(text);
}
